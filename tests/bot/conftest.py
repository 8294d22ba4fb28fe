"""The bot between a fake engine and an emulated Telegram."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.app import create_app
from foundation.settings import Settings
from ops.ports import free_port
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import serving
from tests.telegram_emulator.citizen import Person
from tests.telegram_emulator.server import make_server
from tests.telegram_emulator.state import TOKEN, Telegram


@pytest.fixture
async def engine() -> FakeEngine:
    """The fake engine's behaviour and memory."""
    return FakeEngine()


@pytest.fixture
async def engine_url(engine: FakeEngine) -> AsyncIterator[str]:
    """Where the fake engine listens."""
    async with serving(engine.app()) as url:
        yield url


@pytest.fixture
def settings(database_url: str, engine: FakeEngine, engine_url: str) -> Settings:
    """Settings of a bot without Telegram."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        engine_url=engine_url,
        engine_token=SecretStr(engine.token),
        engine_turn_timeout_seconds=3.0,
        actions_port=urlsplit(engine_url).port or 0,
        data_keys=SecretStr(Fernet.generate_key().decode()),
        rate_limit_per_minute=1000,
        chat_wait_seconds=6.0,
        amqp_url=None,
        trainer_python=Path("/nowhere/python"),
    )


class WebCitizen:
    """One conversation over the chat API."""

    def __init__(self, http: httpx.AsyncClient, conversation: str) -> None:
        self.http = http
        self.conversation = conversation

    async def post(self, **body: Any) -> httpx.Response:
        """Sends a message."""
        return await self.http.post(f"/api/chat/{self.conversation}/messages", json=body)

    async def says(self, text: str, **more: Any) -> list[dict[str, Any]]:
        """Sends a text; its replies."""
        response = await self.post(text=text, **more)
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages

    async def hears(self, text: str, **more: Any) -> str:
        """Sends a text; the texts of its replies."""
        return "\n".join(message["text"] for message in await self.says(text, **more))


@dataclass
class Bot:
    """A running bot."""

    http: httpx.AsyncClient
    telegram: Telegram

    async def citizen(self) -> WebCitizen:
        """A new conversation in the web chat."""
        response = await self.http.post("/api/chat/conversations")
        assert response.status_code == 201
        return WebCitizen(self.http, response.json()["conversation"])

    def person(self, chat_id: int = 7_700_000_077) -> Person:
        """Somebody on Telegram."""
        return Person(self.telegram, chat_id)


@asynccontextmanager
async def running(settings: Settings, telegram: Telegram | None = None, port: int | None = None) -> AsyncIterator[Bot]:
    """A bot with these settings."""
    async with serving(create_app(settings), port) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        yield Bot(http, telegram or Telegram())


@pytest.fixture
async def bot(settings: Settings) -> AsyncIterator[Bot]:
    """A bot with the web chat only."""
    async with running(settings) as bot:
        yield bot


@pytest.fixture
async def telegram_url() -> AsyncIterator[tuple[Telegram, str]]:
    """An emulated Telegram and where it listens."""
    telegram = Telegram()
    async with serving(make_server(telegram)) as url:
        yield telegram, url


@pytest.fixture
def telegram_settings(settings: Settings, telegram_url: tuple[Telegram, str]) -> Settings:
    """Settings of a bot that polls the emulated Telegram."""
    return settings.model_copy(
        update={"telegram_bot_token": SecretStr(TOKEN), "telegram_api_base_url": telegram_url[1]}
    )


@pytest.fixture
async def polling_bot(telegram_settings: Settings, telegram_url: tuple[Telegram, str]) -> AsyncIterator[Bot]:
    """A bot that polls."""
    async with running(telegram_settings, telegram_url[0]) as bot:
        yield bot


@pytest.fixture
async def webhook_bot(telegram_settings: Settings, telegram_url: tuple[Telegram, str]) -> AsyncIterator[Bot]:
    """A bot with a webhook."""
    port = free_port()
    with_webhook = telegram_settings.model_copy(
        update={
            "telegram_webhook_url": f"http://127.0.0.1:{port}/telegram/webhook",
            "telegram_webhook_secret": SecretStr("s3cret-of-the-webhook"),
        }
    )
    async with running(with_webhook, telegram_url[0], port) as bot:
        yield bot
