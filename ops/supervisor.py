"""Keeps child processes alive: starts them, waits until they serve, restarts what crashes, stops all on a signal."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from foundation.settings import ROOT
from ops.errors import OpsError

READY_TIMEOUT_SECONDS = 120.0
READY_POLL_SECONDS = 0.2
STOP_TIMEOUT_SECONDS = 15.0
BACKOFF_FIRST_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 60.0
STABLE_AFTER_SECONDS = 60.0
"""A child that lived this long starts its back-off anew."""
LOG_MAX_BYTES = 20 * 1024 * 1024

_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """One process: how to start it and how to ask whether it can serve."""

    name: str
    command: Sequence[str]
    health_url: str
    health_headers: Mapping[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None


class Supervisor:
    """Runs the children until `stop` is called."""

    def __init__(self, children: Sequence[Child], environment: Mapping[str, str], logs: Path) -> None:
        self._children = children
        self._environment = dict(environment)
        self._logs = logs
        self._stopping = asyncio.Event()
        self._watchers: list[asyncio.Task[None]] = []

    def stop(self) -> None:
        """Asks everything to stop; `run` returns when it has."""
        self._stopping.set()

    async def start(self) -> bool:
        """Starts every child and waits until all can serve; False if told to stop before that.

        Raises:
            OpsError: one of them ended, or did not become ready in time.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        for child in self._children:
            await self._spawn(child)
        ready = asyncio.gather(*(self._wait_ready(child) for child in self._children))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait((asyncio.ensure_future(_settled(ready)), stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ready.done():
            ready.cancel()
            return False
        await ready
        self._watchers = [asyncio.create_task(self._watch(child)) for child in self._children]
        return True

    async def run(self) -> None:
        """Watches the children until told to stop."""
        await self._stopping.wait()

    async def shut_down(self) -> None:
        """Stops every child: politely first, by force after a while."""
        self._stopping.set()
        for watcher in self._watchers:
            watcher.cancel()
        running = [child.process for child in self._children if child.process and child.process.returncode is None]
        for process in running:
            process.terminate()
        if running:
            waits = [asyncio.create_task(process.wait()) for process in running]
            await asyncio.wait(waits, timeout=STOP_TIMEOUT_SECONDS)
        for process in running:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _spawn(self, child: Child) -> None:
        log = self._logs / f"{child.name}.log"
        if log.exists() and log.stat().st_size > LOG_MAX_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as out:
            child.process = await asyncio.create_subprocess_exec(
                *child.command,
                cwd=ROOT,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                # Ctrl-C reaches the supervisor only; it stops the children in order.
                start_new_session=True,
                preexec_fn=die_with_parent if sys.platform == "linux" else None,
            )

    async def _wait_ready(self, child: Child) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        async with httpx.AsyncClient(timeout=2.0, headers=dict(child.health_headers)) as client:
            while time.monotonic() < deadline:
                if child.process is None or child.process.returncode is not None:
                    raise OpsError(f"{child.name} did not start: {self._last_line(child)}")
                try:
                    if (await client.get(child.health_url)).status_code == httpx.codes.OK:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(READY_POLL_SECONDS)
        raise OpsError(f"{child.name} was not ready after {READY_TIMEOUT_SECONDS:.0f} s: see {self._log_name(child)}")

    async def _watch(self, child: Child) -> None:
        delay = BACKOFF_FIRST_SECONDS
        while True:
            started = time.monotonic()
            assert child.process is not None  # noqa: S101  # start() has spawned it
            code = await child.process.wait()
            if time.monotonic() - started > STABLE_AFTER_SECONDS:
                delay = BACKOFF_FIRST_SECONDS
            how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
            print(f"{child.name} {how}; starting it again in {delay:.0f} s", flush=True)
            await asyncio.sleep(delay)
            delay = min(delay * 2, BACKOFF_MAX_SECONDS)
            await self._spawn(child)
            print(f"{child.name} started again", flush=True)

    def _last_line(self, child: Child) -> str:
        log = self._logs / f"{child.name}.log"
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
        return f"{lines[-1][-300:] if lines else 'it said nothing'} ({self._log_name(child)})"

    def _log_name(self, child: Child) -> str:
        return os.path.relpath(self._logs / f"{child.name}.log", ROOT)


async def _settled(future: asyncio.Future[list[None]]) -> bool:
    await asyncio.wait((future,))
    return True


def die_with_parent() -> None:
    """The kernel ends the child if the supervisor itself is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
