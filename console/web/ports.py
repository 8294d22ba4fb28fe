"""What the pages need of the process they run in."""

import asyncio
from contextlib import AbstractContextManager
from typing import Protocol


class News(Protocol):
    """Wake-ups among tasks; they only save waiting, the database has everything."""

    def listen(self, topic: str) -> AbstractContextManager[asyncio.Event]:
        """An event that is set at each notification of `topic`."""

    def notify(self, topic: str) -> None:
        """Wakes all listeners of `topic`."""
