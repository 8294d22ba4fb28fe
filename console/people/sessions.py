"""Who is in now, and ending their sessions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from console.web.deps import deps_of
from console.web.flash import done
from console.web.guard import require
from console.web.templates import page
from foundation.database import transaction
from operations.accounts import sessions
from operations.accounts.models import Role
from operations.accounts.sessions import Entered
from operations.audit import repository as audit
from operations.audit.models import Action

router = APIRouter(prefix="/sessions")
_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = ("Android", "iPhone", "Windows", "Linux")
Administrator = Annotated[Entered, Depends(require(Role.ADMINISTRATOR))]


@router.get("")
async def listed(request: Request, entered: Administrator) -> Response:
    """All open sessions."""
    deps = deps_of(request)
    async with deps.sessions() as session:
        found = await sessions.listed(session, deps.clock(), deps.settings)
    return page(request, "sessions.html", found=found, browser_name=browser_name)


@router.post("/{session_id}/end")
async def end(request: Request, entered: Administrator, session_id: str) -> Response:
    """Ends one at once."""
    deps = deps_of(request)
    async with transaction(deps.sessions) as session:
        if await sessions.end(session, session_id):
            await audit.add(session, entered.person.name, Action.SESSION_END, deps.clock(), subject=session_id[:12])
    return done(request, "/console/sessions", "انتهت الجلسة.")


def browser_name(said: str) -> str:
    """A short name of a browser, from what it says of itself."""
    name = next((name for mark, name in _BROWSERS if mark in said), "متصفح آخر")
    system = next((system for system in _SYSTEMS if system in said), "")
    return f"{name} · {system}" if system else name
