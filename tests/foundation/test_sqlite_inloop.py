"""SQLite in the event loop: the same answers as with a thread, and other processes' locks do not stop the loop."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from foundation import database
from foundation.database import SessionFactory, make_engine, make_session_factory, transaction

ITEMS = Table("items", MetaData(), Column("id", Integer, primary_key=True), Column("name", String, unique=True))


@pytest.fixture
async def brief(tmp_path: Path) -> AsyncIterator[SessionFactory]:
    engine = make_engine(f"sqlite+aiosqlite:///{tmp_path / 'brief.db'}", brief=True)
    async with engine.begin() as connection:
        await connection.run_sync(ITEMS.metadata.create_all)
    yield make_session_factory(engine)
    await engine.dispose()


@pytest.fixture
async def patient(brief: SessionFactory, tmp_path: Path) -> AsyncIterator[SessionFactory]:
    """The same database through a thread."""
    engine = make_engine(f"sqlite+aiosqlite:///{tmp_path / 'brief.db'}")
    yield make_session_factory(engine)
    await engine.dispose()


async def names(sessions: SessionFactory) -> list[str]:
    async with sessions() as session:
        return list(await session.scalars(select(ITEMS.c.name).order_by(ITEMS.c.id)))


async def test_a_transaction_is_whole_or_nothing(brief: SessionFactory, patient: SessionFactory) -> None:
    async def add(*added: str) -> None:
        async with transaction(brief) as session:
            for name in added:
                await session.execute(insert(ITEMS).values(name=name))

    await add("a")
    with pytest.raises(IntegrityError):
        await add("b", "a")
    assert await names(brief) == await names(patient) == ["a"]


async def test_writers_of_both_kinds_take_turns(brief: SessionFactory, patient: SessionFactory) -> None:
    async def add(sessions: SessionFactory, name: str) -> None:
        async with transaction(sessions) as session:
            count = len(list(await session.scalars(select(ITEMS.c.id))))
            await asyncio.sleep(0)
            await session.execute(insert(ITEMS).values(id=count + 1, name=name))

    await asyncio.gather(*(add((brief, patient)[number % 2], str(number)) for number in range(40)))
    assert sorted(await names(brief), key=int) == [str(number) for number in range(40)]


async def test_the_loop_runs_while_another_process_writes(brief: SessionFactory, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "brief.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with transaction(brief) as session:
            await session.execute(insert(ITEMS).values(name="later"))

    writing = asyncio.create_task(write())
    started = time.monotonic()
    for _ in range(10):
        await asyncio.sleep(0.005)
    # A loop that SQLite itself holds up stands still for the whole of the busy timeout.
    assert time.monotonic() - started < database.SQLITE_BUSY_TIMEOUT_MS / 1000 / 2
    assert not writing.done()
    assert await names(brief) == []
    other.execute("COMMIT")
    await asyncio.wait_for(writing, 5)
    assert await names(brief) == ["later"]
    other.close()


async def test_a_lock_that_never_ends_is_an_error(
    brief: SessionFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SQLITE_BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(tmp_path / "brief.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        async with transaction(brief) as session:
            await session.execute(text("SELECT 1"))
    other.execute("COMMIT")
    other.close()
    async with transaction(brief) as session:
        await session.execute(insert(ITEMS).values(name="after"))
    assert await names(brief) == ["after"]
