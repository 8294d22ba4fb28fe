"""Keeps the recent slice of each conversation, one row a conversation, in SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import sqlalchemy as sa
import ujson
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import StaticPool

from nlu.engine import slices

DEFAULT_URL: Final = "sqlite:///var/engine.db"
SENDER_MAX_CHARS: Final = 200
_SQLITE_BUSY_MS: Final = 5_000
_POSTGRESQL_CONNECTIONS: Final = 10

_METADATA: Final = sa.MetaData()
CONVERSATIONS: Final = sa.Table(
    "engine_conversations",
    _METADATA,
    sa.Column("sender", sa.String(SENDER_MAX_CHARS), primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("slice", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Float, nullable=False, index=True),
)

# What every turn does, in SQL: SQLAlchemy's layers cost five times what SQLite takes to run it.
_READ: Final = "SELECT slice, revision FROM engine_conversations WHERE sender = ?"
_INSERT: Final = "INSERT INTO engine_conversations (revision, slice, updated_at, sender) VALUES (?, ?, ?, ?)"
_UPDATE: Final = (
    "UPDATE engine_conversations SET revision = ?, slice = ?, updated_at = ? WHERE sender = ? AND revision = ?"
)

_T = TypeVar("_T")


class Saved(NamedTuple):
    """A conversation's row."""

    slice: str
    revision: int


class ConversationMovedError(Exception):
    """Another engine has saved a turn of this conversation since it was read; the turn is lost and must be repeated."""


class StoredTracker(DialogueStateTracker):
    """A tracker that knows which saved state it was read from."""

    revision: int = 0
    """Number of the saved state; 0 if nothing is saved."""


class SliceTrackerStore(TrackerStore):
    """A tracker store whose reads and writes cost the same at turn 5 and at turn 500."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        url: str = DEFAULT_URL,
        host: str | None = None,
        now: Callable[[], float] = time.time,
        **kwargs: Any,
    ) -> None:
        """Opens the database and makes the table if it is missing.

        Args:
            domain: The model's domain; Rasa sets it when the model is loaded.
            event_broker: Where to publish events, if anywhere.
            url: SQLAlchemy address; the product's own forms (`sqlite+aiosqlite://`, `postgresql+psycopg://`) fit too.
            host: The same, by the name under which Rasa passes the `url` of `endpoints.yml`.
            now: The clock, in Unix seconds.
            **kwargs: Passed on to Rasa.
        """
        super().__init__(domain, event_broker, **kwargs)
        self._now = now
        self._engine = _connect(host or url)
        try:
            _METADATA.create_all(self._engine)
        except (sa.exc.ProgrammingError, sa.exc.IntegrityError):
            _METADATA.create_all(self._engine)  # another engine was making it at the same moment
        self._in_loop = self._engine.dialect.name == "sqlite"
        mark = "?" if self._engine.dialect.paramstyle == "qmark" else "%s"
        self._read_sql, self._insert_sql, self._update_sql = (
            text.replace("?", mark) for text in (_READ, _INSERT, _UPDATE)
        )
        self._taken = self._engine.dialect.dbapi.IntegrityError

    @property
    def domain(self) -> Domain:
        """The model's domain."""
        return self._domain

    @domain.setter
    def domain(self, domain: Domain | None) -> None:
        self._domain = domain or Domain.empty()

    async def _run(self, work: Callable[[], _T]) -> _T:
        # A read or write of SQLite takes less time than handing it to a thread; a network database must not stop the
        # loop.
        if self._in_loop:
            return work()
        return await asyncio.get_running_loop().run_in_executor(None, work)

    async def retrieve(self, sender_id: str) -> StoredTracker | None:
        """Reads a conversation's slice.

        Args:
            sender_id: The conversation.

        Returns:
            Its tracker, or None if nothing is saved.
        """
        row = await self._run(lambda: self._read(sender_id))
        if row is None:
            return None
        tracker = self.init_tracker(sender_id)
        for event in slices.events_from_dicts(ujson.loads(row.slice)):
            tracker.update(event)
        tracker.revision = row.revision
        return tracker

    def _read(self, sender: str) -> Saved | None:
        with self._cursor() as cursor:
            cursor.execute(self._read_sql, (sender,))
            row = cursor.fetchone()
        return None if row is None else Saved(*row)

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        # Connections commit by themselves: each operation is one statement.
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            try:
                yield cursor
            finally:
                cursor.close()
        finally:
            connection.close()

    def init_tracker(self, sender_id: str) -> StoredTracker:
        """Makes an empty tracker."""
        return StoredTracker(sender_id, self.domain.slots)

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> StoredTracker:
        """Makes an empty tracker; it is saved when its first turn has succeeded."""
        return self.init_tracker(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Saves the recent slice in one statement.

        Args:
            tracker: The conversation after a turn.

        Raises:
            ConversationMovedError: The saved state is not the one that the tracker was read from.
        """
        await self.stream_events(tracker)
        revision = getattr(tracker, "revision", 0)
        events = slices.recent_slice(list(tracker.events), tracker.sender_id, self.domain)
        text = ujson.dumps(slices.stored_form(events), ensure_ascii=False)
        saved = await self._run(lambda: self._write(tracker.sender_id, revision, text))
        if not saved:
            raise ConversationMovedError(tracker.sender_id)
        if isinstance(tracker, StoredTracker):
            tracker.revision = revision + 1

    def _write(self, sender: str, revision: int, text: str) -> bool:
        values = (revision + 1, text, self._now(), sender)
        with self._cursor() as cursor:
            if revision:
                cursor.execute(self._update_sql, (*values, revision))
                return bool(cursor.rowcount)
            try:
                cursor.execute(self._insert_sql, values)
            except self._taken:
                return False
            return True

    async def keys(self) -> Iterable[str]:
        """The conversations that are saved."""

        def read() -> list[str]:
            with self._engine.connect() as connection:
                return list(connection.execute(sa.select(CONVERSATIONS.c.sender)).scalars())

        return await self._run(read)

    async def delete(self, sender: str) -> bool:
        """Forgets a conversation.

        Args:
            sender: The conversation.

        Returns:
            Whether there was anything to forget.
        """
        return bool(await self._run(lambda: self._delete(CONVERSATIONS.c.sender == sender)))

    async def purge(self, older_than_seconds: float) -> int:
        """Forgets the conversations whose last turn is too long ago.

        Args:
            older_than_seconds: Age from which on a conversation is forgotten.

        Returns:
            How many were forgotten.
        """
        limit = self._now() - older_than_seconds
        return await self._run(lambda: self._delete(CONVERSATIONS.c.updated_at < limit))

    def _delete(self, condition: Any) -> int:
        with self._engine.connect() as connection:
            return connection.execute(sa.delete(CONVERSATIONS).where(condition)).rowcount

    def close(self) -> None:
        """Closes the database."""
        self._engine.dispose()


def _connect(address: str) -> sa.engine.Engine:
    # Each operation is one statement, and so is a transaction of its own.
    url = sa.engine.make_url(address)
    backend = url.get_backend_name()
    if backend == "sqlite":
        url = url.set(drivername="sqlite")
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(
            url,
            future=True,
            isolation_level="AUTOCOMMIT",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False},
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        return engine
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg2"),
        future=True,
        isolation_level="AUTOCOMMIT",
        pool_size=_POSTGRESQL_CONNECTIONS,
        pool_pre_ping=True,
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # WAL with synchronous=NORMAL: a killed process loses nothing, and a turn does not wait for the disk.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={_SQLITE_BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")
