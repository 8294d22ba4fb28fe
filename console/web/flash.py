"""One sentence after an action, shown once on the next page."""

import json
from typing import Literal

from cryptography.fernet import InvalidToken
from fastapi import Request
from fastapi.responses import RedirectResponse

from console.web import cookies
from console.web.deps import deps_of
from foundation.datakeys import DataKeys

MAX_CHARS = 2000


def done(request: Request, address: str, text: str = "", *, kind: Literal["good", "bad"] = "good") -> RedirectResponse:
    """Goes on to the page `address`, which shows `text`."""
    response = RedirectResponse(address, 303)
    if text:
        keys = deps_of(request).keys
        value = keys.encrypt(json.dumps([kind, text])).decode()
        cookies.put(request, response, cookies.FLASH, value, seconds=cookies.FLASH_SECONDS)
    return response


def read_flash(request: Request, keys: DataKeys) -> tuple[str, str] | None:
    """The kind and the sentence that the last action left; encrypted, so that nobody else can put words on a page."""
    kept = request.cookies.get(cookies.FLASH, "")
    if not kept or len(kept) > MAX_CHARS:
        return None
    try:
        kind, text = json.loads(keys.decrypt(kept.encode("ascii", "replace")))
    except (InvalidToken, ValueError):
        return None
    return str(kind), str(text)
