"""Events: in the caller's transaction, in the form of CloudEvents, deleted when they are old."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from foundation.database import SessionFactory, transaction
from operations.events import repository, service
from operations.events.models import EVENTS

NOON = datetime(2026, 11, 23, 12, 30, 5, 250_000, tzinfo=UTC)


async def add(sessions: SessionFactory, count: int = 1, at: datetime = NOON) -> None:
    async with transaction(sessions) as session:
        for number in range(count):
            await service.add(session, "turn.finished", "channel/web", {"ms": number, "intent": None}, at)


async def count(sessions: SessionFactory) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count()).select_from(EVENTS)) or 0


async def test_an_event_goes_with_its_transaction(sessions: SessionFactory) -> None:
    async with sessions() as session:
        await service.add(session, "switch.on", "switch/web", {}, NOON)
        await session.rollback()
    assert await count(sessions) == 0


async def test_the_form_is_that_of_cloudevents(sessions: SessionFactory) -> None:
    await add(sessions, 2)
    async with sessions() as session:
        first, second = await repository.pending(session, 10)
    shown = service.envelope(first)
    assert len(shown.pop("id")) == 32
    assert first.id != second.id
    assert shown == {
        "specversion": "1.0",
        "source": "/ur-assistant",
        "type": "ur.turn.finished",
        "subject": "channel/web",
        "time": "2026-11-23T12:30:05.250000Z",
        "datacontenttype": "application/json",
        "data": {"ms": 0, "intent": None},
    }


@pytest.mark.parametrize("value", ["س" * 201, ["a"], {"a": 1}])
async def test_texts_and_nested_values_are_refused(sessions: SessionFactory, value: Any) -> None:
    async with sessions() as session:
        with pytest.raises(ValueError, match="no code and no figure"):
            await service.add(session, "turn.finished", "channel/web", {"text": value}, NOON)


async def test_depth_and_marks(sessions: SessionFactory) -> None:
    await add(sessions, 3)
    async with sessions() as session:
        waiting = await repository.pending(session, 2)
        assert await repository.depth(session) == (3, NOON)
    async with transaction(sessions) as session:
        await repository.mark_published(session, [one.number for one in waiting], NOON)
    async with sessions() as session:
        assert await repository.depth(session) == (1, NOON)
        assert [one.data["ms"] for one in await repository.pending(session, 10)] == [2]


async def test_only_old_ones_of_the_asked_kind_are_deleted(sessions: SessionFactory) -> None:
    await add(sessions, 3, NOON - timedelta(days=5))
    await add(sessions, 2, NOON)
    async with transaction(sessions) as session:
        first, *_, newest = await repository.pending(session, 10)
        await repository.mark_published(session, [first.number, newest.number], NOON)
        purge = partial(repository.purge, session, NOON - timedelta(days=3), 10)
        assert await purge(dry=True, published=True) == 1
        assert await purge(dry=False, published=True) == 1
        assert await repository.depth(session) == (3, NOON - timedelta(days=5))
        assert await purge(dry=False, published=False) == 2
        assert [one.data["ms"] for one in await repository.pending(session, 10)] == [0]
