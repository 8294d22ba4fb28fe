"""Who may do what. Every route but those of entering names its roles with `require`; else the app does not start."""

import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from console.web import cookies
from console.web.deps import Deps, deps_of
from foundation.database import transaction
from operations.accounts import sessions
from operations.accounts.models import Role, Stage
from operations.accounts.sessions import SEEN_EVERY, Entered

CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "x-csrf-token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ANYONE: Final = tuple(Role)
"""Everybody who has entered."""


class NotEnteredError(Exception):
    """Nobody has entered, or the session is over."""


class MustChangeError(Exception):
    """The password has to be changed first."""


class ForbiddenError(Exception):
    """The person's roles do not allow it, or the request did not come from our own page."""


Guard = Callable[[Request], Awaitable[Entered]]


def require(*roles: Role, background: bool = False, one_time: bool = False) -> Guard:
    """The dependency of a route: who has entered, with one of `roles`.

    Args:
        roles: At least one.
        background: The page asks by itself; that keeps no session alive.
        one_time: Allowed with a one-time password.
    """
    if not roles:
        raise ValueError("a route names its roles")

    async def guard(request: Request) -> Entered:
        entered = await who_entered(request)
        if entered is None or entered.stage is not Stage.OPEN:
            raise NotEnteredError
        if request.method not in SAFE_METHODS:
            await check_csrf(request, entered)
        if entered.person.must_change and not one_time:
            raise MustChangeError
        if not entered.person.has(*roles):
            raise ForbiddenError
        if not background:
            await _note_use(request, entered)
        request.state.entered = entered
        return entered

    guard.console_roles = roles  # type: ignore[attr-defined]
    return guard


async def who_entered(request: Request, deps: Deps | None = None) -> Entered | None:
    """Who holds the session of this browser; `deps` where the request has not reached the application yet."""
    token = request.cookies.get(cookies.SESSION)
    if not token:
        return None
    deps = deps or deps_of(request)
    async with deps.sessions() as session:
        return await sessions.find(session, token, deps.clock(), deps.settings)


async def check_csrf(request: Request, entered: Entered) -> None:
    """Raises `ForbiddenError` unless the request carries the session's token, in a header or a field."""
    shown = request.headers.get(CSRF_HEADER)
    if shown is None:
        field = (await request.form()).get(CSRF_FIELD)
        shown = field if isinstance(field, str) else ""
    if not hmac.compare_digest(shown.encode(), entered.csrf.encode()):
        raise ForbiddenError


def check_origin(method: str, host: str, origin: str | None, site: str | None) -> bool:
    """Whether a request that changes something came from our own page, as far as its browser says.

    Args:
        method: Of the request.
        host: Its `Host` header.
        origin: Its `Origin` header.
        site: Its `Sec-Fetch-Site` header.
    """
    if method in SAFE_METHODS:
        return True
    if origin is not None:
        return urlsplit(origin).netloc == host
    return site in (None, "same-origin")


async def _note_use(request: Request, entered: Entered) -> None:
    deps = deps_of(request)
    now = deps.clock()
    if now - entered.seen_at >= min(SEEN_EVERY, timedelta(minutes=deps.settings.console_session_idle_minutes) / 4):
        async with transaction(deps.sessions) as session:
            await sessions.seen(session, entered.session_id, now)
