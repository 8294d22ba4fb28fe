"""The conversation lock: in order, and nobody sleeps."""

from __future__ import annotations

import asyncio
import time

from nlu.engine.lock_store import WakingLockStore


async def test_waiters_follow_each_other_at_once_and_in_order() -> None:
    locks, order = WakingLockStore(), []

    async def turn(number: int) -> None:
        async with locks.lock("a"):
            order.append(number)
            await asyncio.sleep(0.01)

    started = time.monotonic()
    await asyncio.gather(*(turn(number) for number in range(4)))
    assert order == [0, 1, 2, 3]
    assert time.monotonic() - started < 0.5
    assert not locks._locks


async def test_other_conversations_do_not_wait() -> None:
    locks = WakingLockStore()
    async with locks.lock("a"):
        await asyncio.wait_for(_enter(locks, "b"), timeout=1)


async def test_an_error_frees_the_lock() -> None:
    locks = WakingLockStore()
    try:
        async with locks.lock("a"):
            raise RuntimeError
    except RuntimeError:
        pass
    await asyncio.wait_for(_enter(locks, "a"), timeout=1)


async def _enter(locks: WakingLockStore, name: str) -> None:
    async with locks.lock(name):
        pass
