"""The conversation lock without polling: a waiter is woken, where Rasa's own lock looks again once a second.

Order is made before the engine (one turn in flight a conversation), so nobody waits here as a rule; the lock guards
against a caller that does not keep to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore
from rasa.utils.endpoints import EndpointConfig


class WakingLockStore(InMemoryLockStore):
    """Locks of one process, first come first served."""

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        """Starts without locks.

        Args:
            endpoint_config: Unused; Rasa passes the `lock_store` of `endpoints.yml`.
        """
        super().__init__()
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0, wait_time_in_seconds: float = 0
    ) -> AsyncGenerator[TicketLock, None]:
        """Holds the conversation's lock.

        Args:
            conversation_id: The conversation.
            lock_lifetime: Unused: the lock lives as long as the block, and the process.
            wait_time_in_seconds: Unused: nothing polls.

        Yields:
            A ticket lock, for callers that look at it.
        """
        lock, users = self._locks.get(conversation_id, (None, 0))
        if lock is None:
            lock = asyncio.Lock()
        self._locks[conversation_id] = (lock, users + 1)
        try:
            async with lock:
                yield TicketLock(conversation_id)
        finally:
            _, users = self._locks[conversation_id]
            if users == 1:
                del self._locks[conversation_id]
            else:
                self._locks[conversation_id] = (lock, users - 1)
