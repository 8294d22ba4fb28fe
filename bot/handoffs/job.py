"""Leases that end, silent colleagues, the moving queue: looked after by every process, each step by one of them."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.metrics import ERRORS
from casework.handoffs import sweep
from casework.handoffs.service import Desk
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction

LOOK_EVERY_SECONDS = 3.0
FAILURE_PAUSE_SECONDS = 5.0

log = structlog.get_logger(__name__)


class HandoffJob:
    """Looks after handoffs; any number of processes may."""

    def __init__(self, sessions: SessionFactory, desk: Desk, clock: Clock) -> None:
        self._sessions = sessions
        self._desk = desk
        self._clock = clock

    async def run(self) -> None:
        """Works until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self.look()
            except (SQLAlchemyError, OSError) as error:
                ERRORS.labels("handoffs").inc()
                log.error("handoffs_failed", error=type(error).__name__)
                await asyncio.sleep(FAILURE_PAUSE_SECONDS)

    async def look(self) -> None:
        """One look."""
        async with self._sessions() as session:
            if not await sweep.anything_open(session):
                return
        async with transaction(self._sessions) as session:
            moved = list(await sweep.put_back(session, self._desk, self._clock()))
        async with transaction(self._sessions) as session:
            moved += await sweep.tell_places(session, self._desk, self._clock())
        for conversation_id in moved:
            self._desk.citizens.announce(conversation_id)
