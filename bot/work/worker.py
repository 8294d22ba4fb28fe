"""The loop that claims lanes and works on them, several conversations at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.metrics import ERRORS
from bot.models import LaneKind
from bot.signals import Signals, lane_topic, wait_for_signal
from bot.work import lanes
from bot.work.lanes import Claim, LeaseLostError
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction

POLL_SECONDS = 0.4
"""How soon work that another process added, or whose time has come, is seen."""
DATABASE_PAUSE_SECONDS = 1.0
STOP_GRACE_SECONDS = 8.0

log = structlog.get_logger(__name__)


class LaneWorker:
    """Runs `handle` for each claimed lane.

    Args:
        kind: Which lanes.
        handle: Does the work and ends the lane (`lanes.end`); what it raises leaves the lane to another try.
        concurrency: How many conversations at once.
        enabled: Asked before each claim; work is left to others while it says no.
    """

    def __init__(
        self,
        kind: LaneKind,
        handle: Callable[[Claim], Awaitable[None]],
        *,
        sessions: SessionFactory,
        signals: Signals,
        clock: Clock,
        concurrency: int,
        enabled: Callable[[], bool] = lambda: True,
    ) -> None:
        self._kind = kind
        self._handle = handle
        self._sessions = sessions
        self._signals = signals
        self._clock = clock
        self._concurrency = concurrency
        self._enabled = enabled
        self._running: dict[asyncio.Task[None], Claim] = {}
        self._stopping = False

    async def run(self) -> None:
        """Works until `stop`."""
        topic = lane_topic(self._kind)
        with self._signals.listen(topic) as wake:
            renewing = asyncio.create_task(self._renew())
            try:
                while not self._stopping:
                    free = self._concurrency - len(self._running)
                    claims = await self._claim(free) if free and self._enabled() else []
                    for held in claims:
                        task = asyncio.create_task(self._work(held))
                        self._running[task] = held
                        task.add_done_callback(lambda task: self._ended(task, wake))
                    if not free or len(claims) < free:
                        await wait_for_signal(wake, POLL_SECONDS)
            finally:
                renewing.cancel()

    async def stop(self) -> None:
        """Claims nothing more, lets running work end within the grace time, and gives the rest back."""
        self._stopping = True
        self._signals.notify(lane_topic(self._kind))
        if self._running:
            await asyncio.wait(list(self._running), timeout=STOP_GRACE_SECONDS)
        left = dict(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for held in left.values():
            await self._give_back(held, self._clock())

    async def _claim(self, limit: int) -> Sequence[Claim]:
        try:
            async with transaction(self._sessions) as session:
                return await lanes.claim(session, self._kind, self._clock(), limit)
        except (SQLAlchemyError, OSError) as error:
            ERRORS.labels("claim").inc()
            log.warning("claim_failed", lane=self._kind.value, error=type(error).__name__)
            await asyncio.sleep(DATABASE_PAUSE_SECONDS)
            return []

    async def _work(self, held: Claim) -> None:
        try:
            await self._handle(held)
        except LeaseLostError:
            log.warning("lease_lost", lane=self._kind.value)
        except Exception as error:
            ERRORS.labels(self._kind.value).inc()
            log.error("work_failed", lane=self._kind.value, error=type(error).__name__, exc_info=error)
            await asyncio.sleep(DATABASE_PAUSE_SECONDS)
            await self._give_back(held, self._clock())

    async def _give_back(self, held: Claim, ready_at: datetime) -> None:
        try:
            async with transaction(self._sessions) as session:
                await lanes.end(session, held, ready_at)
        except (SQLAlchemyError, OSError) as error:
            log.warning("give_back_failed", lane=self._kind.value, error=type(error).__name__)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(lanes.RENEW_EVERY.total_seconds())
            if not self._running:
                continue
            try:
                async with transaction(self._sessions) as session:
                    await lanes.renew(session, list(self._running.values()), self._clock())
            except (SQLAlchemyError, OSError) as error:
                log.warning("renew_failed", lane=self._kind.value, error=type(error).__name__)

    def _ended(self, task: asyncio.Task[None], wake: asyncio.Event) -> None:
        full = len(self._running) >= self._concurrency
        self._running.pop(task, None)
        if full:
            wake.set()
