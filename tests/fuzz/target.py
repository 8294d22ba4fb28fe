"""The bot on a real database, in a thread of its own, with a fake engine and an emulated Telegram at its borders."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from types import TracebackType
from typing import Any, Self, TypeVar
from unittest import mock
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import create_app
from bot.telegram.updates import bounded, update_id_of
from foundation.database import make_engine
from foundation.settings import Settings
from ops.ports import free_port
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import serving
from tests.fuzz.values import deep
from tests.telegram_emulator.server import make_server
from tests.telegram_emulator.state import SECRET_HEADER, TOKEN, Telegram

SECRET = "s3cret-of-the-webhook"
UNLIMITED = 1_000_000
ANSWER_SECONDS = 20.0
"""A request that is not answered by then hangs."""
SETTLE_SECONDS = 60.0
_T = TypeVar("_T")

_WAITING = (
    "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'queued') + (SELECT COUNT(*) FROM outbox WHERE state = 'queued')"
)
_COMPLAINTS = {
    "turn failed": "SELECT COALESCE(cause, 'retried') FROM inbox WHERE attempts > 0 OR failures > 0",
    "put aside by a turn": "SELECT cause FROM inbox WHERE state = 'quarantined' AND cause NOT LIKE 'unreadable: %'",
    "text without an answer": (
        "SELECT said.inbox_id FROM messages AS said WHERE said.author = 'citizen' AND said.body IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM messages AS reply WHERE reply.inbox_id = said.inbox_id AND reply.author = 'assistant')"
    ),
    "done twice": ("SELECT inbox_id FROM messages WHERE author = 'citizen' GROUP BY inbox_id HAVING COUNT(*) > 1"),
    "send refused": "SELECT cause FROM outbox WHERE state = 'failed' AND cause <> 'unreachable'",
    "send repeated": "SELECT cause FROM outbox WHERE attempts > 0",
}
"""What must give no row once everything has settled."""
_HARMLESS_ERRORS = frozenset({"update", "webhook_secret"})
"""Counted errors that are the sender's: an update that was put aside, a wrong secret."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The bot's answer to one request."""

    status: int
    body: bytes
    content_type: str

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


class Target:
    """Runs the bot for the length of a `with` block.

    Args:
        database_url: An empty, migrated database.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()
        self._accepted: set[str] = set()
        self._messages = 0
        self.engine = FakeEngine(poison="")
        self.telegram = Telegram()

    def __enter__(self) -> Self:
        self._thread.start()
        # Telegram's pace would make each input take a thirtieth of a second.
        self._pace = mock.patch.multiple("bot.telegram.pace", CHAT_SECONDS=0.0, OVERALL_SECONDS=0.0)
        self._pace.start()
        self._errors = _counted_errors()
        self.port = self._run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._stack.aclose())
        self._pace.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def ask(self, request: bytes) -> Answered | None:
        """Sends a whole request on a new connection; None if it was closed without an answer.

        Raises:
            TimeoutError: No answer.
        """
        with socket.create_connection(("127.0.0.1", self.port), ANSWER_SECONDS) as connection:
            # It may be refused before it was read to its end; the answer is there all the same.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(request)
            with HTTPResponse(connection, method=request.partition(b" ")[0].decode("latin-1")) as response:
                try:
                    response.begin()
                    kind = response.headers.get("content-type", "")
                    # A stream of events never ends.
                    body = b"" if kind.startswith("text/event-stream") else response.read()
                except (HTTPException, ConnectionResetError):
                    return None
                return Answered(response.status, body, kind)

    def webhook(self, body: bytes) -> Answered | None:
        """Delivers an update as Telegram does."""
        head = f"POST /telegram/webhook HTTP/1.1\r\nHost: t\r\n{SECRET_HEADER}: {SECRET}\r\nContent-Length: {len(body)}"
        answered = self.ask(head.encode() + b"\r\nConnection: close\r\n\r\n" + body)
        if answered is not None and answered.status == 200:
            self._accepted.add(_name_of(body))
        return answered

    def posted(self) -> None:
        """Notes a message that the chat API has answered."""
        self._messages += 1

    def complaints(self) -> Sequence[str]:
        """What went wrong so far, once everything has settled; nothing if all is well."""
        return self._run(self._complaints())

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _start(self) -> int:
        enter: Callable[..., Any] = self._stack.enter_async_context
        engine_url = await enter(serving(self.engine.app()))
        telegram_url = await enter(serving(make_server(self.telegram)))
        port = free_port()
        settings = Settings(
            _env_file=None,
            database_url=self._url,
            engine_url=engine_url,
            engine_token=SecretStr(self.engine.token),
            actions_port=urlsplit(engine_url).port or 0,
            data_keys=SecretStr(Fernet.generate_key().decode()),
            rate_limit_per_minute=UNLIMITED,
            new_conversations_per_minute=UNLIMITED,
            new_conversations_per_minute_per_address=UNLIMITED,
            telegram_bot_token=SecretStr(TOKEN),
            telegram_api_base_url=telegram_url,
            telegram_webhook_url=f"http://127.0.0.1:{port}/telegram/webhook",
            telegram_webhook_secret=SecretStr(SECRET),
        )
        await enter(serving(create_app(settings), port))
        self._database: AsyncEngine = make_engine(self._url)
        self._stack.push_async_callback(self._database.dispose)
        return port

    async def _complaints(self) -> list[str]:
        found = await self._settle()
        async with self._database.connect() as connection:
            for title, statement in _COMPLAINTS.items():
                rows = (await connection.execute(text(statement))).scalars().all()
                found += [f"{title}: {cause}" for cause in dict.fromkeys(rows)]
            stored = {
                row[0]: row[1]
                for row in await connection.execute(text("SELECT channel, COUNT(*) FROM inbox GROUP BY channel"))
            }
        if stored.get("telegram", 0) != len(self._accepted):
            found.append(f"{len(self._accepted)} updates were acknowledged, {stored.get('telegram', 0)} stored")
        if stored.get("web", 0) < self._messages:
            found.append(f"{self._messages} messages were answered, {stored.get('web', 0)} stored")
        return found + [
            f"error counted: {place}"
            for place, count in _counted_errors().items()
            if count > self._errors.get(place, 0) and place not in _HARMLESS_ERRORS
        ]

    async def _settle(self) -> list[str]:
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                while True:
                    async with self._database.connect() as connection:
                        left = await connection.scalar(text(_WAITING))
                    if not left:
                        return []
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return [f"{left} messages or replies never ended"]


def _name_of(body: bytes) -> str:
    with deep():
        update = bounded(json.loads(body))
        number = update_id_of(update)
        known = number is not None and abs(number) < 2**63
        return f"number {number}" if known else json.dumps(update, sort_keys=True)


def _counted_errors() -> dict[str, float]:
    return {
        next(iter(sample.labels.values())): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == "ur_errors_total"
    }
