"""SQL of leases: how long a handoff stays with its owner, and what goes back to the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs.models import HANDOFFS, State

_H = HANDOFFS.c


@dataclass(frozen=True, slots=True)
class Left:
    """A handoff whose owner is gone: which, where, and who it was."""

    id: int
    conversation_id: str
    owner_id: str | None


async def renew(session: AsyncSession, account_id: str, now: datetime, lease: timedelta) -> int:
    """Extends all leases of an account; returns how many handoffs it holds."""
    renewed = await session.scalars(
        update(HANDOFFS)
        .where(_H.owner_id == account_id, _H.state == State.CLAIMED)
        .values(lease_until=now + lease)
        .returning(_H.id)
    )
    return len(renewed.all())


async def leases_ended(session: AsyncSession, now: datetime) -> Sequence[Left]:
    """Puts handoffs whose lease has passed back into the queue, where they were."""
    return await _put_back(session, _H.lease_until < now)


async def silent(session: AsyncSession, before: datetime) -> Sequence[Left]:
    """Puts handoffs back whose citizen has waited for an answer since before then."""
    return await _put_back(session, _H.citizen_at < before)


async def all_of(session: AsyncSession, account_id: str) -> Sequence[Left]:
    """Puts back all that an account holds, because it may not hold them any more."""
    return await _put_back(session, _H.owner_id == account_id)


async def _put_back(session: AsyncSession, condition: ColumnElement[bool]) -> Sequence[Left]:
    rows = await session.execute(
        update(HANDOFFS)
        .where(_H.state == State.CLAIMED, condition)
        .values(
            state=State.WAITING,
            last_owner_id=_H.owner_id,
            owner_id=None,
            lease_until=None,
            agent_typing_at=None,
            citizen_at=None,
            told_place=None,
        )
        .returning(_H.id, _H.conversation_id, _H.last_owner_id)
    )
    return [Left(*row) for row in rows]
