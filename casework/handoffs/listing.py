"""SQL of what pages show of handoffs."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs.models import HANDOFFS, OPEN_STATES, Handoff, HandoffEvent, Happening, State
from casework.handoffs.repository import is_open

_H = HANDOFFS.c
CALLS = (Happening.OPENED, Happening.TRANSFERRED, Happening.LEASE_ENDED, Happening.SILENT)
"""After these a conversation waits for somebody."""


async def history(session: AsyncSession, handoff_id: int) -> Sequence[HandoffEvent]:
    """The history, oldest first."""
    found = await session.scalars(
        select(HandoffEvent).where(HandoffEvent.handoff_id == handoff_id).order_by(HandoffEvent.id)
    )
    return found.all()


async def newest_event(session: AsyncSession) -> int:
    """The number of the newest line of any history: it grows with every change."""
    return await session.scalar(select(func.max(HandoffEvent.id))) or 0


async def any_open(session: AsyncSession, conversation_ids: Collection[str]) -> bool:
    """Whether one of these conversations waits or is claimed."""
    found = await session.scalar(select(_H.id).where(_H.conversation_id.in_(conversation_ids), is_open()).limit(1))
    return found is not None


async def newest_event_of(session: AsyncSession, handoff_id: int) -> int:
    """The number of the newest line of this history."""
    return await session.scalar(select(func.max(HandoffEvent.id)).where(HandoffEvent.handoff_id == handoff_id)) or 0


async def conversations_since(session: AsyncSession, event_id: int) -> Sequence[tuple[int, str]]:
    """Lines of histories after this one, with their conversations."""
    rows = await session.execute(
        select(HandoffEvent.id, _H.conversation_id)
        .join_from(HandoffEvent, HANDOFFS, _H.id == HandoffEvent.handoff_id)
        .where(HandoffEvent.id > event_id)
        .order_by(HandoffEvent.id)
    )
    return [(row[0], row[1]) for row in rows]


async def waiting(session: AsyncSession, *, team: str | None, after: int, limit: int) -> Sequence[Handoff]:
    """A page of the queue: longest waiting first, `after` that many; of a team and of nobody's, or of all."""
    wanted = select(Handoff).where(Handoff.state == State.WAITING)
    if team is not None:
        wanted = wanted.where(or_(Handoff.team == team, Handoff.team == ""))
    found = await session.scalars(wanted.order_by(Handoff.opened_at, Handoff.id).offset(after).limit(limit))
    return found.all()


async def held_by(session: AsyncSession, account_id: str) -> Sequence[Handoff]:
    """What an account holds; who waits longest for an answer first."""
    found = await session.scalars(
        select(Handoff)
        .where(Handoff.owner_id == account_id, Handoff.state == State.CLAIMED)
        .order_by(Handoff.citizen_at.is_(None), Handoff.citizen_at, Handoff.id)
    )
    return found.all()


async def counts(session: AsyncSession) -> tuple[int, int]:
    """How many wait, and how many are claimed."""
    rows = await session.execute(select(_H.state, func.count()).where(_H.state.in_(OPEN_STATES)).group_by(_H.state))
    found = {row[0]: row[1] for row in rows}
    return found.get(State.WAITING, 0), found.get(State.CLAIMED, 0)


async def newest_call(session: AsyncSession, account_id: str) -> int:
    """The number of the newest line of a history by which a conversation waits, but for those the account left."""
    left_by_others = or_(_H.last_owner_id.is_(None), _H.last_owner_id != account_id, _H.wanted_id == account_id)
    newest = await session.scalar(
        select(func.max(HandoffEvent.id))
        .join_from(HANDOFFS, HandoffEvent, _H.id == HandoffEvent.handoff_id)
        .where(_H.state == State.WAITING, left_by_others, HandoffEvent.kind.in_(CALLS))
    )
    return newest or 0


async def held_by_others(session: AsyncSession, account_id: str, limit: int) -> Sequence[Handoff]:
    """What colleagues hold."""
    found = await session.scalars(
        select(Handoff)
        .where(Handoff.state == State.CLAIMED, Handoff.owner_id != account_id)
        .order_by(Handoff.claimed_at)
        .limit(limit)
    )
    return found.all()


async def earlier(session: AsyncSession, conversation_id: str, but: int, limit: int) -> Sequence[Handoff]:
    """Earlier handoffs of the conversation, newest first."""
    found = await session.scalars(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.id != but)
        .order_by(Handoff.id.desc())
        .limit(limit)
    )
    return found.all()
