"""Publishing to a real RabbitMQ: whatever breaks when, no event is lost, and a repeat has the same id."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from foundation.clock import utc_now
from foundation.database import SessionFactory, make_engine, make_session_factory, transaction
from foundation.settings import ROOT
from operations.events import publisher as job
from operations.events import repository, service
from operations.events.broker import UNROUTED_SUFFIX, Broker
from operations.events.models import EVENTS
from operations.events.publisher import Publisher
from tests.bot.serving import eventually
from tests.operations.rabbit import URL, Ear, Line, ear, line


@pytest.fixture
async def listener() -> AsyncIterator[Ear]:
    async with ear() as found:
        yield found


@pytest.fixture
async def cuttable() -> AsyncIterator[Line]:
    async with line() as found:
        yield found


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "LOOK_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(job, "FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(job, "LONGEST_PAUSE_SECONDS", 0.2)


async def add(sessions: SessionFactory, first: int, count: int) -> None:
    async with transaction(sessions) as session:
        for number in range(first, first + count):
            await service.add(session, "turn.finished", "channel/web", {"number": number}, utc_now())


async def nothing_waits(sessions: SessionFactory) -> bool:
    async with sessions() as session:
        return (await repository.depth(session))[0] == 0


async def ids(sessions: SessionFactory) -> dict[str, int]:
    async with sessions() as session:
        return {row.id: row.data["number"] for row in await session.execute(select(EVENTS.c.id, EVENTS.c.data))}


async def test_in_order_and_marked(sessions: SessionFactory, listener: Ear) -> None:
    publisher = Publisher(Broker(URL, listener.exchange), sessions, utc_now)
    await add(sessions, 0, 1)
    await publisher.look()
    assert [event["data"] for event in await listener.heard(listener.exchange + UNROUTED_SUFFIX)] == [{"number": 0}]
    await listener.bind()
    await add(sessions, 1, 250)
    assert await publisher.look() == 0.0
    assert await publisher.look() > 0.0
    await publisher._broker.close()
    heard = await listener.heard()
    assert [event["data"]["number"] for event in heard] == list(range(1, 251))
    assert await nothing_waits(sessions)


async def test_what_no_queue_takes_waits(sessions: SessionFactory, listener: Ear) -> None:
    """Somebody deleted the spare queue: the broker confirms and throws away, unless it is told not to."""
    publisher = Publisher(Broker(URL, listener.exchange), sessions, utc_now)
    await add(sessions, 0, 1)
    await publisher.look()
    await listener.channel.queue_delete(listener.exchange + UNROUTED_SUFFIX)
    await add(sessions, 1, 1)
    await publisher.look()
    assert not await nothing_waits(sessions)
    await publisher.look()
    assert await nothing_waits(sessions)
    await publisher._broker.close()
    assert [event["data"] for event in await listener.heard(listener.exchange + UNROUTED_SUFFIX)] == [{"number": 1}]


async def test_none_is_lost_when_the_connection_breaks(sessions: SessionFactory, listener: Ear, cuttable: Line) -> None:
    chance = random.Random(3)
    running = asyncio.create_task(Publisher(Broker(cuttable.url, listener.exchange), sessions, utc_now).run())
    try:
        await add(sessions, 0, 1)
        await eventually(lambda: nothing_waits(sessions))
        await listener.bind()
        for number in range(12):
            cuttable.up = number % 4 != 3
            # The first of these limits falls into the handshake, the others between confirmations.
            cuttable.cut_after_bytes = chance.choice([300, 900, 1000, 1200, 2000])
            await add(sessions, 1 + number * 50, 50)
            await asyncio.sleep(chance.uniform(0.05, 0.2))
            cuttable.cut()
        cuttable.up, cuttable.cut_after_bytes = True, None
        await eventually(lambda: nothing_waits(sessions), 30)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    known = await ids(sessions)
    heard = [*await listener.heard(), *await listener.heard(listener.exchange + UNROUTED_SUFFIX)]
    assert {event["id"]: event["data"]["number"] for event in heard} == known
    assert len(known) == 601
    assert cuttable.cuts > 12


KILLED = """
import asyncio, os, signal, sys
from foundation.clock import utc_now
from foundation.database import make_engine, make_session_factory
from operations.events import repository
from operations.events.broker import Broker
from operations.events.publisher import Publisher

async def die(session, numbers, now):
    os.kill(os.getpid(), signal.SIGKILL)

repository.mark_published = die
sessions = make_session_factory(make_engine(sys.argv[1]))
asyncio.run(Publisher(Broker(sys.argv[2], sys.argv[3]), sessions, utc_now).run())
"""


async def test_killed_between_publishing_and_marking(
    database_url: str, sessions: SessionFactory, listener: Ear
) -> None:
    publisher = Publisher(Broker(URL, listener.exchange), sessions, utc_now)
    await add(sessions, 0, 1)
    await publisher.look()
    await listener.bind()
    await add(sessions, 1, 20)
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, database_url, URL, listener.exchange,
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert await asyncio.wait_for(killed.wait(), 60) == -signal.SIGKILL
    assert not await nothing_waits(sessions)
    before = {event["id"] for event in await listener.heard()}
    await publisher.look()
    await publisher._broker.close()
    after = {event["id"] for event in await listener.heard()}
    assert before == after
    assert len(after) == 20
    assert await nothing_waits(sessions)


async def test_away_broker_and_away_database_end_nothing(cuttable: Line) -> None:
    nowhere = make_engine("postgresql+psycopg://postgres@127.0.0.1:1/none")
    assert await Publisher(Broker(URL), make_session_factory(nowhere), utc_now).look() > 0
    await nowhere.dispose()


async def test_a_broker_that_is_away_is_tried_again(sessions: SessionFactory, cuttable: Line) -> None:
    cuttable.up = False
    publisher = Publisher(Broker(cuttable.url), sessions, utc_now)
    await add(sessions, 0, 1)
    pauses = [await publisher.look() for _ in range(4)]
    assert pauses[0] < pauses[3] <= job.LONGEST_PAUSE_SECONDS
    assert not await nothing_waits(sessions)
