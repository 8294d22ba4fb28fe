"""The job that publishes events: each at least once, with the same id each time.

An event is marked only after the broker has confirmed it, so whatever dies in between, it is published again.
"""

import asyncio
import random
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from operations.events import repository
from operations.events.broker import Broker, BrokerError
from operations.events.metrics import FAILURES, PUBLISHED

BATCH = 200
LOOK_EVERY_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0

log = structlog.get_logger(__name__)


class Publisher:
    """Publishes what waits, in order, as long as this process leads."""

    def __init__(
        self, broker: Broker, sessions: SessionFactory, clock: Clock, leads: Callable[[], bool] = lambda: True
    ) -> None:
        """Args: the broker, the database, the clock, and who says whether it is this process's turn to publish."""
        self._broker = broker
        self._sessions = sessions
        self._clock = clock
        self._leads = leads
        self._failures = 0

    async def run(self) -> None:
        """Publishes until cancelled."""
        try:
            while True:
                pause = LOOK_EVERY_SECONDS
                if self._leads():
                    try:
                        pause = await self.look()
                    except Exception as error:
                        log.error("publisher_failed", exc_info=error)
                        pause = await self._failed(type(error).__name__)
                await asyncio.sleep(pause)
        finally:
            await self._broker.close()

    async def look(self) -> float:
        """Publishes one batch; how many seconds to wait before the next."""
        try:
            async with self._sessions() as session:
                waiting = await repository.pending(session, BATCH)
            if not waiting:
                return LOOK_EVERY_SECONDS
            confirmed = await self._broker.publish(waiting)
            if confirmed:
                PUBLISHED.inc(len(confirmed))
                async with transaction(self._sessions) as session:
                    await repository.mark_published(session, confirmed, self._clock())
        except (BrokerError, SQLAlchemyError, OSError) as error:
            return await self._failed(str(error) if isinstance(error, BrokerError) else "database")
        if len(confirmed) < len(waiting):
            return await self._failed("not_confirmed")
        if self._failures:
            log.info("events_flow_again")
        self._failures = 0
        return 0.0 if len(waiting) == BATCH else LOOK_EVERY_SECONDS

    async def _failed(self, reason: str) -> float:
        FAILURES.labels(reason).inc()
        pause = min(FIRST_PAUSE_SECONDS * (1 << min(self._failures, 16)), LONGEST_PAUSE_SECONDS)
        self._failures += 1
        log.warning("events_not_published", reason=reason, seconds=pause)
        await self._broker.close()
        return pause * random.uniform(0.75, 1.0)  # noqa: S311  # spreads load, guards nothing
