"""Reading the body of a chat request: bounded in size and time, and checked field by field."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from bot.webchat.errors import ApiError
from citizens.models import ID_CHARS

READ_SECONDS = 15.0
"""A client that sends its body slower than this is let go."""
PAYLOAD_MAX_CHARS = 128
CLIENT_MESSAGE_ID_MAX_CHARS = 128


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as a front end sends it; exactly one of `text`, `payload` and `file` is set."""

    text: str | None
    payload: str | None
    client_message_id: str | None
    file: str | None = None
    """Id of an uploaded file."""

    @property
    def raw(self) -> dict[str, Any]:
        """The form in which the inbox stores it."""
        if self.file is not None:
            return {"file": self.file}
        return {"text": self.text} if self.payload is None else {"payload": self.payload}


async def read_limited(request: Request, max_bytes: int, seconds: float = READ_SECONDS) -> bytes:
    """The request's body.

    Args:
        request: The request.
        max_bytes: The limit of its size.
        seconds: The limit of its time.

    Raises:
        ApiError: 413 if it is larger than `max_bytes`, 408 if it comes too slowly.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise ApiError(413, "too_large")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > max_bytes:
                    raise ApiError(413, "too_large")
                parts.append(part)
    except TimeoutError as error:
        raise ApiError(408, "too_slow", {"Connection": "close"}) from error
    return b"".join(parts)


def parse(body: bytes) -> Posted:
    """The message in a body.

    Raises:
        ApiError: 400 if it is not JSON, or not a message.
    """
    try:
        posted = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "invalid_json") from error
    if not isinstance(posted, dict):
        raise ApiError(400, "invalid_request")
    text, payload, file = posted.get("text"), posted.get("payload"), posted.get("file")
    client_message_id = posted.get("client_message_id")
    if sum(value is not None for value in (text, payload, file)) != 1 or not all(
        value is None or isinstance(value, str) for value in (text, payload, file, client_message_id)
    ):
        raise ApiError(400, "invalid_request")
    if file is not None and not 0 < len(file) <= ID_CHARS:
        raise ApiError(400, "invalid_request")
    if payload is not None and not 0 < len(payload) <= PAYLOAD_MAX_CHARS:
        raise ApiError(400, "invalid_request")
    if client_message_id is not None and not 0 < len(client_message_id) <= CLIENT_MESSAGE_ID_MAX_CHARS:
        raise ApiError(400, "invalid_request")
    return Posted(text, payload, client_message_id, file)
