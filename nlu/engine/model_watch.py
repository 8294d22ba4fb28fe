"""Takes up a new model without a restart: the file is looked at now and then; when another lies there, it is loaded
beside the one in use, tried, and takes its place between two turns.

Turns in flight end with the model they began with, which is forgotten after the last of them. A file that cannot be
loaded, or was made for another domain, changes nothing: the model in use stays, and the log says why.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import time
from pathlib import Path

from nlu.engine import log
from nlu.engine.agent import EngineAgent, EngineProcessor

Stamp = tuple[int, int, int]
"""Inode, size in bytes and time of change in nanoseconds: another one after each replacement."""

logger = logging.getLogger(__name__)


class OtherDomainError(ValueError):
    """The model was trained for another domain: actions and engines change together, with a restart."""


def stamp(path: Path) -> Stamp | None:
    """Which file lies there; None if none does."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


class ModelWatch:
    """Follows the model's file for one agent.

    Args:
        agent: Whose model it is.
        path: The model's archive.
        poll_seconds: Time between two looks.
        seen: The file that the agent's model came from.
    """

    def __init__(self, agent: EngineAgent, path: Path, poll_seconds: float, seen: Stamp | None) -> None:
        self._agent = agent
        self._path = path
        self._poll_seconds = poll_seconds
        self._seen = seen

    async def run(self) -> None:
        """Looks until it is cancelled."""
        while True:
            await asyncio.sleep(self._poll_seconds)
            await self.look()

    async def look(self) -> bool:
        """Looks once; whether another model has been taken up."""
        found = stamp(self._path)
        if found is None or found == self._seen:
            return False
        self._seen = found
        started = time.monotonic()
        try:
            processor = await asyncio.to_thread(self._load)
        except Exception as error:
            # A broken archive fails in as many ways as it has parts.
            logger.error("model_refused", extra={"file": self._path.name, **log.where(error)})
            return False
        self._agent.use(processor)
        seconds = round(time.monotonic() - started, 2)
        logger.info("model_taken_up", extra={"model": self._agent.model_id, "seconds": seconds})
        del processor
        await asyncio.to_thread(gc.collect)
        return True

    def _load(self) -> EngineProcessor:
        processor = self._agent.make_processor(self._path)
        processor.check_whole()
        if processor.domain.fingerprint() != self._agent.domain.fingerprint():
            raise OtherDomainError
        return processor
