"""Figures that take long are gathered in the background and kept; those that do not are gathered when asked for."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from console.figures import gathering
from console.figures.gathering import LEAST, Accountability, HowWeDo
from console.figures.models import KeptFigures

HOW: Final = "how"
AGENTS: Final = "agents"
EVERYWHERE: Final = ""
LIVE_BELOW_MS: Final = 50
"""What took less is gathered anew for each look."""
HOLDS: Final = timedelta(hours=3)
"""Older figures are not shown: whoever keeps them has stopped."""

_HOW: Final = TypeAdapter(HowWeDo)
_AGENTS: Final = TypeAdapter(Accountability)


async def how_we_do(session: AsyncSession, now: datetime, days: int) -> tuple[HowWeDo, datetime | None]:
    """The figures of the last `days` days, and of when they are; None: of now."""
    found = await _kept(session, HOW, days, (EVERYWHERE,), now)
    if found:
        return _HOW.validate_python(found[0].body), found[0].at
    return await gathering.how_we_do(session, now, days), None


async def accountability(
    session: AsyncSession, now: datetime, days: int, places: tuple[str, ...] | None, *, least: int, sample: bool
) -> tuple[Accountability, datetime | None]:
    """The figures of these governorates, None for all, and of when they are; None: of now."""
    wanted = (EVERYWHERE,) if places is None else places
    found = () if sample or least < LEAST else await _kept(session, AGENTS, days, wanted, now)
    if found:
        parts = [_AGENTS.validate_python(one.body) for one in found]
        return gathering.together(parts, least), min(one.at for one in found)
    return await gathering.accountability(session, now, days, places, least=least, sample=sample), None


async def gather_how_we_do(session: AsyncSession, now: datetime, days: int) -> KeptFigures:
    """What is to be kept of `how_we_do`; nothing is written."""
    started = time.monotonic()
    figures = await gathering.how_we_do(session, now, days)
    return _row(HOW, days, EVERYWHERE, now, started, to_jsonable_python(figures))


async def gather_accountability(session: AsyncSession, now: datetime, days: int, place: str) -> KeptFigures:
    """What is to be kept of `accountability` in a governorate, or everywhere; nothing is written."""
    started = time.monotonic()
    figures = await gathering.accountability(session, now, days, None if place == EVERYWHERE else (place,))
    return _row(AGENTS, days, place, now, started, to_jsonable_python(figures))


async def keep(session: AsyncSession, row: KeptFigures) -> None:
    """Keeps gathered figures in place of those before."""
    await session.merge(row)


async def newest(session: AsyncSession, now: datetime) -> tuple[datetime | None, timedelta]:
    """Of when the newest kept figures are, None if all are too old, and how long it took to gather all."""
    found = await session.execute(
        select(func.max(KeptFigures.at), func.sum(KeptFigures.took_ms)).where(KeptFigures.at > now - HOLDS)
    )
    at, took = found.one()
    return at, timedelta(milliseconds=int(took or 0))


def _row(page: str, days: int, place: str, now: datetime, started: float, body: dict[str, Any]) -> KeptFigures:
    took = round((time.monotonic() - started) * 1000)
    return KeptFigures(page=page, days=days, place=place, at=now, took_ms=took, body=body)


async def _kept(
    session: AsyncSession, page: str, days: int, places: Sequence[str], now: datetime
) -> Sequence[KeptFigures]:
    """What is kept of all these places; nothing if one is missing or too old, or all can be gathered quickly."""
    rows = await session.scalars(
        select(KeptFigures).where(
            KeptFigures.page == page,
            KeptFigures.days == days,
            KeptFigures.place.in_(places),
            KeptFigures.at > now - HOLDS,
        )
    )
    found = rows.all()
    slow = sum(one.took_ms for one in found) >= LIVE_BELOW_MS
    return found if slow and len(found) == len(places) else ()
