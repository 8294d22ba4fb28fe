"""Lanes: at most one process works on a conversation at a time, in order, whatever dies when.

A lane is a row. Adding work and ending work both lock it, so work is never left without a lane. Whoever claims it
holds a lease under a fresh name; everything that the work causes is committed in one transaction that first checks
that name (`hold`), so a worker whose lease ran out changes nothing.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import LANES, LaneKind

LEASE = timedelta(seconds=8)
RENEW_EVERY = timedelta(seconds=2)


_LANE = LANES.c


class LeaseLostError(Exception):
    """Another worker has taken the lane over; this one's transaction must be rolled back."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A lane held by this worker. `crashes`: how many leases in a row ran out before it."""

    kind: LaneKind
    conversation_id: str
    owner: str
    crashes: int


async def add_work(session: AsyncSession, kind: LaneKind, conversation_id: str, now: datetime) -> None:
    """Makes sure that the conversation's lane exists, and locks it until the transaction ends.

    A lane that waits (after a failure, say) keeps its time, since order is kept.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(LANES).values(kind=kind, conversation_id=conversation_id, ready_at=now, crashes=0)
    # An update that changes nothing: unlike DO NOTHING it takes the row's lock.
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "conversation_id"], set_={"kind": statement.excluded.kind}
        )
    )


async def claim(session: AsyncSession, kind: LaneKind, now: datetime, limit: int) -> Sequence[Claim]:
    """Takes up to `limit` ready lanes, those that have waited longest first."""
    ready = (
        select(_LANE.conversation_id)
        .where(_LANE.kind == kind, _LANE.ready_at <= now, or_(_LANE.lease_until.is_(None), _LANE.lease_until < now))
        .order_by(_LANE.ready_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("ready")  # a plain subquery may be run again by the planner and lock more than the limit
    )
    owner = secrets.token_hex(16)
    rows = await session.execute(
        update(LANES)
        .where(_LANE.kind == kind, _LANE.conversation_id.in_(select(ready.c.conversation_id)))
        .values(
            lease_owner=owner,
            lease_until=now + LEASE,
            crashes=case((_LANE.lease_owner.is_not(None), _LANE.crashes + 1), else_=_LANE.crashes),
        )
        .returning(_LANE.conversation_id, _LANE.crashes)
    )
    return [Claim(kind, conversation_id, owner, crashes) for conversation_id, crashes in rows]


async def hold(session: AsyncSession, held: Claim) -> None:
    """Locks the lane for this transaction; raises `LeaseLostError` if it is no longer this worker's."""
    row = await session.scalar(select(_LANE.kind).where(*_is(held)).with_for_update())
    if row is None:
        raise LeaseLostError


async def renew(session: AsyncSession, claims: Iterable[Claim], now: datetime) -> None:
    """Extends the leases of work that takes long."""
    for held in claims:
        await session.execute(update(LANES).where(*_is(held)).values(lease_until=now + LEASE))


async def end(session: AsyncSession, held: Claim, ready_at: datetime | None) -> None:
    """Gives the lane back: to be worked on from `ready_at`, or, with None, removed because nothing waits in it.

    Call it after `hold` in the same transaction. A lane ended in good order has no crashes.
    """
    if ready_at is None:
        await session.execute(delete(LANES).where(*_is(held)))
    else:
        await session.execute(
            update(LANES).where(*_is(held)).values(ready_at=ready_at, lease_owner=None, lease_until=None, crashes=0)
        )


async def hasten(session: AsyncSession, kind: LaneKind, now: datetime) -> None:
    """Makes all waiting lanes ready now, because what they waited for is there again."""
    await session.execute(
        update(LANES).where(_LANE.kind == kind, _LANE.ready_at > now, _LANE.lease_owner.is_(None)).values(ready_at=now)
    )


async def waits(session: AsyncSession, kind: LaneKind, conversation_id: str, now: datetime) -> bool:
    """Whether the lane waits for a later time than `now`."""
    ready_at = await session.scalar(
        select(_LANE.ready_at).where(_LANE.kind == kind, _LANE.conversation_id == conversation_id)
    )
    return ready_at is not None and ready_at > now


def _is(held: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        _LANE.kind == held.kind,
        _LANE.conversation_id == held.conversation_id,
        _LANE.lease_owner == held.owner,
    )
