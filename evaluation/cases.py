"""Labelled lines: one JSON object a line, `{"text", "intent", "service", "variety"}`."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError


class CasesError(Exception):
    """The file of labelled lines cannot be read; the message names the file and the line."""


class Case(BaseModel):
    """One labelled line; `service` is a catalogue code or None, `variety` is free."""

    model_config = ConfigDict(extra="allow")

    text: str
    intent: str
    service: str | None = None
    variety: str = "all"


def read_cases(path: Path) -> list[Case]:
    """Reads labelled lines; empty lines are passed over.

    Raises:
        CasesError: no such file, no lines, or a line that does not fit.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CasesError(f"{path}: {error.strerror}") from error
    cases = [_read(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not cases:
        raise CasesError(f"{path}: no labelled lines in it")
    return cases


def _read(path: Path, number: int, line: str) -> Case:
    try:
        return Case.model_validate_json(line)
    except ValidationError as error:
        first: Any = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CasesError(f"{path}, line {number}: {where} {first['msg']}") from error
