"""The whole product in a measurement: action server, engine and bot, on a database of its own."""

import http.client
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.errors import BenchError
from bench.processes import Served, serving
from bench.sides import actions_command
from foundation.settings import ROOT
from ops.ports import HOST, free_port
from ops.prepare import ENGINE_PYTHON

REQUEST_TIMEOUT_SECONDS: Final = 30.0
UNLIMITED_PER_MINUTE: Final = 1_000_000
"""One machine plays all citizens here; the limit for one citizen would measure itself."""


@dataclass(frozen=True, slots=True)
class Product:
    """The running processes."""

    bot: Served
    engine: Served
    actions: Served


@contextmanager
def product(environment: Mapping[str, str], model: Path, work: Path, name: str = "product") -> Iterator[Product]:
    """Runs the product for the length of a `with` block.

    Args:
        environment: Settings of its processes, the database among them.
        model: Our model's archive.
        work: Folder for its files.
        name: Begins the names of its files.

    Raises:
        BenchError: A process did not start.
    """
    ports = {"PORT": free_port(), "ENGINE_PORT": free_port(), "ACTIONS_PORT": free_port()}
    settings = {
        **environment,
        **{key: str(port) for key, port in ports.items()},
        "HOST": HOST,
        "ENGINE_HOST": HOST,
        "ACTIONS_HOST": HOST,
        "ENGINE_URL": "",
        "ENGINE_TOKEN": uuid.uuid4().hex,
        "RATE_LIMIT_PER_MINUTE": str(UNLIMITED_PER_MINUTE),
        "NEW_CONVERSATIONS_PER_MINUTE": str(UNLIMITED_PER_MINUTE),
        "NEW_CONVERSATIONS_PER_MINUTE_PER_ADDRESS": str(UNLIMITED_PER_MINUTE),
    }
    python = str(ROOT / ".venv" / "bin" / "python")
    engine_command = [str(ENGINE_PYTHON), "-m", "nlu.engine", "--model", str(model)]
    engine_command += ["--port", str(ports["ENGINE_PORT"]), "--store-url", f"sqlite:///{work / f'{name}-engine.db'}"]
    engine_command += ["--actions-url", f"http://{HOST}:{ports['ACTIONS_PORT']}/webhook"]
    with ExitStack() as stack:

        def start(part: str, command: list[str], port: int, health: str) -> Served:
            log = work / f"{name}-{part}.log"
            return stack.enter_context(serving(f"{name}: {part}", command, settings, port, health, log))

        actions = start("actions", actions_command(), ports["ACTIONS_PORT"], "/health")
        engine = start("engine", engine_command, ports["ENGINE_PORT"], "/webhooks/gateway/health")
        bot = start("bot", [python, "-m", "bot"], ports["PORT"], "/readyz")
        yield Product(bot, engine, actions)


class Citizen:
    """Somebody at the web chat, with a conversation and a connection."""

    def __init__(self, port: int, conversation: str | None = None) -> None:
        """Opens a conversation, or joins one."""
        self._connection = http.client.HTTPConnection(HOST, port, timeout=REQUEST_TIMEOUT_SECONDS)
        self.conversation = conversation or str(self._call("POST", "/conversations")["conversation"])

    def says(self, text: str) -> list[dict[str, Any]]:
        """Writes, and waits for the answers.

        Raises:
            BenchError: The bot did not answer with success.
        """
        found: list[dict[str, Any]] = self._call("POST", f"/{self.conversation}/messages", {"text": text})["messages"]
        return found

    def transcript(self) -> list[dict[str, Any]]:
        """All messages of the conversation, in order."""
        found: list[dict[str, Any]] = self._call("GET", f"/{self.conversation}/history")["messages"]
        return found

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            self._connection.request(method, f"/api/chat{path}", sent, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            answered = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise BenchError(f"the bot did not answer ({type(error).__name__})") from error
        if response.status >= http.client.BAD_REQUEST:
            raise BenchError(f"the bot answered {response.status} to {method} {path.rpartition('/')[2]}")
        found: dict[str, Any] = json.loads(answered)
        return found
