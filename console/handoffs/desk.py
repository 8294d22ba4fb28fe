"""What the routes of conversations share."""

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs import repository
from casework.handoffs.models import Handoff, State
from casework.handoffs.service import NOT_YOURS, Desk
from console.handoffs.live import HANDOFFS_TOPIC
from console.web.deps import Deps
from console.web.errors import RefusedError
from operations.accounts.sessions import Entered

TEXT_MAX_CHARS = 4000


def desk_of(deps: Deps) -> Desk:
    """The staff's side of handoffs."""
    return Desk(deps.citizens, deps.keys, deps.settings)


def announce(deps: Deps, conversation_id: str) -> None:
    """Something was committed: wakes open pages of staff and citizens in this process; others look by themselves."""
    deps.citizens.announce(conversation_id)
    deps.news.notify(HANDOFFS_TOPIC)


async def found(session: AsyncSession, handoff_id: int) -> Handoff:
    """The handoff; raises `RefusedError` if there is none."""
    handoff = await repository.get(session, handoff_id)
    if handoff is None:
        raise RefusedError("لا توجد محادثة بهذا الرقم.", 404)
    return handoff


async def own(session: AsyncSession, handoff_id: int, entered: Entered) -> Handoff:
    """The handoff, which the person must hold; raises `RefusedError`."""
    handoff = await found(session, handoff_id)
    if handoff.state != State.CLAIMED or handoff.owner_id != entered.person.id:
        raise RefusedError(NOT_YOURS)
    return handoff


def went(request: Request, address: str) -> dict[str, str]:
    """The header by which an open page goes on to another."""
    return {"HX-Redirect": address} if request.headers.get("hx-request") == "true" else {}
