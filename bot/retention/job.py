"""Retention every night, by one process among all bots."""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.metrics import ERRORS
from bot.retention.service import Purge, last_finished, note
from bot.turns.engine import EngineClient
from bot.work.leadership import RENEW_SECONDS, Leader
from foundation.clock import Clock, in_baghdad
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings

LEADERSHIP = "retention"
WHO = "bot"
HOUR = 3
"""On the clock in Baghdad. A run that was missed is made up for."""
LOOK_EVERY_SECONDS = 1800.0
TRIES = 20
"""How often to look whether this process leads, before it leaves the work to another."""

log = structlog.get_logger(__name__)


class RetentionJob:
    """Runs retention once a day."""

    def __init__(self, sessions: SessionFactory, engine: EngineClient, settings: Settings, clock: Clock) -> None:
        self._sessions = sessions
        self._engine = engine
        self._settings = settings
        self._clock = clock

    async def run(self) -> None:
        """Looks every half hour, for the first time half an hour after the start."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self.look()
            except (SQLAlchemyError, OSError) as error:
                ERRORS.labels("retention").inc()
                log.error("retention_failed", error=type(error).__name__)

    async def look(self) -> bool:
        """Runs retention if it is due and no other process is at it; returns whether it was run to its end."""
        if not await self._due():
            return False
        leader = Leader(LEADERSHIP, self._sessions, self._clock)
        holding = asyncio.create_task(leader.run())
        try:
            # Asked again by the one that leads: another may have done it in between.
            return await _comes_to_lead(leader) and await self._due() and await self._purge(leader)
        finally:
            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)
            await leader.stop()

    async def _purge(self, leader: Leader) -> bool:
        now = self._clock()
        purged = await Purge(self._sessions, self._engine, self._settings, now, goes_on=leader.leads).run()
        async with transaction(self._sessions) as session:
            await note(session, WHO, purged, now)
        return purged.finished

    async def _due(self) -> bool:
        async with self._sessions() as session:
            finished = await last_finished(session)
        return finished is None or finished < last_struck(self._clock())


def last_struck(now: datetime) -> datetime:
    """The last time, up to `now`, that the clock in Baghdad struck `HOUR`."""
    there = in_baghdad(now)
    struck = there.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return struck if struck <= there else struck - timedelta(days=1)


async def _comes_to_lead(leader: Leader) -> bool:
    for _ in range(TRIES):
        if leader.leads():
            return True
        await asyncio.sleep(RENEW_SECONDS / TRIES)
    return False
