"""Lanes: at most one process works on a conversation at a time, in order, whatever dies when.

A lane is a row. Adding work and ending work both lock it, so work is never left without a lane. Whoever claims it
holds a lease under a fresh name; everything that the work causes is committed in one transaction that first checks
that name (`hold`), so a worker whose lease ran out changes nothing.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Executable, Integer, bindparam, case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import LANES, LaneKind
from foundation.database import UtcDateTime
from foundation.statements import Insert, Statement

LEASE = timedelta(seconds=8)
RENEW_EVERY = timedelta(seconds=2)

_LANE = LANES.c
_NOW = bindparam("now", type_=UtcDateTime())
_IS = (
    _LANE.kind == bindparam("of_kind"),
    _LANE.conversation_id == bindparam("of_conversation"),
    _LANE.lease_owner == bindparam("of_owner"),
)
"""A lane under its holder's name (`_of`)."""


def _locking(statement: Insert) -> Executable:
    # An update that changes nothing: unlike DO NOTHING it takes the row's lock.
    return statement.on_conflict_do_update(
        index_elements=["kind", "conversation_id"], set_={"kind": statement.excluded.kind}
    )


def _claimed() -> Executable:
    ready = (
        select(_LANE.conversation_id)
        .where(
            _LANE.kind == bindparam("of_kind"),
            _LANE.ready_at <= _NOW,
            or_(_LANE.lease_until.is_(None), _LANE.lease_until < _NOW),
        )
        .order_by(_LANE.ready_at)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True)
        .cte("ready")  # a plain subquery may be run again by the planner and lock more than the limit
    )
    return (
        update(LANES)
        .where(_LANE.kind == bindparam("of_kind"), _LANE.conversation_id.in_(select(ready.c.conversation_id)))
        .values(
            lease_owner=bindparam("owner"),
            lease_until=bindparam("until"),
            crashes=case((_LANE.lease_owner.is_not(None), _LANE.crashes + 1), else_=_LANE.crashes),
        )
        .returning(_LANE.conversation_id, _LANE.crashes)
    )


_ADD = Statement.inserting(LANES, _locking)
_CLAIM = Statement(_claimed())
_HOLD = Statement(select(_LANE.kind).where(*_IS).with_for_update())
_RENEW = Statement(update(LANES).where(*_IS).values(lease_until=bindparam("until")))
_REMOVE = Statement(delete(LANES).where(*_IS))
_RELEASE = Statement(
    update(LANES).where(*_IS).values(ready_at=bindparam("ready"), lease_owner=None, lease_until=None, crashes=0)
)


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
    await _ADD.rows(session, kind=kind, conversation_id=conversation_id, ready_at=now, crashes=0)


async def claim(session: AsyncSession, kind: LaneKind, now: datetime, limit: int) -> Sequence[Claim]:
    """Takes up to `limit` ready lanes, those that have waited longest first."""
    owner = secrets.token_hex(16)
    rows = await _CLAIM.rows(session, of_kind=kind, now=now, most=limit, owner=owner, until=now + LEASE)
    return [Claim(kind, conversation_id, owner, crashes) for conversation_id, crashes in rows]


async def hold(session: AsyncSession, held: Claim) -> None:
    """Locks the lane for this transaction; raises `LeaseLostError` if it is no longer this worker's."""
    if await _HOLD.row(session, **_of(held)) is None:
        raise LeaseLostError


async def renew(session: AsyncSession, claims: Iterable[Claim], now: datetime) -> None:
    """Extends the leases of work that takes long."""
    for held in claims:
        await _RENEW.rows(session, **_of(held), until=now + LEASE)


async def end(session: AsyncSession, held: Claim, ready_at: datetime | None) -> None:
    """Gives the lane back: to be worked on from `ready_at`, or, with None, removed because nothing waits in it.

    Call it after `hold` in the same transaction. A lane ended in good order has no crashes.
    """
    if ready_at is None:
        await _REMOVE.rows(session, **_of(held))
    else:
        await _RELEASE.rows(session, **_of(held), ready=ready_at)


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


def _of(held: Claim) -> dict[str, str]:
    return {"of_kind": held.kind, "of_conversation": held.conversation_id, "of_owner": held.owner}
