"""The two commands that the worker runs: the engine's trainer, and the comparison. They end with the worker."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from foundation.settings import ROOT, Settings
from nlu.examples import DEVSET

LINES_LOGGED: Final = 15
LINE_MAX_BYTES: Final = 64 * 1024
CASES: Final = DEVSET / "dev.jsonl"

log = structlog.get_logger(__name__)


class CommandError(Exception):
    """The command failed; what it said is in the log."""


@dataclass(frozen=True, slots=True)
class Commands:
    """How to run them.

    Attributes:
        python: The engine's interpreter.
        timeout_seconds: Time for one command.
        config: Pipeline and policies; the domain and the shipped data lie where the repository has them.
        database_url: For the comparison, which asks the search too.
    """

    python: Path
    timeout_seconds: float
    config: Path
    database_url: str

    @classmethod
    def of(cls, settings: Settings) -> "Commands":
        """As the settings say."""
        # As `make train` names it: the name is part of what the model was trained from.
        config = Path(os.path.relpath(settings.training_config, ROOT))
        seconds = settings.training_timeout_minutes * 60.0
        return cls(settings.trainer_python, seconds, config, settings.database_url)

    async def train(self, changes: Path, out: Path, said: Callable[[str], None]) -> None:
        """Trains a model.

        Args:
            changes: What the console changes of the examples.
            out: Folder of the model.
            said: Gets each line that the trainer prints.

        Raises:
            CommandError: It failed.
            TimeoutError: It took too long.
        """
        command = [str(self.python), "-m", "nlu.engine.train", "--config", str(self.config), "--domain", "domain.yml"]
        command += ["--data", "nlu/data", "--changes", str(changes), "--models", str(out), "--force", "--background"]
        await self._run(command, said)

    async def compare(self, live: Path, candidate: Path, changes: Path, out: Path) -> None:
        """Asks both models the lines of the development set, and the added examples (`evaluation.compare`).

        Raises:
            CommandError: It failed.
            TimeoutError: It took too long.
        """
        command = [sys.executable, "-m", "evaluation.compare", str(live), str(candidate), str(CASES)]
        command += ["--changes", str(changes)]
        await self._run(
            [*command, "--python", str(self.python), "--out", str(out), "--keep", "--background"], lambda _line: None
        )

    async def _run(self, command: Sequence[str], said: Callable[[str], None]) -> None:
        last: deque[str] = deque(maxlen=LINES_LOGGED)
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=_environment(self.database_url),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_MAX_BYTES,
            start_new_session=True,
        )
        assert process.stdout is not None  # noqa: S101  # asked for above
        try:
            async with asyncio.timeout(self.timeout_seconds):
                async for raw in process.stdout:
                    line = raw.decode(errors="replace").rstrip()
                    last.append(line)
                    said(line)
                code = await process.wait()
        finally:
            if process.returncode is None:
                _kill(process.pid)
                await process.wait()
        if code != 0:
            log.error("training_command_failed", command=command[2], code=code, said=list(last))
            raise CommandError


def _kill(pid: int) -> None:
    """It and whatever it has started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _environment(database_url: str) -> dict[str, str]:
    # One thread each: two cores serve citizens meanwhile.
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "DATABASE_URL": database_url,
    }
