"""Answers in JSON and XML as GeoReport v2 writes them, and its errors."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from fastapi.responses import Response


class Form(StrEnum):
    """In which an answer is wanted, as the end of the address says."""

    JSON = "json"
    XML = "xml"


_ITEM = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
"""What an element of a list is called in XML."""
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Value = Any


class Open311Error(Exception):
    """An answer other than success; `description` says to the other system's people what to change."""

    def __init__(self, status: int, description: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.headers = dict(headers or {})


def answer(
    form: Form, root: str, value: Value, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """`value` as the body: in JSON by itself, in XML under an element named `root`."""
    sent = {"Cache-Control": "no-store", **(headers or {})}
    if form is Form.XML:
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(root, value)}'
        return Response(body.encode(), status, sent, "text/xml; charset=utf-8")
    return Response(json.dumps(value, ensure_ascii=False).encode(), status, sent, "application/json; charset=utf-8")


def error_answer(form: Form, error: Open311Error) -> Response:
    """An error, in a list as the standard wants it."""
    return answer(
        form, "errors", [{"code": error.status, "description": error.description}], error.status, error.headers
    )


def moment(at: datetime | None) -> str | None:
    """A moment in the standard's form, in UTC."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: str, field: str) -> datetime:
    """A moment of a query; raises `Open311Error` 400 unless it is ISO 8601 with a zone."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Open311Error(400, f"{field} is not a date and time in ISO 8601, such as 2026-11-23T00:00:00Z") from error
    if at.tzinfo is None:
        raise Open311Error(400, f"{field} has no time zone; write Z or an offset such as +03:00")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise Open311Error(400, f"{field} is out of range") from error


def _element(name: str, value: Value) -> str:
    return f"<{name}>{_content(name, value)}</{name}>"


def _content(name: str, value: Value) -> str:
    if isinstance(value, Mapping):
        return "".join(_element(key, inner) for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(_ITEM[name], inner) for inner in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else html.escape(_NOT_IN_XML.sub("", str(value)), quote=False)
