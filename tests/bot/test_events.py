"""What turns tell other systems: how they went, and nothing of what was said."""

import json
from typing import Any

import pytest

from bot.turns import runner
from foundation.database import SessionFactory
from foundation.settings import Settings
from operations.events import repository
from operations.events.service import envelope
from tests.bot.conftest import Bot, running
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually

NO_BROKER = "amqp://guest:guest@127.0.0.1:1/"


async def waiting(sessions: SessionFactory) -> list[dict[str, Any]]:
    async with sessions() as session:
        return [envelope(one) for one in await repository.pending(session, 100)]


async def test_turns(settings: Settings, engine: FakeEngine, sessions: SessionFactory) -> None:
    async with running(settings.model_copy(update={"amqp_url": NO_BROKER})) as bot:
        citizen = await bot.citizen()
        await citizen.says("شكد رسوم الجواز رقمي 07701234567")
        await citizen.says("   ")
        found = await waiting(sessions)
        metrics = (await bot.http.get("/metrics")).text
    assert [one["type"] for one in found] == ["ur.turn.finished"] * 2
    assert {one["subject"] for one in found} == {"channel/web"}
    first, second = (one["data"] for one in found)
    assert 0 <= first.pop("ms") < 10_000
    assert first == {"channel": "web", "outcome": "answered", "reason": None, "intent": "ask_fee"}
    assert (second["outcome"], second["reason"]) == ("gate", "empty")
    assert 'ur_queue_depth{queue="events"} 2.0' in metrics
    whole = json.dumps(found, ensure_ascii=False)
    assert "رسوم" not in whole
    assert "0770" not in whole
    assert engine.turns[0]["sender"] not in whole


async def test_without_a_broker_turns_write_none(bot: Bot, sessions: SessionFactory) -> None:
    await (await bot.citizen()).says("هلو")
    assert await waiting(sessions) == []


async def test_a_message_put_aside(
    bot: Bot, engine: FakeEngine, sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "MAX_ENGINE_FAILURES", 1)
    await (await bot.citizen()).says(engine.poison)
    (found,) = await waiting(sessions)
    assert found["type"] == "ur.message.quarantined"
    assert found["subject"].startswith("inbox/")
    assert found["data"] == {"channel": "web", "cause": "engine: turn_failed"}


async def test_a_citizen_who_blocked_the_bot_is_told_of_once(polling_bot: Bot, sessions: SessionFactory) -> None:
    person = polling_bot.person()
    polling_bot.telegram.blocked_by.add(person.id)
    person.says("سؤال")

    async def told() -> bool:
        return bool(await waiting(sessions))

    await eventually(told)
    assert [(one["type"], one["data"]) for one in await waiting(sessions)] == [
        ("ur.citizen.unreachable", {"channel": "telegram"})
    ]
