"""What a visitor of the page sends: read into memory only, bounded in size and time, never written to a disk."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

READ_SECONDS = 30.0
"""A client that sends its picture slower than this is let go."""
FORM_EXTRA_BYTES = 16 * 1024
"""What a form has beside its picture."""


class TooLargeError(Exception):
    """More bytes than allowed."""


class BrokenError(Exception):
    """Not a form, or it came too slowly."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form holds; empty where nothing was filled in."""

    text: str
    picture: bytes


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The request's body.

    Raises:
        TooLargeError: See there.
        BrokenError: It came too slowly.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise TooLargeError
    body = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > max_bytes:
                    raise TooLargeError
    except TimeoutError as error:
        raise BrokenError from error
    return bytes(body)


async def read_form(request: Request, max_bytes: int) -> Sent:
    """The form that the page sends, as `multipart/form-data` or urlencoded.

    Raises:
        TooLargeError: See there.
        BrokenError: See there.
    """
    body = await read_body(request, max_bytes + FORM_EXTRA_BYTES)

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    parser: MultiPartParser | FormParser
    if kind == "multipart/form-data":
        parser = MultiPartParser(request.headers, stream(), max_files=1, max_fields=4, max_part_size=FORM_EXTRA_BYTES)
        parser.spool_max_size = max_bytes + FORM_EXTRA_BYTES  # a larger one would be spooled to a disk
    elif kind == "application/x-www-form-urlencoded":
        parser = FormParser(request.headers, stream())
    else:
        raise BrokenError
    try:
        form = await parser.parse()
    except (MultiPartException, HTTPException, ValueError, KeyError) as error:
        raise BrokenError from error
    text, picture = form.get("code"), form.get("image")
    content = await picture.read() if isinstance(picture, UploadFile) else b""
    await form.close()
    if len(content) > max_bytes:
        raise TooLargeError
    return Sent(text if isinstance(text, str) else "", content)
