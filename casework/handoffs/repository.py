"""SQL of handoffs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, literal_column, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs.models import (
    HANDOFFS,
    OPEN_STATES,
    CloseReason,
    Handoff,
    HandoffDraft,
    HandoffEvent,
    Happening,
    Reason,
    State,
)

_H = HANDOFFS.c


async def open_handoff(
    session: AsyncSession,
    conversation_id: str,
    reason: Reason,
    now: datetime,
    *,
    topic: str = "",
    topic_title: str = "",
) -> int | None:
    """Puts the conversation into the queue; returns the handoff's id, None if it is in the queue or taken already."""
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made: int | None = await session.scalar(
        make(HANDOFFS)
        .values(
            conversation_id=conversation_id,
            state=State.WAITING,
            reason=reason,
            topic=topic,
            topic_title=topic_title,
            opened_at=now,
        )
        .on_conflict_do_nothing(index_elements=["conversation_id"], index_where=is_open())
        .returning(_H.id)
    )
    return made


def is_open() -> ColumnElement[bool]:
    """Whether a handoff waits or is claimed: the condition of the partial index, which takes no parameters."""
    return _H.state.in_([literal_column(f"'{state.value}'") for state in OPEN_STATES])


async def get(session: AsyncSession, handoff_id: int) -> Handoff | None:
    """The handoff as it is now."""
    return await session.get(Handoff, handoff_id, populate_existing=True)


async def open_of(session: AsyncSession, conversation_id: str) -> Handoff | None:
    """The conversation's handoff that waits or is claimed."""
    return await session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.state.in_(OPEN_STATES))
        .execution_options(populate_existing=True)
    )


async def owner_of(session: AsyncSession, conversation_id: str) -> str | None:
    """The account to whom the conversation belongs now."""
    owner: str | None = await session.scalar(
        select(_H.owner_id).where(_H.conversation_id == conversation_id, _H.state == State.CLAIMED)
    )
    return owner


async def claim(session: AsyncSession, handoff_id: int, account_id: str, now: datetime, lease: timedelta) -> bool:
    """Takes a waiting handoff; False if somebody else was first, or it does not wait any more. One statement."""
    taken = await session.scalar(
        update(HANDOFFS)
        .where(_H.id == handoff_id, _H.state == State.WAITING)
        .values(
            state=State.CLAIMED,
            owner_id=account_id,
            lease_until=now + lease,
            claimed_at=now,
            wanted_id=None,
            citizen_at=func.coalesce(_H.citizen_at, now),
        )
        .returning(_H.id)
    )
    return taken is not None


async def give(session: AsyncSession, handoff_id: int, owner_id: str, *, team: str, wanted_id: str | None) -> bool:
    """The owner gives it to a team or a colleague: it waits for them, at its old place. False if it is not theirs."""
    given = await session.scalar(
        update(HANDOFFS)
        .where(_H.id == handoff_id, _H.state == State.CLAIMED, _H.owner_id == owner_id)
        .values(
            state=State.WAITING,
            last_owner_id=owner_id,
            owner_id=None,
            lease_until=None,
            agent_typing_at=None,
            citizen_at=None,
            team=team,
            wanted_id=wanted_id,
        )
        .returning(_H.id)
    )
    return given is not None


async def end(
    session: AsyncSession,
    handoff_id: int,
    owner_id: str | None,
    state: State,
    now: datetime,
    reason: CloseReason | None = None,
) -> bool:
    """Ends a handoff of this owner; with None, one that waits. False if it is not as the caller thinks."""
    mine = (_H.state == State.WAITING,) if owner_id is None else (_H.state == State.CLAIMED, _H.owner_id == owner_id)
    ended = await session.scalar(
        update(HANDOFFS)
        .where(_H.id == handoff_id, *mine)
        .values(
            state=state,
            last_owner_id=func.coalesce(_H.owner_id, _H.last_owner_id),
            owner_id=None,
            lease_until=None,
            agent_typing_at=None,
            citizen_at=None,
            ended_at=now,
            close_reason=reason,
        )
        .returning(_H.id)
    )
    return ended is not None


async def citizen_wrote(session: AsyncSession, handoff_id: int, now: datetime) -> None:
    """The citizen waits for an answer, since now unless they waited before."""
    await session.execute(
        update(HANDOFFS)
        .where(_H.id == handoff_id)
        .values(citizen_at=func.coalesce(_H.citizen_at, now), citizen_typing_at=None)
    )


async def answered(session: AsyncSession, handoff_id: int, owner_id: str, until: datetime) -> bool:
    """The owner has answered, which renews the lease until then. False if it is not theirs any more."""
    mine = await session.scalar(
        update(HANDOFFS)
        .where(_H.id == handoff_id, _H.state == State.CLAIMED, _H.owner_id == owner_id)
        .values(citizen_at=None, agent_typing_at=None, lease_until=until)
        .returning(_H.id)
    )
    return mine is not None


async def rate(session: AsyncSession, handoff_id: int, conversation_id: str, stars: int) -> bool:
    """Keeps the citizen's rating; False if there is one already, or the handoff is not theirs."""
    rated = await session.scalar(
        update(HANDOFFS)
        .where(
            _H.id == handoff_id,
            _H.conversation_id == conversation_id,
            _H.state == State.CLOSED,
            _H.rating.is_(None),
        )
        .values(rating=stars)
        .returning(_H.id)
    )
    return rated is not None


async def set_call_back(session: AsyncSession, handoff_id: int, conversation_id: str, value: str) -> bool:
    """Notes that a number is awaited, or which it is; False if the handoff does not wait."""
    noted = await session.scalar(
        update(HANDOFFS)
        .where(_H.id == handoff_id, _H.conversation_id == conversation_id, _H.state.in_(OPEN_STATES))
        .values(call_back=value)
        .returning(_H.id)
    )
    return noted is not None


async def place(session: AsyncSession, handoff: Handoff) -> int:
    """The place in the queue, from 1."""
    before = await session.scalar(
        select(func.count())
        .select_from(HANDOFFS)
        .where(_H.state == State.WAITING, tuple_(_H.opened_at, _H.id) < (handoff.opened_at, handoff.id))
    )
    return (before or 0) + 1


async def first_waiting(session: AsyncSession, limit: int) -> Sequence[Handoff]:
    """The head of the queue."""
    found = await session.scalars(
        select(Handoff).where(Handoff.state == State.WAITING).order_by(Handoff.opened_at, Handoff.id).limit(limit)
    )
    return found.all()


async def told(session: AsyncSession, handoff_id: int, place_now: int, now: datetime) -> None:
    """The citizen was told the place in the queue."""
    await session.execute(update(HANDOFFS).where(_H.id == handoff_id).values(told_place=place_now, told_at=now))


async def note(
    session: AsyncSession,
    handoff_id: int,
    kind: Happening,
    now: datetime,
    account_id: str | None = None,
    text: str = "",
) -> None:
    """Adds a line to the history."""
    session.add(HandoffEvent(handoff_id=handoff_id, at=now, kind=kind, account_id=account_id, text=text))
    await session.flush()


async def forget(session: AsyncSession, conversation_ids: Sequence[str]) -> None:
    """Deletes the handoffs of conversations that are deleted, with their history."""
    gone = select(_H.id).where(_H.conversation_id.in_(conversation_ids))
    for child in (HandoffDraft, HandoffEvent):
        await session.execute(
            delete(child).where(child.handoff_id.in_(gone)).execution_options(synchronize_session=False)
        )
    await session.execute(delete(HANDOFFS).where(_H.conversation_id.in_(conversation_ids)))
