"""Blue/green: the model is changed while citizens write; no turn is lost or taken twice, and nobody is put off.

As the runbook does it on a server: both engines in ENGINE_URL, the new one started, the old one stopped.
"""

import asyncio
import itertools
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bench.processes import serving as process
from bench.sides import actions_command
from bot.models import INBOX
from foundation.settings import ROOT, Settings
from ops.ports import free_port
from ops.prepare import ENGINE_PYTHON, MODEL, child_environment, load_catalogue
from tests.bot.conftest import Bot, running

TIMEOUT_SECONDS = 300
CITIZENS = 8
BETWEEN_SECONDS = 3.0
ASKED = ("شكد رسوم شهادة الولادة", "وشنو المستمسكات", "هلو", "شكراً", "تجديد إجازة السوق", "شكد تاخذ وقت")
REDIS_URL = "redis://127.0.0.1:6379/10"


@pytest.fixture
def environment(postgres_url: str) -> Iterator[dict[str, str]]:
    """What actions and engines run with."""
    if not MODEL.is_file() or not ENGINE_PYTHON.exists():
        pytest.skip("no trained model: run `make train`")
    settings = {
        "DATABASE_URL": postgres_url,
        "ENGINE_DATABASE_URL": "",
        "REDIS_URL": REDIS_URL,
        "ENGINE_TOKEN": uuid.uuid4().hex,
        "DATA_KEYS": Fernet.generate_key().decode(),
        "ACTIONS_PORT": str(free_port()),
        "OTEL_EXPORTER_OTLP_ENDPOINT": "",
    }
    found = child_environment(settings)
    load_catalogue(found)
    yield found
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("TRUNCATE conversations, services, faqs CASCADE")


@pytest.mark.engine
@pytest.mark.postgres
@pytest.mark.timeout(TIMEOUT_SECONDS)
async def test_while_citizens_write(environment: dict[str, str], postgres_url: str, tmp_path: Path) -> None:
    blue, green = free_port(), free_port()
    actions_port = int(environment["ACTIONS_PORT"])
    settings = Settings(
        _env_file=None,
        database_url=postgres_url,
        engine_url=f"http://127.0.0.1:{blue},http://127.0.0.1:{green}",
        engine_token=SecretStr(environment["ENGINE_TOKEN"]),
        actions_port=actions_port,
        data_keys=SecretStr(environment["DATA_KEYS"]),
        rate_limit_per_minute=100_000,
    )
    new_model = tmp_path / "green.tar.gz"
    shutil.copy(MODEL, new_model)

    def engine(port: int, model: Path) -> ExitStack:
        command = [str(ENGINE_PYTHON), "-m", "nlu.engine", "--model", str(model), "--port", str(port)]
        command += ["--actions-url", f"http://127.0.0.1:{actions_port}/webhook"]
        health, log = "/webhooks/gateway/health", tmp_path / f"{model.name}.log"
        started = ExitStack()
        started.enter_context(process(model.name, command, environment, port, health, log))
        return started

    with ExitStack() as whole:
        # Starting and stopping block, and the bot lives in this loop.
        log = tmp_path / "actions.log"
        actions = process("actions", actions_command(), environment, actions_port, "/health", log, ROOT)
        await asyncio.to_thread(whole.enter_context, actions)
        old = await asyncio.to_thread(engine, blue, MODEL)
        whole.push(old)
        async with running(settings) as bot:
            ends = asyncio.Event()
            talks = [asyncio.create_task(_talk(bot, ends)) for _ in range(CITIZENS)]
            await asyncio.sleep(BETWEEN_SECONDS)
            new = await asyncio.to_thread(engine, green, new_model)
            whole.push(new)
            await asyncio.sleep(BETWEEN_SECONDS)
            await asyncio.to_thread(old.close)
            await asyncio.sleep(BETWEEN_SECONDS)
            ends.set()
            counts = await asyncio.gather(*talks)
    assert min(counts) >= 5
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        states = connection.execute(f"SELECT state, attempts, count(*) FROM {INBOX.name} GROUP BY 1, 2").fetchall()
        turns = connection.execute("SELECT revision FROM engine_conversations").fetchall()
    assert states == [("done", 0, sum(counts))]
    assert Counter(revision for (revision,) in turns) == Counter(counts)
    assert "engine_stopped" in (tmp_path / f"{MODEL.name}.log").read_text()


async def _talk(bot: Bot, ends: asyncio.Event) -> int:
    """Writes, and checks each answer; how many messages it wrote."""
    citizen = await bot.citizen()
    said = []
    for text in itertools.cycle(ASKED):
        answers = await citizen.says(text)
        assert answers
        said.append(text)
        if ends.is_set():
            break
    lines = await _history(bot, citizen.conversation)
    assert [line["text"] for line in lines if line["author"] == "citizen"] == said
    authors = [author for author, _ in itertools.groupby(line["author"] for line in lines)]
    assert authors[:2] == ["citizen", "assistant"]
    assert all(one != other for one, other in itertools.pairwise(authors))
    return len(said)


async def _history(bot: Bot, conversation: str) -> list[dict[str, str]]:
    """Every line of a conversation: the history comes in batches."""
    lines: list[dict[str, str]] = []
    more = True
    while more:
        after = lines[-1]["id"] if lines else 0
        page = (await bot.http.get(f"/api/chat/{conversation}/history", params={"after": after})).json()
        lines += page["messages"]
        more = page["more"]
    return lines
