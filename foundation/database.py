"""The database: one declarative base, one way to make an engine, UTC time columns."""

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, DateTime, Dialect, MetaData, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator
from sqlalchemy.util import await_only

from foundation.sqlite_inloop import DRIVER, is_busy

SQLITE_BUSY_TIMEOUT_MS = 10_000
SQLITE_FIRST_PAUSE_SECONDS = 0.001
SQLITE_LONGEST_PAUSE_SECONDS = 0.02
POOL_SIZE = 10
POOL_OVERFLOW = 10

SessionFactory = async_sessionmaker[AsyncSession]

_WRITES = "ur_writes"
"""Execution option of a connection whose transaction will write."""
_sqlite_writers: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]] = WeakKeyDictionary()
"""Of each database file, whatever engines there are on it."""


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware UTC moment. SQLite keeps no zone, so it is added again on reading; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def make_engine(url: str, *, brief: bool = False) -> AsyncEngine:
    """An engine for `url` (`sqlite+aiosqlite:///…` or `postgresql+psycopg://…`); its errors show no values.

    Args:
        url: The database.
        brief: All its statements are over in microseconds: on SQLite they then run in the event loop
            (`foundation.sqlite_inloop`), on other databases nothing differs.
    """
    if not url.startswith("sqlite"):
        return create_async_engine(
            url, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW, pool_pre_ping=True, hide_parameters=True
        )
    engine = create_async_engine(make_url(url).set(drivername=DRIVER) if brief else url, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        # The driver's own BEGIN is deferred and leaves reads outside the transaction; `_begin` below sends it instead.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        if brief and writes:
            _begin_in_loop(connection)
        elif brief:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("BEGIN")
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _begin_in_loop(connection: Connection) -> None:
    """Waits for another process's transaction without stopping the event loop, as SQLite's own waiting would."""
    raw: Any = connection.connection.dbapi_connection
    give_up_at = time.monotonic() + SQLITE_BUSY_TIMEOUT_MS / 1000
    pause = SQLITE_FIRST_PAUSE_SECONDS
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() > give_up_at:
                    raise OperationalError("BEGIN IMMEDIATE", None, error) from error
                await_only(asyncio.sleep(pause * random.uniform(0.5, 1.0)))  # noqa: S311  # spreads, guards nothing
                pause = min(pause * 2, SQLITE_LONGEST_PAUSE_SECONDS)
            else:
                return
    finally:
        raw.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_TIMEOUT_MS}")


def make_session_factory(engine: AsyncEngine) -> SessionFactory:
    """Sessions on `engine` whose objects stay readable after commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SessionFactory]:
    """Sessions on the database at `url`, for a command that ends; its connections are closed at the end."""
    engine = make_engine(url)
    try:
        yield make_session_factory(engine)
    finally:
        await engine.dispose()


@asynccontextmanager
async def transaction(sessions: SessionFactory) -> AsyncIterator[AsyncSession]:
    """A session in one writing transaction: committed at the end, rolled back on any exception. Never nest two.

    On SQLite it takes the write lock at once (a transaction that reads first and writes later fails with "database is
    locked" when another wrote in between), and the writers of this process queue instead of polling for the lock.
    Transactions that only read use a session of `sessions` directly and wait for nobody.
    """
    engine: AsyncEngine = sessions.kw["bind"]
    if engine.dialect.name != "sqlite":
        async with sessions() as session, session.begin():
            yield session
        return
    locks = _sqlite_writers.setdefault(asyncio.get_running_loop(), {})
    async with locks.setdefault(str(engine.url.database), asyncio.Lock()), sessions() as session, session.begin():
        await session.connection(execution_options={_WRITES: True})
        yield session
