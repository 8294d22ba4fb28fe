"""What citizens meet while something is switched off."""

import asyncio

import pytest
from typer.testing import CliRunner

from bot import admin
from bot.administration import switches
from bot.sentences import text_of
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings
from operations.switches import service
from operations.switches.models import Capability
from operations.switches.sentences import SENTENCES
from tests.bot.conftest import Bot
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually

SENTENCE = "الخدمة متوقفة."


async def switch_off(sessions: SessionFactory, bot: Bot, capability: Capability) -> None:
    """Switches off, and waits until the bot knows."""
    async with transaction(sessions) as session:
        await service.switch_off(session, capability, message=SENTENCE, reason="تجربة", who="زينب", now=utc_now())
    await eventually(lambda: _shows(bot, capability, 1))


async def switch_on(sessions: SessionFactory, bot: Bot, capability: Capability) -> None:
    """Switches on, and waits until the bot knows."""
    async with transaction(sessions) as session:
        assert await service.switch_on(session, capability, reason="انتهت", who="زينب", now=utc_now())
    await eventually(lambda: _shows(bot, capability, 0))


async def _shows(bot: Bot, capability: Capability, value: int) -> bool:
    metrics = (await bot.http.get("/metrics")).text
    return f'ur_switched_off{{capability="{capability}"}} {value}.0' in metrics


class TestEverything:
    async def test_answered_with_the_sentence_kept_and_never_answered_later(
        self, bot: Bot, engine: FakeEngine, sessions: SessionFactory
    ) -> None:
        citizen = await bot.citizen()
        await switch_off(sessions, bot, Capability.EVERYTHING)
        engine.status = 503
        assert await citizen.hears("شكد رسوم الجواز؟") == SENTENCE
        assert await citizen.hears("/help") == SENTENCE
        assert engine.asked == 0
        engine.status = 200
        await switch_on(sessions, bot, Capability.EVERYTHING)
        assert await citizen.hears("سؤال جديد") == "جواب سؤال جديد"
        assert engine.heard == ["سؤال جديد"]
        lines = (await bot.http.get(f"/api/chat/{citizen.conversation}/history")).json()["messages"]
        assert [line["text"] for line in lines[:2]] == ["شكد رسوم الجواز؟", SENTENCE]

    async def test_a_message_that_waits_for_the_engine_is_answered_with_the_sentence(
        self, bot: Bot, engine: FakeEngine, sessions: SessionFactory
    ) -> None:
        engine.status = 503
        citizen = await bot.citizen()
        assert await citizen.hears("سؤال") == text_of("kept")
        await switch_off(sessions, bot, Capability.EVERYTHING)

        async def told() -> bool:
            lines = (await bot.http.get(f"/api/chat/{citizen.conversation}/history")).json()["messages"]
            return bool(lines[-1]["text"] == SENTENCE)

        await eventually(told)
        engine.status = 200
        assert not engine.heard


class TestChannels:
    async def test_one_channel_off_leaves_the_other_on(
        self, polling_bot: Bot, engine: FakeEngine, sessions: SessionFactory
    ) -> None:
        await switch_off(sessions, polling_bot, Capability.TELEGRAM)
        person, citizen = polling_bot.person(), await polling_bot.citizen()
        person.says("سؤال")
        person.sends(sticker={"file_id": "s"})
        await eventually(lambda: len(person.received) == 2)
        assert [message["text"] for message in person.received] == [SENTENCE] * 2
        assert await citizen.hears("مرحبا") == "جواب مرحبا"
        await switch_on(sessions, polling_bot, Capability.TELEGRAM)
        await switch_off(sessions, polling_bot, Capability.WEBCHAT)
        person.says("سؤال ثان")
        await eventually(lambda: len(person.received) == 3)
        assert person.received[2]["text"] == "جواب سؤال ثان"
        assert await citizen.hears("مرحبا") == SENTENCE
        assert engine.heard == ["مرحبا", "سؤال ثان"]


async def test_command_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switches, "get_settings", lambda: settings)
    assert (await _command("list")).count("\ton") == len(Capability)
    assert SENTENCES[Capability.WEBCHAT] in await _command("off", "webchat", "--reason", "صيانة", "--by", "زينب")
    assert SENTENCE in await _command("off", "webchat", "--reason", "صيانة", "--message", SENTENCE)
    listed = await _command("list")
    assert "webchat\toff" in listed
    assert SENTENCE in listed
    assert "webchat is on." in await _command("on", "webchat", "--reason", "انتهت", "--by", "علي")
    assert "on already" in await _command("on", "webchat", "--reason", "انتهت")
    newest, _, oldest = (await _command("history")).splitlines()
    assert newest.split("\t")[1:] == ["علي", "switch_on", "webchat", "انتهت"]
    assert oldest.split("\t")[1:] == ["زينب", "switch_off", "webchat", "صيانة"]
    assert "must be in Arabic" in await _command("off", "webchat", "--reason", "r", "--message", "closed", code=2)
    assert "reason" in await _command("off", "webchat", code=2)
    await _command("off", "nonsense", "--reason", "r", code=2)


async def _command(*arguments: str, code: int = 0) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, admin.app, ["switch", *arguments])
    assert result.exit_code == code, result.output
    return result.output
