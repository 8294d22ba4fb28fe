"""The notice that holds now, as one process knows it: read once a second, asked without a query."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from foundation.clock import Clock
from foundation.database import SessionFactory
from operations.announcements import repository

LOOK_EVERY_SECONDS = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be said, and when."""

    id: int
    text: str
    starts_at: datetime
    ends_at: datetime


class NoticeBoard:
    """Follows the notices in the database. While it cannot be read, what was known last holds.

    Args:
        sessions: The database.
        clock: The time.
    """

    def __init__(self, sessions: SessionFactory, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._notices: Sequence[Notice] = ()

    def current(self) -> Notice | None:
        """The notice that began last among those that hold now."""
        now = self._clock()
        return next((one for one in self._notices if one.starts_at <= now < one.ends_at), None)

    async def refresh(self) -> None:
        """Reads the notices now.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: They cannot be read; what was known stays.
        """
        async with self._sessions() as session:
            found = await repository.coming(session, self._clock())
        self._notices = [Notice(one.id, one.text, one.starts_at, one.ends_at) for one in found]

    async def run(self) -> None:
        """Looks every second."""
        while True:
            try:
                await self.refresh()
            except (SQLAlchemyError, OSError) as error:
                log.warning("announcements_not_read", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_SECONDS)
