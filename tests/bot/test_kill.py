"""A real `python -m bot` process, killed without warning: nothing accepted is lost, nothing acted on twice."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from foundation.settings import ROOT, Settings
from ops.ports import free_port
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually
from tests.telegram_emulator.citizen import Person
from tests.telegram_emulator.state import TOKEN, Telegram

START_SECONDS = 60.0
TIMEOUT_SECONDS = 300


@asynccontextmanager
async def process(settings: Settings, log: Path, **more: str) -> AsyncIterator[tuple[Process, str]]:
    """A running bot in a process of its own, killed at the end if it still runs."""
    port = free_port()
    data_keys, engine_token = settings.data_keys, settings.engine_token
    assert data_keys is not None
    assert engine_token is not None
    environment = {
        **os.environ,
        "PORT": str(port),
        "DATABASE_URL": settings.database_url,
        "ENGINE_URL": settings.engine_url,
        "ENGINE_TOKEN": engine_token.get_secret_value(),
        "ACTIONS_PORT": str(settings.actions_port),
        "DATA_KEYS": data_keys.get_secret_value(),
        "RATE_LIMIT_PER_MINUTE": "1000",
        **more,
    }
    with log.open("ab") as sink:
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", cwd=ROOT, env=environment, stdout=sink, stderr=sink
        )
    url = f"http://127.0.0.1:{port}"
    try:
        await eventually(lambda: _alive(running, url), START_SECONDS)
        yield running, url
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def _alive(running: Process, url: str) -> bool:
    assert running.returncode is None, "the bot ended by itself"
    try:
        async with httpx.AsyncClient() as http:
            return (await http.get(f"{url}/healthz")).status_code == 200
    except httpx.HTTPError:
        return False


def answers(person: Person) -> list[str]:
    """What a person received, without direction signs."""
    return [message["text"].replace("\u2068", "").replace("\u2069", "") for message in person.received]


@pytest.mark.timeout(TIMEOUT_SECONDS)
async def test_killed_while_polling(
    settings: Settings, engine: FakeEngine, telegram_url: tuple[Telegram, str], tmp_path: Path
) -> None:
    telegram, url = telegram_url
    engine.delay_seconds = 0.05
    people = [Person(telegram, 100 + number) for number in range(6)]
    expected = {person.id: [f"سؤال {person.id}-{number}" for number in range(9)] for person in people}
    rng = random.Random(7)
    for kill in range(3):
        async with process(settings, tmp_path / "bot.log", TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_BASE_URL=url) as (
            running,
            _,
        ):
            for number in range(kill * 3, kill * 3 + 3):
                for person in people:
                    person.says(expected[person.id][number])
            if kill < 2:
                before = len(engine.turns)
                await eventually(lambda before=before: len(engine.turns) > before + 2, 60)
                await asyncio.sleep(rng.uniform(0.0, 0.2))
                running.send_signal(signal.SIGKILL)
                await running.wait()
            else:
                await eventually(lambda: len(engine.turns) >= 54, 120)
                await eventually(lambda: all(len(set(answers(person))) >= 9 for person in people), 120)
    assert sorted(engine.heard) == sorted(text for texts in expected.values() for text in texts)
    assert engine.overlaps == 0
    for person in people:
        heard = [turn["text"] for turn in engine.turns if f" {person.id}-" in turn["text"]]
        assert heard == expected[person.id]
        # A send whose success was not noted before the kill is repeated, and nothing else is.
        assert list(dict.fromkeys(answers(person))) == [f"جواب {text}" for text in expected[person.id]]


@pytest.mark.timeout(TIMEOUT_SECONDS)
async def test_accepted_web_message_outlives_a_kill(settings: Settings, engine: FakeEngine, tmp_path: Path) -> None:
    engine.delay_seconds = 2.0
    async with process(settings, tmp_path / "bot.log") as (running, url), httpx.AsyncClient(base_url=url) as http:
        token = (await http.post("/api/chat/conversations")).json()["conversation"]
        body = {"text": "سؤال", "client_message_id": "a1"}
        sending = asyncio.create_task(http.post(f"/api/chat/{token}/messages", json=body, timeout=30))
        await eventually(lambda: bool(engine.running))
        running.send_signal(signal.SIGKILL)
        with pytest.raises(httpx.HTTPError):
            await sending
    engine.delay_seconds = 0.0
    async with process(settings, tmp_path / "bot.log") as (_, url), httpx.AsyncClient(base_url=url) as http:
        again = await http.post(f"/api/chat/{token}/messages", json=body, timeout=30)
        assert [message["text"] for message in again.json()["messages"]][-1:] == ["جواب سؤال"]
    assert engine.heard == ["سؤال"]


@pytest.mark.timeout(TIMEOUT_SECONDS)
async def test_sigterm_lets_the_turn_end(settings: Settings, engine: FakeEngine, tmp_path: Path) -> None:
    engine.delay_seconds = 1.0
    async with process(settings, tmp_path / "bot.log") as (running, url), httpx.AsyncClient(base_url=url) as http:
        token = (await http.post("/api/chat/conversations")).json()["conversation"]
        sending = asyncio.create_task(http.post(f"/api/chat/{token}/messages", json={"text": "سؤال"}, timeout=30))
        await eventually(lambda: bool(engine.running))
        running.send_signal(signal.SIGTERM)
        assert (await sending).json()["messages"][0]["text"] == "جواب سؤال"
        assert await asyncio.wait_for(running.wait(), 20) in (0, -signal.SIGTERM)


@pytest.mark.timeout(TIMEOUT_SECONDS)
async def test_two_processes_share_the_work(settings: Settings, engine: FakeEngine, tmp_path: Path) -> None:
    engine.delay_seconds = 0.05
    async with (
        process(settings, tmp_path / "one.log") as (_, one),
        process(settings, tmp_path / "two.log") as (_, two),
        httpx.AsyncClient(timeout=30) as http,
    ):
        token = (await http.post(f"{one}/api/chat/conversations")).json()["conversation"]

        async def ask(number: int) -> str:
            server = (one, two)[number % 2]
            answer = await http.post(f"{server}/api/chat/{token}/messages", json={"text": f"سؤال {number}"})
            text: str = answer.json()["messages"][0]["text"]
            return text

        heard = await asyncio.gather(*(ask(number) for number in range(10)))
    assert heard == [f"جواب سؤال {number}" for number in range(10)]
    assert engine.overlaps == 0
    assert len(engine.turns) == 10
