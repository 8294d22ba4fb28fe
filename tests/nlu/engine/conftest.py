"""A small trained assistant, an action server, and an engine process for the tests of the engine."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import ujson
from aiohttp import web

from nlu.engine import lean
from ops.ports import free_port

lean.install(serving=True)

PROJECT = Path(__file__).with_name("project")
ROOT = Path(__file__).resolve().parents[3]
TOKEN = "a-token-of-the-tests"
START_SECONDS = 60
POSTGRESQL_ADMIN = "postgresql://postgres@127.0.0.1:5432/postgres"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the trained model, as the command leaves it."""
    folder = tmp_path_factory.mktemp("models")
    command = [sys.executable, "-m", "nlu.engine.train", "--config", str(PROJECT / "config.yml")]
    command += ["--domain", str(PROJECT / "domain.yml"), "--data", str(PROJECT / "data"), "--models", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": "."}, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def model(models: Path) -> Path:
    return models / "current.tar.gz"


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A database of this run, dropped at its end."""
    name = f"test_engine_{uuid.uuid4().hex[:12]}"
    try:
        admin = psycopg2.connect(POSTGRESQL_ADMIN, connect_timeout=2)
    except psycopg2.OperationalError:
        pytest.skip("no PostgreSQL server at 127.0.0.1:5432 with trust for user postgres")
    admin.autocommit = True
    with contextlib.closing(admin), admin.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass
class Actions:
    """An action server that answers every action with its name, and remembers what it was asked."""

    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    failing: bool = False

    async def handle(self, request: web.Request) -> web.Response:
        body = ujson.loads(await request.read())
        self.calls.append(body)
        self.connections.add(request.transport)
        name = body["next_action"]
        if self.failing or name == "action_broken":
            return web.Response(status=500, text='{"error": "broken"}')
        topic = body["tracker"]["slots"].get("topic")
        events = [{"event": "slot", "name": "topic", "value": topic or "loan-01", "timestamp": None}]
        if name == "action_file":
            events += [
                {"event": "slot", "name": slot, "value": None, "timestamp": None} for slot in ("district", "details")
            ]
        button = {"title": "الرسوم", "payload": '/ask_fee{"service":"loan-01"}'}
        custom = {"text": f"{name} {topic}", "buttons": [button], "attachments": []}
        return web.json_response({"events": events, "responses": [{"text": None, "custom": custom}]})


@pytest.fixture
async def actions() -> AsyncIterator[Actions]:
    state = Actions()
    app = web.Application()
    app.router.add_post("/webhook", state.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    state.url = f"http://127.0.0.1:{port}/webhook"
    yield state
    await runner.cleanup()


@dataclass
class EngineProcess:
    """An engine started by its command."""

    base: str
    process: subprocess.Popen[str]

    def call(self, method: str, path: str, body: Any = None, token: str | None = TOKEN) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else None if body is None else ujson.dumps(body).encode()
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(self.base + path, data=data, headers=headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
                return response.status, ujson.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, ujson.loads(error.read())

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=20)
        return self.process.returncode, log


def engine_command(model: Path, port: int, folder: Path, actions_url: str) -> list[str]:
    command = [sys.executable, "-m", "nlu.engine", "--model", str(model), "--port", str(port)]
    return [*command, "--store-url", f"sqlite:///{folder / 'engine.db'}", "--actions-url", actions_url]


def engine_environment(token: str = TOKEN) -> dict[str, str]:
    # Rasa, imported by other tests, sets LOG_LEVEL for this process and so for those it starts.
    return {**os.environ, "PYTHONPATH": ".", "ENGINE_TOKEN": token, "LOG_LEVEL": "INFO"}


@pytest.fixture(scope="module")
def engine_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engine")


@pytest.fixture(scope="module")
def actions_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The action server in a process of its own, so that a blocking client can wait for the engine."""
    port = free_port()
    code = (
        "from aiohttp import web\nfrom tests.nlu.engine.conftest import Actions\napp = web.Application()\n"
        f"app.router.add_post('/webhook', Actions().handle)\n"
        f"web.run_app(app, host='127.0.0.1', port={port}, print=None)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=engine_environment())
    wait_for_port(port, process)
    yield f"http://127.0.0.1:{port}/webhook"
    process.terminate()
    process.wait(10)


def wait_for_port(port: int, process: subprocess.Popen[Any]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens on {port}")


@pytest.fixture(scope="module")
def engine(model: Path, engine_folder: Path, actions_process: str) -> Iterator[EngineProcess]:
    port = free_port()
    process = subprocess.Popen(
        engine_command(model, port, engine_folder, actions_process),
        cwd=ROOT,
        env=engine_environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    running = EngineProcess(f"http://127.0.0.1:{port}/webhooks/gateway", process)
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if running.call("GET", "/health", token=None)[0] == 200:
                break
        except OSError:
            time.sleep(0.05)
    yield running
    if process.poll() is None:
        running.stop()
