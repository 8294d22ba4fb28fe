"""Gathers the figures of every page and period in the background, by one process among all bots."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from console.figures import kept
from console.figures.gathering import PERIODS
from console.figures.models import KeptFigures
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from operations.accounts.governorates import GOVERNORATES

FIRST_LOOK_SECONDS: Final = 120.0
LOOK_EVERY_SECONDS: Final = 60.0
REST: Final = timedelta(minutes=5)
PAUSES: Final = 20
"""It rests so many times as long as it worked: on a large database it takes a twentieth of one processor."""

log = structlog.get_logger(__name__)


class FigureJob:
    """Keeps the figures that take long.

    Args:
        sessions: The database.
        clock: The time.
        leads: Whether this process is the one to do it.
    """

    def __init__(self, sessions: SessionFactory, clock: Clock, leads: Callable[[], bool]) -> None:
        self._sessions = sessions
        self._clock = clock
        self._leads = leads

    async def run(self) -> None:
        """Looks every minute whether it is time again."""
        await asyncio.sleep(FIRST_LOOK_SECONDS)
        while True:
            try:
                if self._leads() and await self._due():
                    await self.look()
            except (SQLAlchemyError, OSError) as error:
                log.error("figures_failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _due(self) -> bool:
        """Whether those that are kept, by whichever process, are old enough for the work that they cost."""
        now = self._clock()
        async with self._sessions() as session:
            newest, took = await kept.newest(session, now)
        return newest is None or now - newest >= max(REST, PAUSES * took)

    async def look(self) -> None:
        """Gathers all once; governorate by governorate only where the whole country takes long."""
        for days in PERIODS:
            await self._keep(lambda session, days=days: kept.gather_how_we_do(session, self._clock(), days))  # type: ignore[misc]
            for place in (kept.EVERYWHERE, *GOVERNORATES):
                took = await self._keep(
                    lambda session, days=days, place=place: kept.gather_accountability(  # type: ignore[misc]
                        session, self._clock(), days, place
                    )
                )
                if place == kept.EVERYWHERE and took < kept.LIVE_BELOW_MS:
                    break

    async def _keep(self, gather: Callable[[AsyncSession], Awaitable[KeptFigures]]) -> int:
        """Gathers in one transaction that only reads, keeps in another; the milliseconds of the former."""
        async with self._sessions() as session:
            row = await gather(session)
        async with transaction(self._sessions) as session:
            await kept.keep(session, row)
        return row.took_ms
