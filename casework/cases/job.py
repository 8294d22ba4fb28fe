"""Deadlines: late cases are escalated, decided ones closed in time; by one process among all bots."""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from casework.cases import life, repository, service
from casework.cases.models import State
from casework.cases.office import Office
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings

LOOK_EVERY_SECONDS = 30.0
BATCH = 50
"""Cases in one transaction."""

log = structlog.get_logger(__name__)


class CaseJob:
    """Looks at the cases whose time has come.

    Args:
        sessions: The database.
        keys: Of what is told to citizens.
        settings: The hours.
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
        """Looks twice a minute."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                while self._leads() and await self.look() == BATCH:
                    pass
            except (SQLAlchemyError, OSError, service.StaleCaseError) as error:
                log.error("case_deadlines_failed", error=type(error).__name__)

    async def look(self) -> int:
        """One batch; returns how many cases there were."""
        async with self._sessions() as session:
            if not await repository.any_to_look_at(session, self._clock()):
                return 0
        async with transaction(self._sessions) as session:
            now = self._clock()
            office = Office(session, self._keys, self._settings, now)
            cases = await repository.to_look_at(session, now, BATCH)
            for case in cases:
                if case.state in life.OPEN:
                    await service.escalate(office, case)
                else:
                    await service.move(office, case, State.CLOSED, service.SYSTEM)
        if cases:
            log.info("case_deadlines", cases=len(cases))
        return len(cases)
