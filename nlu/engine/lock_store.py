"""The conversation lock: a waiter is woken, where Rasa's own lock looks again once a second; in Redis for many engines.

Order is made before the engine (one turn in flight a conversation), so nobody waits here as a rule; the lock guards
against a caller that does not keep to it, and against a turn that is tried again at another engine.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore
from rasa.utils.endpoints import EndpointConfig

if TYPE_CHECKING:
    from redis.asyncio.lock import Lock

LEASE_SECONDS: Final = 5.0
"""Longer than nearly every turn. An engine that is killed leaves its lock for so long, and nobody waits longer."""
LOOK_AGAIN_SECONDS: Final = 0.02
REDIS_SECONDS: Final = 0.5
"""For one command."""

logger = logging.getLogger(__name__)


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

    async def close(self) -> None:
        """Nothing to let go of."""


class SharedLockStore(WakingLockStore):
    """Locks in Redis: of several engines one at a time has a conversation.

    The store refuses a save over another engine's (`ConversationMovedError`), so no turn is ever lost for want of this
    lock; with it, the second of two turns waits instead of failing. Hence an engine whose Redis is away goes on
    without: an outage of Redis is no outage of the assistant.
    """

    def __init__(self, url: str) -> None:
        """Points at a Redis; nothing is opened yet.

        Args:
            url: `redis://…` or `rediss://…`.

        Raises:
            ValueError: It is no such address.
        """
        super().__init__()
        # Loaded here: an engine that is alone needs no Redis.
        from redis.asyncio import Redis

        self._redis = Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0, wait_time_in_seconds: float = 0
    ) -> AsyncGenerator[TicketLock, None]:
        """Holds the conversation's lock, in this process first (see parent class)."""
        async with super().lock(conversation_id) as ticket:
            held = await self._take(conversation_id)
            try:
                yield ticket
            finally:
                await self._give_back(held)

    async def _take(self, conversation_id: str) -> Lock | None:
        from redis.exceptions import RedisError

        lock = self._redis.lock(
            f"ur:engine:{conversation_id}",
            timeout=LEASE_SECONDS,
            sleep=LOOK_AGAIN_SECONDS,
            blocking_timeout=LEASE_SECONDS,
            thread_local=False,
        )
        try:
            if await lock.acquire():
                return lock
            reason = "taken"
        except (RedisError, OSError) as error:
            reason = type(error).__name__
        logger.warning("lock_not_taken", extra={"reason": reason})
        return None

    async def _give_back(self, lock: Lock | None) -> None:
        from redis.exceptions import RedisError

        if lock is None:
            return
        try:
            await lock.release()
        except (RedisError, OSError) as error:  # it runs out by itself
            logger.warning("lock_not_released", extra={"reason": type(error).__name__})

    async def close(self) -> None:
        """Closes the connections."""
        await self._redis.close()
