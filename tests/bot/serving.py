"""Servers on free ports of this machine, in the test's own event loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from bot.server import server_config
from ops.ports import free_port

STEP_SECONDS = 0.02


@asynccontextmanager
async def serving(app: FastAPI, port: int | None = None) -> AsyncIterator[str]:
    """Serves `app`; gives its address."""
    port = port or free_port()
    config = server_config(app, "127.0.0.1", port)
    config.timeout_graceful_shutdown = 0
    server = uvicorn.Server(config)
    server.capture_signals = _no_signals  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started or task.done())
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def eventually(
    condition: Callable[[], bool] | Callable[[], Awaitable[bool]], timeout_seconds: float = 20.0
) -> None:
    """Waits until `condition` holds; fails after `timeout_seconds`."""
    async with asyncio.timeout(timeout_seconds):
        while True:
            holds = condition()
            if not isinstance(holds, bool):
                holds = await holds
            if holds:
                return
            await asyncio.sleep(STEP_SECONDS)


class _no_signals:  # noqa: N801  # stands in for uvicorn's context manager
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...
