"""In the background, by one process among all: trains what was asked for, compares it, puts in place what was decided.

The process needs the engine's environment and the folder of models that the engines load from.
"""

import asyncio
import json
import os
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from catalog.training import examples, repository
from catalog.training.commands import CommandError, Commands
from catalog.training.models import RUNNING, Failure, Model, State
from catalog.training.progress import Progress
from catalog.training.shelf import ArchiveGoneError, Shelf
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings

TRAINER: Final = "training"
"""The leadership by which one process among all trains."""
LOOK_EVERY_SECONDS: Final = 1.0
SHOWS_EVERY: Final = timedelta(seconds=10)
ATTEMPTS_MAX: Final = 2
"""A model whose worker ended is trained by the next one, so often."""
FORMERS_KEPT: Final = 5
"""So many earlier models can be gone back to; about 2 MB each."""
COMPARED: Final = "compared.json"

log = structlog.get_logger(__name__)


def can_train(settings: Settings) -> bool:
    """Whether this machine has what it needs."""
    there = settings.trainer_python.exists() and settings.training_config.exists() and settings.models_dir.is_dir()
    return there and os.access(settings.models_dir, os.W_OK)


class TrainingJob:
    """The worker.

    Args:
        sessions: The database.
        settings: Where the engine's interpreter and the models are.
        clock: The time.
        leads: Whether this process is the one to do it.
    """

    def __init__(self, sessions: SessionFactory, settings: Settings, clock: Clock, leads: Callable[[], bool]) -> None:
        self._sessions = sessions
        self._commands = Commands.of(settings)
        self._shelf = Shelf(settings.models_dir)
        self._clock = clock
        self._leads = leads
        self._name = secrets.token_hex(16)
        self._shows_at = clock()
        self._shown = ""
        self._training: asyncio.Task[None] | None = None
        self._number = 0

    async def run(self) -> None:
        """Looks every second."""
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
                try:
                    await self.look()
                except (SQLAlchemyError, OSError) as error:
                    log.error("training_job_failed", error=type(error).__name__)
        finally:
            await self._stop()

    async def look(self) -> None:
        """Looks once at what there is to do."""
        if not self._leads():
            await self._stop()
            return
        await self._show()
        async with self._sessions() as session:
            waiting = await repository.in_state(session, (State.WAITING, *RUNNING, State.PROMOTING))
        for model in waiting:
            if model.state in RUNNING and model.worker != self._name:
                await self._take_back(model.number)
            elif model.state == State.PROMOTING:
                await self._put_in_place(model.number)
        running = {model.number for model in waiting if model.state in RUNNING and model.worker == self._name}
        if self._training is not None and self._training.done():
            await self._stop()
            if self._number in running:  # it ended in a way that nobody foresaw
                await self._fail(self._number, Failure.INTERRUPTED)
            await self._tidy()
        if self._training is not None and self._number not in running:
            await self._stop()  # it was cancelled
            await self._tidy()
        first = next((model.number for model in waiting if model.state == State.WAITING), None)
        if self._training is None and first is not None and await self._begin(first):
            self._number = first
            self._training = asyncio.create_task(self._make(first), name=f"training-{first}")

    async def finished(self) -> None:
        """Waits until the training that runs is over."""
        if self._training is not None:
            await asyncio.wait((self._training,))

    async def _show(self) -> None:
        digest = await asyncio.to_thread(self._shelf.live_digest)
        now = self._clock()
        if now >= self._shows_at or digest != self._shown:
            async with transaction(self._sessions) as session:
                await repository.seen(session, now, digest)
            self._shows_at, self._shown = now + SHOWS_EVERY, digest

    async def _take_back(self, number: int) -> None:
        """Its worker has ended: another attempt, or none."""
        async with transaction(self._sessions) as session:
            model = await repository.one(session, number, lock=True)
            if model is None or model.state not in RUNNING or model.worker == self._name:
                return
            again = model.attempts < ATTEMPTS_MAX
            model.state, model.worker = (State.WAITING, "") if again else (State.FAILED, model.worker)
            if not again:
                model.failure, model.finished_at = Failure.INTERRUPTED, self._clock()
        log.warning("training_interrupted", model=number, again=again)

    async def _begin(self, number: int) -> bool:
        async with transaction(self._sessions) as session:
            model = await repository.one(session, number, lock=True)
            if model is None or model.state != State.WAITING:
                return False
            model.state, model.worker, model.percent = State.TRAINING, self._name, 0
            model.attempts += 1
        return True

    async def _make(self, number: int) -> None:
        """Trains and compares; whatever happens, the page says it."""
        try:
            await self._train_and_compare(number)
        except TimeoutError:
            await self._fail(number, Failure.TOO_LONG)
        except CommandError:
            compares = await self._state_of(number) == State.COMPARING
            await self._fail(number, Failure.COMPARING if compares else Failure.TRAINING)
        except SQLAlchemyError as error:
            log.error("training_interrupted", model=number, error=type(error).__name__)
            await self._fail(number, Failure.INTERRUPTED)
        except (OSError, ValueError, KeyError) as error:
            log.error("training_failed", model=number, error=type(error).__name__)
            await self._fail(number, Failure.DISK)

    async def _train_and_compare(self, number: int) -> None:
        async with self._sessions() as session:
            changes = await examples.changes(session, number)
        path = await asyncio.to_thread(self._shelf.begin, number, changes.to_json())
        progress = Progress(time.monotonic())
        follows = asyncio.create_task(self._follow(number, progress))
        try:
            folder = self._shelf.folder(number)
            await self._commands.train(path, folder, lambda line: progress.read(line, time.monotonic()))
            progress.compares(time.monotonic())
            counts = {"added": _lines(changes.added), "removed": _lines(changes.removed)}
            if not await self._advance(number, state=State.COMPARING, kept=True, **counts):
                return
            against = await self._keep_live()
            out = folder / COMPARED
            await self._commands.compare(self._shelf.archive(against), self._shelf.archive(number), path, out)
            await self._ready(number, against, json.loads(await asyncio.to_thread(out.read_text, "utf-8")))
        finally:
            follows.cancel()

    async def _follow(self, number: int, progress: Progress) -> None:
        before: tuple[object, ...] = ()
        while True:
            found = (progress.percent(time.monotonic()), progress.step)
            if found != before:
                try:
                    await self._advance(number, percent=found[0], step=found[1])
                except (SQLAlchemyError, OSError) as error:
                    log.warning("training_progress_not_kept", error=type(error).__name__)
                before = found
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _ready(self, number: int, against: int, compared: dict[str, Any]) -> None:
        digest = await asyncio.to_thread(self._shelf.digest, number)
        lines = compared.pop("lines")
        lines += [{**line, "added": True} for line in compared["added"].pop("lines")]
        values = {"digest": digest, "against": against, "figures": compared, "percent": 100}
        async with transaction(self._sessions) as session:
            ready = {"state": State.READY, "finished_at": self._clock()}
            if await repository.advance(session, number, self._name, **values, **ready):
                await repository.put_comparison(session, number, lines)
        log.info("model_trained", model=number, against=against)

    async def _keep_live(self) -> int:
        """The number of the model in use, which is kept from now on if nobody knew it."""
        digest = await asyncio.to_thread(self._shelf.live_digest)
        if not digest:
            raise ArchiveGoneError
        now = self._clock()
        async with transaction(self._sessions) as session:
            model = await repository.with_digest(session, digest)
            if model is None or model.state not in (State.LIVE, State.PROMOTING):
                model = await repository.add(
                    session,
                    Model(shipped=True, state=State.LIVE, asked_at=now, finished_at=now, decided_at=now, digest=digest),
                )
            model.kept = True
            await repository.retire_live(session, model.number, now)
            number = model.number
        await asyncio.to_thread(self._shelf.keep_live, number)
        return number

    async def _put_in_place(self, number: int) -> None:
        now = self._clock()
        async with self._sessions() as session:
            model = await repository.one(session, number)
        if model is None:
            return
        failure = Failure.NONE
        try:
            if model.digest != await asyncio.to_thread(self._shelf.live_digest):
                await self._keep_live()
            await asyncio.to_thread(self._shelf.put_in_place, number, model.digest)
        except ArchiveGoneError:
            failure = Failure.FILE_GONE
        except OSError as error:
            log.error("model_not_promoted", model=number, error=type(error).__name__)
            failure = Failure.DISK
        async with transaction(self._sessions) as session:
            decided = await repository.one(session, number, lock=True)
            if decided is None:
                return
            if failure:
                decided.state, decided.failure, decided.kept = State.FAILED, failure, failure != Failure.FILE_GONE
            else:
                decided.state = State.LIVE
                await session.flush()
                await repository.retire_live(session, number, now)
                beyond = [one.number for one in await repository.kept_formers(session)][FORMERS_KEPT:]
                await repository.forget_archives(session, beyond)
        log.info("model_promoted", model=number, failure=failure.value)
        await self._show()
        await self._tidy()

    async def _tidy(self) -> None:
        async with self._sessions() as session:
            needed = await repository.kept_numbers(session)
        await asyncio.to_thread(self._shelf.tidy, needed)

    async def _advance(self, number: int, **values: Any) -> bool:
        async with transaction(self._sessions) as session:
            return await repository.advance(session, number, self._name, **values)

    async def _fail(self, number: int, failure: Failure) -> None:
        try:
            await self._advance(number, state=State.FAILED, failure=failure, kept=False, finished_at=self._clock())
        except (SQLAlchemyError, OSError) as error:
            log.error("training_job_failed", error=type(error).__name__)

    async def _state_of(self, number: int) -> State | None:
        async with self._sessions() as session:
            model = await repository.one(session, number)
        return model.state if model else None

    async def _stop(self) -> None:
        if self._training is None:
            return
        self._training.cancel()
        await asyncio.wait((self._training,))
        if not self._training.cancelled() and (error := self._training.exception()):
            log.error("training_failed", model=self._number, exc_info=error)
        self._training = None


def _lines(lines: Any) -> int:
    return sum(len(each) for each in lines.values())
