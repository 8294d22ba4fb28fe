"""The weekly report is made on its own, by one process among all bots; one that was missed is made up for."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from casework.results import reports
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings

LOOK_EVERY_SECONDS = 600.0
FIRST_LOOK_SECONDS = 20.0
LATE_RESULTS = timedelta(hours=30)
"""Results of the last day come after it: the report waits until the Monday after the week, six in the morning."""

log = structlog.get_logger(__name__)


class ReportJob:
    """Looks whether the last whole week has its report.

    Args:
        sessions: The database.
        keys: The reports are kept encrypted.
        settings: How small a count is hidden.
        clock: The time.
        leads: Whether this process is the one to do it.
    """

    def __init__(
        self, sessions: SessionFactory, keys: DataKeys, settings: Settings, clock: Clock, leads: Callable[[], bool]
    ) -> None:
        self._sessions = sessions
        self._keys = keys
        self._settings = settings
        self._clock = clock
        self._leads = leads

    async def run(self) -> None:
        """Looks every ten minutes."""
        await asyncio.sleep(FIRST_LOOK_SECONDS)
        while True:
            try:
                if self._leads():
                    await self.look()
            except (SQLAlchemyError, OSError) as error:
                log.error("picture_report_failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> bool:
        """Makes the report if it is due; returns whether it was made."""
        now = self._clock()
        week = reports.last_whole_week(now - LATE_RESULTS)
        async with self._sessions() as session:
            if await reports.get(session, week) is not None:
                return False
        async with transaction(self._sessions) as session:
            await reports.make(session, week, now, small=self._settings.results_small_count, keys=self._keys)
        log.info("picture_report_made", week=week.isoformat())
        return True
