"""Long polling: raw updates are stored before the offset moves past them."""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.metrics import ERRORS
from bot.telegram.client import PollError, TelegramClient
from bot.telegram.intake import Intake
from bot.telegram.updates import update_id_of
from bot.work.leadership import Leader

NOT_LEADING_SECONDS = 0.1
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0

log = structlog.get_logger(__name__)


class Poller:
    """Fetches updates while this process leads: Telegram allows one poller a bot."""

    def __init__(self, client: TelegramClient, intake: Intake, leader: Leader) -> None:
        self._client = client
        self._intake = intake
        self._leader = leader

    async def run(self) -> None:
        """Polls until cancelled."""
        offset: int | None = None
        pause = FIRST_PAUSE_SECONDS
        while True:
            if not self._leader.leads():
                offset = None
                await asyncio.sleep(NOT_LEADING_SECONDS)
                continue
            try:
                updates = await self._client.get_updates(offset)
                await self._intake.store(updates)
            except (PollError, SQLAlchemyError, OSError) as error:
                ERRORS.labels("poll").inc()
                asked = error.retry_after_seconds if isinstance(error, PollError) else 0.0
                status = error.status if isinstance(error, PollError) else None
                log.warning("poll_failed", error=type(error).__name__, status=status, pause_seconds=pause)
                await asyncio.sleep(max(pause, asked))
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                continue
            pause = FIRST_PAUSE_SECONDS
            moved = _after(updates)
            if updates and (moved is None or (offset is not None and moved <= offset)):
                # A server that does not take the offset would otherwise be asked without pause.
                await asyncio.sleep(FIRST_PAUSE_SECONDS)
            offset = moved if moved is not None else offset


def _after(updates: Sequence[object]) -> int | None:
    numbers = [number for raw in updates if (number := update_id_of(raw)) is not None]
    return max(numbers) + 1 if numbers else None
