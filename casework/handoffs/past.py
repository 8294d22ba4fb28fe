"""SQL of conversations that ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs.models import CloseReason, Handoff, State


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them.

    Attributes:
        account_id: Whose they were last; None for everybody's.
        ending: How they ended; `State.RETURNED` for those that went back to the assistant, None for all.
        until: Ended before this moment; None for now.
        after: They follow this one in the list; None for its beginning.
    """

    account_id: str | None = None
    ending: CloseReason | State | None = None
    until: datetime | None = None
    after: int | None = None


async def ended(session: AsyncSession, wanted: Wanted, limit: int) -> Sequence[Handoff]:
    """A page of them, those that ended last first."""
    asked = select(Handoff).where(Handoff.ended_at.is_not(None))
    if wanted.account_id is not None:
        asked = asked.where(Handoff.last_owner_id == wanted.account_id)
    if isinstance(wanted.ending, CloseReason):
        asked = asked.where(Handoff.close_reason == wanted.ending)
    elif wanted.ending is not None:
        asked = asked.where(Handoff.close_reason.is_(None), Handoff.state == wanted.ending)
    if wanted.until is not None:
        asked = asked.where(Handoff.ended_at < wanted.until)
    if wanted.after is not None:
        place = select(Handoff.ended_at, Handoff.id).where(Handoff.id == wanted.after)
        last = (await session.execute(place)).one_or_none()
        if last is not None and last[0] is not None:
            asked = asked.where(tuple_(Handoff.ended_at, Handoff.id) < (last[0], last[1]))
    found = await session.scalars(asked.order_by(Handoff.ended_at.desc(), Handoff.id.desc()).limit(limit))
    return found.all()
