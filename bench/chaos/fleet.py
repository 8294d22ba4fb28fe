"""The product's processes, killed without warning and started again."""

import asyncio
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from bench.errors import BenchError
from foundation.settings import ROOT
from ops.supervisor import Child, die_with_parent

READY_SECONDS: Final = 240.0
READY_POLL_SECONDS: Final = 0.1
PROBE_SECONDS: Final = 2.0
RESTART_LONGEST_SECONDS: Final = 1.0
"""A killed process is started again after a random part of this."""
STOP_SECONDS: Final = 15.0


@dataclass(slots=True)
class Member:
    """One process: how it is started, and how it fares."""

    child: Child
    environment: Mapping[str, str]
    serves: bool = False
    """It answers its health check."""
    killed: bool = False
    """Its end is wanted; cleared when it is started again."""
    kills: int = 0
    ends: list[str] = field(default_factory=list)
    """How it ended when nobody had killed it."""


class Fleet:
    """Keeps processes running, whatever kills them.

    Args:
        members: The processes.
        logs: Folder for their output.
        rng: Chooses how long a killed process stays away.
    """

    def __init__(self, members: Sequence[Member], logs: Path, rng: random.Random) -> None:
        self.members = members
        self._logs = logs
        self._rng = rng
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Starts all and waits until all serve.

        Raises:
            BenchError: One of them did not serve in time.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        self._tasks = [asyncio.create_task(self._keep(member)) for member in self.members]
        await self.all_serve()

    async def all_serve(self) -> None:
        """Waits until all serve; raises `BenchError` if one does not in time."""
        deadline = time.monotonic() + READY_SECONDS
        while absent := [member for member in self.members if not member.serves]:
            broken = [task for task in self._tasks if task.done()]
            if broken or time.monotonic() > deadline or any(len(member.ends) > 2 for member in absent):
                names = ", ".join(member.child.name for member in absent)
                raise BenchError(f"{names} did not start: see {self._logs}")
            await asyncio.sleep(READY_POLL_SECONDS)

    async def come_up(self, timeout_seconds: float) -> None:
        """Waits until all serve, but not for longer than `timeout_seconds`."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            if all(member.serves for member in self.members):
                return
            await asyncio.sleep(READY_POLL_SECONDS)

    def kill(self, member: Member) -> bool:
        """SIGKILL; False if the process is not there at this moment."""
        process = member.child.process
        if process is None or process.returncode is not None or member.killed:
            return False
        member.killed, member.serves = True, False
        member.kills += 1
        process.kill()
        return True

    async def stop(self) -> None:
        """Ends all: politely first, by force after a while."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        running = [
            member.child.process
            for member in self.members
            if member.child.process is not None and member.child.process.returncode is None
        ]
        for process in running:
            process.terminate()
        if running:
            await asyncio.wait([asyncio.ensure_future(process.wait()) for process in running], timeout=STOP_SECONDS)
        for process in running:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _keep(self, member: Member) -> None:
        while True:
            log = self._logs / f"{member.child.name}.log"
            with log.open("ab") as out:
                process = await asyncio.create_subprocess_exec(
                    *member.child.command,
                    cwd=ROOT,
                    env=dict(member.environment),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                    preexec_fn=die_with_parent if sys.platform == "linux" else None,
                )
            member.child.process, member.killed = process, False
            probing = asyncio.create_task(self._probe(member))
            code = await process.wait()
            probing.cancel()
            if not member.killed:
                member.ends.append(f"code {code}")
            member.serves = False
            await asyncio.sleep(self._rng.uniform(0.0, RESTART_LONGEST_SECONDS))

    async def _probe(self, member: Member) -> None:
        child = member.child
        async with httpx.AsyncClient(timeout=PROBE_SECONDS, headers=dict(child.health_headers)) as http:
            while True:
                try:
                    if (await http.get(child.health_url)).status_code == httpx.codes.OK:
                        member.serves = not member.killed
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(READY_POLL_SECONDS)
