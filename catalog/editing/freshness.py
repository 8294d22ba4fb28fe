"""Which entries nobody has verified for too long."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.editing import repository
from catalog.editing.models import Kind
from catalog.models import Confidence
from foundation.clock import in_baghdad
from foundation.settings import Settings
from operations.events import service as events

REMINDED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry; `until` is the day on which it ceased, or ceases, to count as verified, None if it never was."""

    code: str
    kind: Kind
    title: str
    verified_on: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """An active entry of which not everything comes from an official source; `confidence` as in `catalog.schema`."""

    code: str
    title: str
    confidence: str
    verified_on: date | None


async def unconfirmed(session: AsyncSession, *, limit: int) -> list[Unconfirmed]:
    """Entries that the assistant calls unconfirmed when it answers with them, the least sure first.

    Args:
        session: Only read.
        limit: The most entries.
    """
    found = [Unconfirmed(*row) for row in await repository.unconfirmed(session, limit=limit)]
    order = [Confidence.ILLUSTRATIVE, Confidence.NAME_ONLY, Confidence.PARTLY]
    return sorted(found, key=lambda one: (order.index(Confidence(one.confidence)), one.code))[:limit]


async def stale(
    session: AsyncSession,
    today: date,
    valid_days: int,
    ahead: timedelta = timedelta(0),
    *,
    limit: int = 1000,
    untold: bool = False,
) -> list[Stale]:
    """Active entries that are not verified any more, or will not be `ahead` of today; those that wait longest first.

    Args:
        session: Only read.
        today: In Baghdad.
        valid_days: So long an entry holds after its verification, unless its editors said a day.
        ahead: How far to look ahead.
        limit: The most entries.
        untold: Only those that other systems have not been told of.
    """
    before, days = today + ahead, timedelta(days=valid_days)
    rows = await repository.stale(session, before, before - days, limit=limit, untold=untold)
    found = [Stale(code, kind, title, on, said or (on + days if on else None)) for code, kind, title, on, said in rows]
    return sorted(found, key=lambda each: (each.until is not None, each.until or today, each.code))


async def remind(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Tells other systems of entries that have grown stale, each once; returns how many."""
    today = in_baghdad(now).date()
    found = await stale(session, today, settings.content_valid_days, limit=REMINDED_AT_ONCE, untold=True)
    for entry in found:
        await events.add(session, "content.stale", f"entry/{entry.code}", {"code": entry.code}, now)
        await repository.note_reminder(session, entry.code, today)
    return len(found)
