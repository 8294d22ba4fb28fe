"""In the background, by one process among all bots: publishes at the time set, announces what has grown stale."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from catalog.editing import freshness, repository, service
from catalog.unanswered import repository as unanswered
from foundation.clock import Clock, in_baghdad
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings
from operations.announcements import repository as announcements

LOOK_EVERY_SECONDS = 2.0
UPKEEP_EVERY = timedelta(hours=1)
BATCH = 20
"""Drafts in one transaction."""
PAUSE_SECONDS = 0.05
"""Between two, so that others can write too."""
IMPORTS_KEPT = timedelta(days=2)
TYPING_KEPT = timedelta(days=30)
SHOWN_KEPT = timedelta(days=3)

log = structlog.get_logger(__name__)


class ContentJob:
    """Looks at drafts whose time has come, and once an hour at the dates.

    Args:
        sessions: The database.
        settings: How long an entry holds, and how long lines are kept.
        clock: The time.
        leads: Whether this process is the one to do it.
    """

    def __init__(self, sessions: SessionFactory, settings: Settings, clock: Clock, leads: Callable[[], bool]) -> None:
        self._sessions = sessions
        self._settings = settings
        self._clock = clock
        self._leads = leads
        self._upkeep_at = clock()

    async def run(self) -> None:
        """Looks every two seconds."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                while self._leads():
                    if await self.publish() < BATCH:
                        break
                    await asyncio.sleep(PAUSE_SECONDS)
                if self._leads() and self._clock() >= self._upkeep_at:
                    await self.upkeep()
            except (SQLAlchemyError, OSError) as error:
                log.error("content_job_failed", error=type(error).__name__)

    async def publish(self) -> int:
        """Publishes what is due, a batch at most; returns how many it looked at."""
        async with self._sessions() as session:
            if not await repository.due(session, self._clock(), 1, lock=False):
                return 0
        async with transaction(self._sessions) as session:
            published, returned = await service.publish_due(session, self._clock(), BATCH)
        log.info("content_published", codes=published, returned=returned)
        return len(published) + len(returned)

    async def upkeep(self) -> None:
        """Announces stale entries, and forgets what is kept no longer."""
        now = self._clock()
        today = in_baghdad(now).date()
        async with transaction(self._sessions) as session:
            await freshness.remind(session, now, self._settings)
            await repository.purge_imports(session, now - IMPORTS_KEPT)
            await repository.purge_autosaves(session, now - TYPING_KEPT)
            await announcements.forget_shown(session, today - SHOWN_KEPT)
            await unanswered.trim(session, self._settings.unanswered_max_lines)
            await unanswered.purge(session, today - timedelta(days=self._settings.retention_unanswered_days))
        self._upkeep_at = now + UPKEEP_EVERY
