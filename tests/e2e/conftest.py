"""The whole product as `make run` starts it, on its own ports and database, and citizens who talk to it."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet

from foundation.settings import ROOT
from ops.ports import free_ports

READY_TIMEOUT_SECONDS = 240.0


@dataclass(frozen=True)
class Product:
    """A running product."""

    url: str
    process: subprocess.Popen[str]
    environment: dict[str, str]
    log: Path


class Citizen:
    """One conversation over the chat API."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30.0)
        self.conversation: str = self.http.post("/api/chat/conversations").json()["conversation"]
        self.last: list[dict[str, Any]] = []

    def says(self, text: str) -> str:
        """Sends a line; all the replies as one text, without the direction signs."""
        return self._post({"text": text})

    def presses(self, title: str) -> str:
        """Presses the button with this title among the last replies."""
        for message in self.last:
            for button in message["buttons"]:
                if button["title"] == title:
                    return self._post({"payload": button["payload"]})
        raise AssertionError(f"no button «{title}» among {self.buttons}")

    @property
    def buttons(self) -> list[str]:
        """Titles of the buttons of the last replies."""
        return [button["title"] for message in self.last for button in message["buttons"]]

    def _post(self, body: dict[str, str]) -> str:
        response = self.http.post(f"/api/chat/{self.conversation}/messages", json=body)
        assert response.status_code == 200, response.text
        self.last = response.json()["messages"]
        text = "\n".join(message["text"] for message in self.last)
        return "".join(letter for letter in text if letter not in "\u2066\u2067\u2068\u2069\u200e\u200f")


def start_product(folder: Path, **settings: str) -> Product:
    """Starts `python -m ops` and waits until it says that it is ready."""
    port, engine_port, actions_port = free_ports(3)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TELEGRAM_")},
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "ENGINE_PORT": str(engine_port),
        "ACTIONS_PORT": str(actions_port),
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'assistant.db'}",
        "ENGINE_DATABASE_URL": f"sqlite:///{folder / 'tracker.db'}",
        "ENGINE_TOKEN": secrets.token_urlsafe(16),
        "DATA_KEYS": Fernet.generate_key().decode(),
        "RATE_LIMIT_PER_MINUTE": "1000",
        "NEW_CONVERSATIONS_PER_MINUTE_PER_ADDRESS": "1000",
        **settings,
    }
    log = folder / "ops.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops"], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, text=True
        )
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while "Ready after" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"the product did not start:\n{log.read_text()}")
        time.sleep(0.1)
    return Product(f"http://127.0.0.1:{port}", process, environment, log)


def stop_product(product: Product) -> None:
    """Stops it as Ctrl-C does and checks that it ends well."""
    product.process.send_signal(signal.SIGINT)
    assert product.process.wait(timeout=30) == 0


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One running product for all end-to-end tests."""
    running = start_product(tmp_path_factory.mktemp("product"))
    yield running
    stop_product(running)


@pytest.fixture
def citizen(product: Product) -> Iterator[Citizen]:
    """A new conversation."""
    someone = Citizen(product.url)
    yield someone
    someone.http.close()
