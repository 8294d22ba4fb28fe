"""Turns that go wrong: put aside with a cause, told to the citizen, replayed from the command line."""

import asyncio

import pytest
from typer.testing import CliRunner

from bot import admin
from bot.inbox import repository as inbox
from bot.models import Author, Message
from bot.sentences import text_of
from bot.turns import runner
from bot.turns.runner import LONGEST_PAUSE_SECONDS, pause_seconds
from foundation.database import SessionFactory
from foundation.settings import Settings
from tests.bot.conftest import Bot, WebCitizen
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually


async def history(citizen: WebCitizen) -> list[str]:
    """All texts of a conversation."""
    messages = (await citizen.http.get(f"/api/chat/{citizen.conversation}/history")).json()["messages"]
    return [message["text"] for message in messages]


class TestPoison:
    async def test_put_aside_with_cause_and_replayed(
        self,
        bot: Bot,
        engine: FakeEngine,
        settings: Settings,
        sessions: SessionFactory,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(runner, "MAX_ENGINE_FAILURES", 2)
        citizen = await bot.citizen()
        assert await citizen.hears(engine.poison) == text_of("kept")
        assert await citizen.hears("بعده") in (text_of("kept"), "جواب بعده")
        await eventually(lambda: engine.heard == ["بعده"])
        assert text_of("given_up") in await history(citizen)
        async with sessions() as session:
            [item] = await inbox.quarantined(session, None)
        assert item.cause == "engine: turn_failed"
        assert item.raw is not None
        assert engine.poison.encode() not in item.raw

        monkeypatch.setattr(admin, "get_settings", lambda: settings)
        assert item.external_id in (await _command("inbox", "list"))
        engine.poison = "شيء آخر"
        assert "1 queued again" in await _command("inbox", "replay", str(item.id))
        await eventually(lambda: len(engine.heard) == 2)
        assert engine.heard[1] == "سم"

    async def test_unknown_number_cannot_be_replayed(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(admin, "get_settings", lambda: settings)
        assert "0 queued again" in await _command("inbox", "replay", "999", code=1)
        assert "Nothing was put aside" in await _command("inbox", "list")


async def _command(*arguments: str, code: int = 0) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, admin.app, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


class TestStored:
    async def test_what_came_is_erased_and_the_transcript_holds_no_identifier(
        self, bot: Bot, sessions: SessionFactory
    ) -> None:
        citizen = await bot.citizen()
        await citizen.says("رقمي 07701234567", client_message_id="a")
        async with sessions() as session:
            item = await inbox.get(session, 1)
            message = await session.get(Message, 1)
        assert item is not None
        assert item.raw is None
        assert message is not None
        assert message.author == Author.CITIZEN
        assert "0770" not in message.text

    async def test_engine_answer_of_another_shape_is_a_failure(
        self, bot: Bot, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runner, "MAX_ENGINE_FAILURES", 1)
        engine.messages = [{"text": 5}]
        assert await (await bot.citizen()).hears("سؤال") == text_of("given_up")

    async def test_wrong_engine_token_is_an_outage(self, bot: Bot, engine: FakeEngine) -> None:
        engine.token = "changed"
        citizen = await bot.citizen()
        assert await citizen.hears("سؤال") == text_of("kept")
        engine.token = "engine-token"
        await eventually(lambda: engine.heard == ["سؤال"])


class TestHealth:
    async def test_ready_tells_what_is_missing(self, bot: Bot, engine: FakeEngine) -> None:
        assert (await bot.http.get("/healthz")).json() == {"status": "alive"}
        assert (await bot.http.get("/readyz")).status_code == 200
        engine.actions_up = False
        response = await bot.http.get("/readyz")
        assert response.status_code == 503
        assert response.json()["reasons"] == ["actions does not answer"]

    async def test_metrics_count_turns_and_hold_no_text(self, bot: Bot) -> None:
        await (await bot.citizen()).says("سؤال سري")
        metrics = (await bot.http.get("/metrics")).text
        assert 'ur_turns_total{channel="web",outcome="engine"}' in metrics
        assert "سري" not in metrics


def test_pauses_grow_to_a_limit() -> None:
    pauses = [pause_seconds(attempts) for attempts in range(40)]
    assert pauses[0] <= 0.5
    assert max(pauses) <= LONGEST_PAUSE_SECONDS
    assert min(pauses[10:]) >= LONGEST_PAUSE_SECONDS * 0.75
