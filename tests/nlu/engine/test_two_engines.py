"""Two engines on one PostgreSQL and one Redis: any of them takes the next turn, and a turn is taken once."""

from __future__ import annotations

import concurrent.futures
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from ops.ports import free_port
from tests.nlu.engine.conftest import ROOT, EngineProcess, engine_environment, wait_for_port

REDIS_URL = "redis://127.0.0.1:6379/9"
CONVERSATIONS = 20
TURNS = 8
HEARD = ["هلو", "شكد الرسوم", "شنو المستمسكات", "شكوى", "المنصور", "الوكيل نقص الحصة", "كلام غير مفهوم"]


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A database of the Redis of this machine; what the tests leave there runs out by itself."""
    client = redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2)
    try:
        client.ping()
    except redis.ConnectionError:
        pytest.skip("no Redis at 127.0.0.1:6379")
    yield REDIS_URL
    client.close()


def start(model: Path, actions_url: str, store_url: str, redis_url: str) -> EngineProcess:
    """An engine that takes its stores from the settings, as deployed."""
    port = free_port()
    command = [sys.executable, "-m", "nlu.engine", "--model", str(model), "--port", str(port)]
    environment = engine_environment() | {"DATABASE_URL": store_url, "REDIS_URL": redis_url}
    environment.pop("ENGINE_DATABASE_URL", None)
    process = subprocess.Popen(
        [*command, "--actions-url", actions_url], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    wait_for_port(port, process)
    return EngineProcess(f"http://127.0.0.1:{port}/webhooks/gateway", process)


@pytest.fixture(scope="module")
def engines(model: Path, actions_process: str, postgresql_url: str, redis_url: str) -> Iterator[list[EngineProcess]]:
    running = [start(model, actions_process, postgresql_url, redis_url) for _ in range(2)]
    yield running
    for engine in running:
        if engine.process.poll() is None:
            engine.stop()


def say(engine: EngineProcess, sender: str, message_id: str, text: str) -> dict[str, Any]:
    status, answer = engine.call("POST", "/turn", {"sender": sender, "message_id": message_id, "text": text})
    assert status == 200, answer
    return answer


def test_turns_that_alternate_are_as_those_of_one_engine(engines: list[EngineProcess]) -> None:
    chance = random.Random(11)
    talks = {uuid.uuid4().hex: [chance.choice(HEARD) for _ in range(TURNS)] for _ in range(CONVERSATIONS)}

    def whole(talk: tuple[str, list[str]], alone: bool) -> list[Any]:
        sender, texts = talk
        return [
            say(engines[0 if alone else number % 2], sender, f"{sender}-{number}", text)["messages"]
            for number, text in enumerate(texts)
        ]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        shared = list(pool.map(lambda talk: whole(talk, False), talks.items()))
        alone = list(pool.map(lambda talk: whole((talk[0] + "-alone", talk[1]), True), talks.items()))
    assert shared == alone
    assert any(answers != shared[0] for answers in shared)


def test_one_message_at_both_at_once_is_one_turn(engines: list[EngineProcess]) -> None:
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for number in range(30):
            sender = uuid.uuid4().hex
            one, two = pool.map(lambda engine: say(engine, sender, "m", "شكد الرسوم"), engines)  # noqa: B023
            assert one["messages"] == two["messages"]
            assert sorted([one["replayed"], two["replayed"]]) == [False, True], number


def test_a_killed_engine_holds_nobody_up_for_long(
    model: Path, actions_process: str, postgresql_url: str, redis_url: str, engines: list[EngineProcess]
) -> None:
    sender = uuid.uuid4().hex
    dying = start(model, actions_process, postgresql_url, redis_url)
    client = redis.Redis.from_url(redis_url)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        last = pool.submit(dying.call, "POST", "/turn", {"sender": sender, "message_id": "1", "text": "هلو"})
        deadline = time.monotonic() + 20
        while not client.exists(f"ur:engine:{sender}") and not last.done() and time.monotonic() < deadline:
            pass
        os.kill(dying.process.pid, signal.SIGKILL)
        dying.process.wait()
        started = time.monotonic()
        assert say(engines[0], sender, "1", "هلو")["messages"]
        assert time.monotonic() - started < 7
        last.exception()
    client.close()


def test_redis_away_is_no_outage(model: Path, actions_process: str, postgresql_url: str) -> None:
    engine = start(model, actions_process, postgresql_url, "redis://127.0.0.1:1/0")
    assert say(engine, uuid.uuid4().hex, "1", "هلو")["messages"]
    status, log = engine.stop()
    assert status == 0
    assert "lock_not_taken" in log
