"""Cookies: unreadable for scripts, not sent by other sites' forms, over TLS only unless this is one's own machine."""

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response

SESSION: Final = "ur_console"
FLASH: Final = "ur_console_flash"
IDENTITY: Final = "ur_console_oidc"
PATH: Final = "/console"
FLASH_SECONDS: Final = 60
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def put(request: Request, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Sets a cookie; without `seconds` it ends with the browser."""
    response.set_cookie(
        name, value, max_age=seconds, path=PATH, httponly=True, samesite="lax", secure=not is_loopback(request)
    )


def drop(response: Response, name: str) -> None:
    """Removes a cookie."""
    response.delete_cookie(name, path=PATH, httponly=True, samesite="lax")


def is_loopback(request: Request) -> bool:
    """Whether the page was asked for under a name of this machine."""
    return urlsplit(f"//{request.headers.get('host', '')}").hostname in _LOOPBACK
