"""One run of retention, in batches that are transactions of their own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.metrics import PURGED
from bot.retention import repository
from bot.retention.repository import Step
from bot.turns.engine import EngineClient, EngineUnavailableError
from casework.attempts import repository as attempts
from casework.cases import keeping as cases
from casework.certificates import repository as certificates
from casework.dialogues import repository as dialogues
from casework.files import repository as files
from casework.notices import repository as notices
from casework.results import upkeep
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.events import repository as events

BATCH = 100
"""Rows in one transaction: short enough that a turn does not notice."""
CONVERSATIONS_BATCH = 50
PAUSE_SECONDS = 0.02
"""Between batches, so that others can write too."""

log = structlog.get_logger(__name__)


class Kind(StrEnum):
    """What is deleted."""

    MESSAGES = "messages"
    INBOX = "inbox"
    RAW = "raw"
    OUTBOX = "outbox"
    BUTTONS = "buttons"
    VAULT = "vault"
    RESULTS = "results"
    """Whose a result is; the bare figure stays."""
    ATTEMPTS = "attempts"
    CONVERSATIONS = "conversations"
    CERTIFICATES = "certificates"
    CASES = "cases"
    """Complaints and suggestions that are closed."""
    DIALOGUES = "dialogues"
    """Half-filled forms."""
    NOTICES = "notices"
    FILES = "files"
    """Photos and documents that nothing needs."""
    EVENTS = "events"
    EVENTS_UNPUBLISHED = "events_unpublished"
    """No broker is set that would take them."""


@dataclass(slots=True)
class Purged:
    """What a run deleted (or would delete).

    Attributes:
        rows: How many rows of each kind. Those that went with their conversation are not counted by themselves.
        finished: False if the run was told to stop, or the engine did not answer; the rest is for the next run.
    """

    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys((kind.value for kind in Kind), 0))
    finished: bool = True


class _Visit(Protocol):
    def __call__(
        self, session: AsyncSession, before: datetime, after_id: int, limit: int, *, dry: bool
    ) -> Awaitable[Step]: ...


class _Sweep(Protocol):
    def __call__(self, session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> Awaitable[int]: ...


class Purge:
    """One run.

    Args:
        sessions: The database.
        engine: Its memory of a conversation goes first, so that nothing is left behind there.
        settings: The days.
        now: The present moment.
        dry: Only count.
        goes_on: Asked between batches; False ends the run.
    """

    def __init__(
        self,
        sessions: SessionFactory,
        engine: EngineClient,
        settings: Settings,
        now: datetime,
        *,
        dry: bool = False,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> None:
        self._sessions = sessions
        self._engine = engine
        self._settings = settings
        self._now = now
        self._dry = dry
        self._goes_on = goes_on
        self._purged = Purged()

    async def run(self) -> Purged:
        """Deletes what is too old; rows of the inbox after the lines that name them, conversations last."""
        settings = self._settings
        await self._sweep(Kind.RAW, repository.raw, settings.retention_inbox_days)
        await self._sweep(Kind.VAULT, repository.vault, settings.retention_vault_days)
        await self._sweep(Kind.BUTTONS, repository.buttons, settings.retention_button_days)
        await self._visit(Kind.OUTBOX, repository.outbox, settings.retention_outbox_days)
        await self._visit(Kind.MESSAGES, repository.messages, settings.retention_transcript_days)
        await self._visit(Kind.INBOX, repository.inbox, settings.retention_transcript_days)
        await self._conversations(settings.retention_transcript_days)
        await self._sweep(Kind.CERTIFICATES, certificates.purge, settings.retention_certificate_days)
        await self._sweep(Kind.CASES, cases.purge, settings.retention_case_days)
        await self._sweep(Kind.RESULTS, upkeep.erase, settings.retention_result_days)
        await self._sweep(Kind.ATTEMPTS, attempts.purge, settings.retention_attempts_days)
        await self._sweep(Kind.DIALOGUES, dialogues.forget_old, settings.retention_dialogue_days)
        await self._sweep(Kind.FILES, files.purge, settings.retention_file_days)
        await self._sweep(Kind.NOTICES, notices.forget_old, settings.retention_outbox_days)
        await self._sweep(Kind.EVENTS, partial(events.purge, published=True), settings.retention_event_days)
        if settings.amqp_url is None:
            await self._sweep(
                Kind.EVENTS_UNPUBLISHED, partial(events.purge, published=False), settings.retention_event_days
            )
        log.info("purged", dry=self._dry, finished=self._purged.finished, **self._purged.rows)
        return self._purged

    def _before(self, days: int) -> datetime:
        return self._now - timedelta(days=days)

    def _count(self, kind: Kind, rows: int) -> None:
        self._purged.rows[kind.value] += rows
        if not self._dry:
            PURGED.labels(kind.value).inc(rows)

    async def _batch(self, work: Callable[[AsyncSession], Awaitable[Step]]) -> Step | None:
        """One transaction; None if the run is to stop."""
        if not self._goes_on():
            self._purged.finished = False
            return None
        if self._dry:
            async with self._sessions() as session:
                return await work(session)
        await asyncio.sleep(PAUSE_SECONDS)
        async with transaction(self._sessions) as session:
            return await work(session)

    async def _visit(self, kind: Kind, visit: _Visit, days: int) -> None:
        after: int | None = 0
        while after is not None:
            start = after
            step = await self._batch(
                lambda session: visit(session, self._before(days), start, BATCH, dry=self._dry)  # noqa: B023
            )
            if step is None:
                return
            self._count(kind, step.count)
            after = step.next_after

    async def _sweep(self, kind: Kind, sweep: _Sweep, days: int) -> None:
        async def work(session: AsyncSession) -> Step:
            count = await sweep(session, self._before(days), BATCH, dry=self._dry)
            return Step(count, None if self._dry or count < BATCH else 0)

        while True:
            step = await self._batch(work)
            if step is None:
                return
            self._count(kind, step.count)
            if step.next_after is None:
                return

    async def _conversations(self, days: int) -> None:
        before = self._before(days)
        after = (datetime.min.replace(tzinfo=UTC), "")
        while True:
            async with self._sessions() as session:
                found = await repository.silent(session, before, after, CONVERSATIONS_BATCH)
            if not found:
                return
            after = (found[-1][2], found[-1][0])
            if self._dry:
                self._count(Kind.CONVERSATIONS, len(found))
                continue
            try:
                for _, engine_sender, _ in found:
                    await self._engine.forget(engine_sender)
            except EngineUnavailableError as error:
                log.warning("conversations_not_purged", cause=str(error))
                self._purged.finished = False
                return
            ids = [conversation_id for conversation_id, _, _ in found]

            async def work(session: AsyncSession, ids: list[str] = ids) -> Step:
                return Step(await repository.forget(session, ids, before), None)

            step = await self._batch(work)
            if step is None:
                return
            self._count(Kind.CONVERSATIONS, step.count)


async def note(session: AsyncSession, who: str, purged: Purged, now: datetime) -> None:
    """Notes in the audit what a run deleted."""
    await audit.add(session, who, Action.PURGE, now, details={"finished": purged.finished, **purged.rows})


async def last_finished(session: AsyncSession) -> datetime | None:
    """When the last run began, None if there was none or it was not finished."""
    last = await audit.newest(session, [Action.PURGE], 1)
    return last[0].at if last and (last[0].details or {}).get("finished") else None
