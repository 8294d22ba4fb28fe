"""The two sides of the comparison, as a client meets them: how each is started and how a turn is asked of it."""

import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from bench.stock_model import STOCK, STOCK_PYTHON, stock_environment
from foundation.settings import ROOT
from ops.ports import HOST
from ops.prepare import ENGINE_PYTHON, child_environment

TURN_TIMEOUT_SECONDS: Final = 60.0
_JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request."""

    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Side(Protocol):
    """A system under measurement."""

    name: str
    health_path: str
    environment: Mapping[str, str]

    def command(self, port: int, actions_url: str, work: Path) -> list[str]:
        """How it is started; `work` is a folder for its files."""

    def turn(self, sender: str, message_id: str, text: str) -> Request:
        """One turn of a conversation."""

    def answers(self, body: bytes) -> list[dict[str, Any]]:
        """The messages in a turn's response."""


class Stock:
    """Stock Rasa: `rasa run`, its REST channel, its own way to the action server, its in-memory stores."""

    health_path = "/status"

    def __init__(self, model: Path, name: str = "stock") -> None:
        """Takes a model that stock Rasa has trained."""
        self.name = name
        self.environment: Mapping[str, str] = stock_environment()
        self._model = model

    def command(self, port: int, actions_url: str, work: Path) -> list[str]:
        """See `Side.command`."""
        endpoints = work / f"{self.name}-endpoints.yml"
        endpoints.write_text(f"action_endpoint:\n  url: {actions_url}\n", encoding="utf-8")
        command = [str(STOCK_PYTHON), "-m", "rasa", "run", "--enable-api", "--interface", HOST, "--port", str(port)]
        command += ["--model", str(self._model), "--endpoints", str(endpoints)]
        return [*command, "--credentials", str(STOCK / "credentials.yml")]

    def turn(self, sender: str, message_id: str, text: str) -> Request:
        """See `Side.turn`; stock Rasa's channel takes no message id."""
        return Request("/webhooks/rest/webhook", _dumps({"sender": sender, "message": text}), _JSON)

    def answers(self, body: bytes) -> list[dict[str, Any]]:
        """See `Side.answers`."""
        found: list[dict[str, Any]] = json.loads(body)
        return found

    def parse(self, text: str) -> Request:
        """Asks which intent a line has."""
        return Request("/model/parse", _dumps({"text": text}), _JSON)


class Ours:
    """This project's engine, as `make run` starts it."""

    name = "ours"
    health_path = "/webhooks/gateway/health"

    def __init__(self, model: Path) -> None:
        """Takes the project's model."""
        token = secrets.token_urlsafe(32)
        self.environment: Mapping[str, str] = child_environment({"ENGINE_TOKEN": token})
        self.token = token
        self._headers = {**_JSON, "Authorization": f"Bearer {token}"}
        self._model = model

    def command(self, port: int, actions_url: str, work: Path) -> list[str]:
        """See `Side.command`."""
        store = work / f"engine-{port}.db"
        command = [str(ENGINE_PYTHON), "-m", "nlu.engine", "--model", str(self._model), "--port", str(port)]
        return [*command, "--actions-url", actions_url, "--store-url", f"sqlite:///{store}"]

    def turn(self, sender: str, message_id: str, text: str) -> Request:
        """See `Side.turn`."""
        body = {"sender": sender, "message_id": message_id, "text": text}
        return Request("/webhooks/gateway/turn", _dumps(body), self._headers)

    def answers(self, body: bytes) -> list[dict[str, Any]]:
        """See `Side.answers`."""
        found: list[dict[str, Any]] = json.loads(body)["messages"]
        return found


class Client:
    """One kept-alive connection. Plain sockets: a heavier client would take processor time from what is measured."""

    def __init__(self, port: int) -> None:
        """Points at a server of this machine."""
        self._connection = http.client.HTTPConnection(HOST, port, timeout=TURN_TIMEOUT_SECONDS)

    def send(self, request: Request) -> tuple[int, bytes]:
        """Sends a request; returns status and body.

        Raises:
            OSError: The server cannot be reached.
            http.client.HTTPException: Its answer is no HTTP.
        """
        try:
            self._connection.request("POST", request.path, request.body, dict(request.headers))
            response = self._connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


def actions_command() -> list[str]:
    """How the action server is started; one serves both sides."""
    return [str(ROOT / ".venv" / "bin" / "python"), "-m", "actions"]


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
