"""What is switched off, as one process knows it: read once a second, asked without a query."""

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError

from foundation.database import SessionFactory
from operations.switches import repository
from operations.switches.models import Capability

LOOK_EVERY_SECONDS = 1.0
FIRST_LOOK_SECONDS = 3.0
"""A process whose database does not answer by then starts all the same, and looks again."""

log = structlog.get_logger(__name__)


class SwitchBoard:
    """Follows the switches in the database. While it cannot be read, what was known last holds."""

    def __init__(self, sessions: SessionFactory) -> None:
        """For the database of `sessions`; until `start` everything is on."""
        self._sessions = sessions
        self._messages: Mapping[str, str] = {}
        self._following: asyncio.Task[None] | None = None

    def message(self, *capabilities: Capability) -> str | None:
        """What citizens are told, by the first of `capabilities` that is off; None if none is."""
        return next((self._messages[one] for one in capabilities if one in self._messages), None)

    async def start(self) -> None:
        """Reads the switches, then follows them until `stop`."""
        try:
            async with asyncio.timeout(FIRST_LOOK_SECONDS):
                await self.refresh()
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("switches_not_read", error=type(error).__name__)
        self._following = asyncio.create_task(self._follow(), name="switches")

    async def stop(self) -> None:
        """Ends following."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    async def refresh(self) -> None:
        """Reads the switches now.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: They cannot be read; what was known stays.
        """
        async with self._sessions() as session:
            messages = {str(switch.capability): switch.message for switch in await repository.off(session)}
        if messages.keys() != self._messages.keys():
            log.warning("switches_changed", off=sorted(messages))
        self._messages = messages

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self.refresh()
            except (SQLAlchemyError, OSError) as error:
                log.warning("switches_not_read", error=type(error).__name__)
