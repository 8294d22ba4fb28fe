"""SQL of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from operations.events.models import EVENTS

_EVENT = EVENTS.c
_INSERT = insert(EVENTS)


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that waits; the fields are those of `Event`."""

    number: int
    id: str
    type: str
    subject: str
    data: dict[str, Any]
    at: datetime


async def add(
    session: AsyncSession, event_id: str, kind: str, subject: str, data: dict[str, Any], at: datetime
) -> None:
    """Stores an event; it holds when the caller's transaction does."""
    await session.execute(_INSERT, {"id": event_id, "type": kind, "subject": subject, "data": data, "at": at})


async def pending(session: AsyncSession, limit: int) -> Sequence[Pending]:
    """The `limit` oldest events that wait."""
    found = await session.execute(
        select(_EVENT.number, _EVENT.id, _EVENT.type, _EVENT.subject, _EVENT.data, _EVENT.at)
        .where(_EVENT.published_at.is_(None))
        .order_by(_EVENT.number)
        .limit(limit)
    )
    return [Pending(*row) for row in found]


async def mark_published(session: AsyncSession, numbers: Sequence[int], now: datetime) -> None:
    """Notes that the broker has these."""
    await session.execute(update(EVENTS).where(_EVENT.number.in_(numbers)).values(published_at=now))


async def depth(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many events wait, and since when the oldest."""
    row = (await session.execute(select(func.count(), func.min(_EVENT.at)).where(_EVENT.published_at.is_(None)))).one()
    return row[0], row[1]


async def purge(session: AsyncSession, before: datetime, limit: int, *, dry: bool, published: bool) -> int:
    """Deletes the oldest `limit` events of before then: those that were published, or those that wait."""
    of = (_EVENT.published_at.is_not(None) if published else _EVENT.published_at.is_(None), _EVENT.at < before)
    if dry:
        return await session.scalar(select(func.count()).select_from(EVENTS).where(*of)) or 0
    # In the order of the numbers, which is that of the times: it ends as soon as there are enough.
    some = select(_EVENT.number).where(*of).order_by(_EVENT.number).limit(limit)
    result = await session.execute(delete(EVENTS).where(_EVENT.number.in_(some)))
    assert isinstance(result, CursorResult)  # noqa: S101  # it changes rows
    return result.rowcount
