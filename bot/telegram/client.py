"""Calls to the Bot API, by python-telegram-bot; updates are fetched raw."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
import telegram
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.telegram.render import Part
from bot.telegram.request import LeanRequest, wire_to
from bot.telegram.updates import ALLOWED_UPDATES
from foundation.settings import Settings
from foundation.wire import WireError

POLL_SECONDS = 25
POLL_READ_SECONDS = POLL_SECONDS + 10.0
UPDATES_AT_ONCE = 100
CALL_SECONDS = 10.0
FILE_SECONDS = 30.0
"""For one step of sending or fetching a file over a slow line."""
CONNECTIONS = 64
WEBHOOK_CONNECTIONS = 40

log = structlog.get_logger(__name__)


class PollError(Exception):
    """Updates could not be fetched. `status` is Telegram's error code, 0 if it was not reached."""

    def __init__(self, status: int, retry_after_seconds: float) -> None:
        super().__init__(status)
        self.status = status
        self.retry_after_seconds = retry_after_seconds


class TelegramClient:
    """One bot's calls.

    Args:
        settings: Token and address of the Bot API server; the token must be set.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.telegram_bot_token is None:
            raise ValueError("TELEGRAM_BOT_TOKEN is not set")
        token = settings.telegram_bot_token.get_secret_value()
        base = settings.telegram_api_base_url.rstrip("/")
        self.bot_id = token.partition(":")[0][:32]
        self.username = ""
        self._wire = wire_to(base, CALL_SECONDS)
        self._request = LeanRequest(self._wire, CALL_SECONDS, CONNECTIONS)
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._updates_url = f"{base}/bot{token}/getUpdates"
        self._polling = httpx.AsyncClient(timeout=httpx.Timeout(CALL_SECONDS, read=POLL_READ_SECONDS))

    @property
    def link(self) -> str:
        """Opens a private chat with the bot; empty until Telegram was reached."""
        return f"https://t.me/{self.username}" if self.username else ""

    async def get_updates(self, offset: int | None) -> list[Any]:
        """Waits for updates and returns them raw; `offset` acknowledges all before it. Raises `PollError`."""
        query: dict[str, Any] = {
            "timeout": POLL_SECONDS,
            "limit": UPDATES_AT_ONCE,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if offset is not None:
            query["offset"] = offset
        try:
            status, body = await self._poll(json.dumps(query).encode())
            answer = json.loads(body)
        except (httpx.HTTPError, WireError, ValueError, RecursionError) as error:
            raise PollError(0, 0.0) from error
        if not isinstance(answer, dict) or not answer.get("ok") or not isinstance(answer.get("result"), list):
            parameters = answer.get("parameters") if isinstance(answer, dict) else None
            wait = parameters.get("retry_after", 0) if isinstance(parameters, dict) else 0
            raise PollError(status, float(wait))
        updates: list[Any] = answer["result"]
        return updates

    async def _poll(self, query: bytes) -> tuple[int, bytes]:
        if self._wire is not None:
            path = urlsplit(self._updates_url).path
            return await self._wire.call("POST", path, query, timeout_seconds=POLL_READ_SECONDS)
        kind = {"Content-Type": "application/json"}
        response = await self._polling.post(self._updates_url, content=query, headers=kind)
        return response.status_code, response.content

    async def send(self, address: str, part: Part, *, plain: bool) -> None:
        """Sends one part of a reply; `plain` leaves out all formatting. Raises `telegram.error.TelegramError`."""
        chat_id = int(address)
        entities = None if plain or not part.entities else list(part.entities)
        try:
            await self._bot.send_message(chat_id, part.text, entities=entities, reply_markup=part.keyboard)
        except (KeyError, TypeError) as error:
            # Telegram took it: only then is there an answer to read. Sending it again would go on for ever.
            log.warning("answer_not_understood", error=type(error).__name__)

    async def send_file(self, address: str, name: str, media_type: str, data: bytes) -> None:
        """Sends a file, images as photos. Raises `telegram.error.TelegramError`."""
        if media_type.startswith("image/"):
            await self._bot.send_photo(int(address), data, filename=name, write_timeout=FILE_SECONDS)
        else:
            await self._bot.send_document(int(address), data, filename=name, write_timeout=FILE_SECONDS)

    async def fetch(self, file_id: str, max_bytes: int) -> bytes | None:
        """The content of a file that a citizen sent; None if it is larger than `max_bytes`.

        Raises:
            telegram.error.TelegramError: Telegram does not give it.
        """
        file = await self._bot.get_file(file_id)
        if file.file_size is not None and file.file_size > max_bytes:
            return None
        data = bytes(await file.download_as_bytearray(read_timeout=FILE_SECONDS))
        return data if len(data) <= max_bytes else None

    async def answer_callback(self, callback_id: str) -> None:
        """Stops the button's spinner; never raises: a query that is too old needs no answer any more."""
        try:
            await self._bot.answer_callback_query(callback_id)
        except TelegramError as error:
            log.info("callback_not_answered", error=type(error).__name__)

    async def show_typing(self, address: str) -> None:
        """Shows that an answer is being written; never raises."""
        try:
            await self._bot.send_chat_action(int(address), ChatAction.TYPING)
        except TelegramError as error:
            log.info("typing_not_shown", error=type(error).__name__)

    async def look_up_self(self) -> None:
        """Learns the bot's user name."""
        self.username = (await self._bot.get_me()).username or ""

    async def use_webhook(self, url: str, secret: str) -> None:
        """Asks Telegram to deliver updates to `url`."""
        await self._bot.set_webhook(
            url, secret_token=secret, allowed_updates=list(ALLOWED_UPDATES), max_connections=WEBHOOK_CONNECTIONS
        )

    async def use_polling(self) -> None:
        """Asks Telegram to keep updates until they are fetched."""
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def set_texts(self, commands: Sequence[tuple[str, str]], description: str, short_description: str) -> None:
        """Sets the command menu and the texts of the bot's profile, for all languages and for Arabic."""
        menu = [telegram.BotCommand(name, text) for name, text in commands]
        for language in (None, "ar"):
            await self._bot.set_my_commands(menu, language_code=language)
            await self._bot.set_my_description(description, language_code=language)
            await self._bot.set_my_short_description(short_description, language_code=language)

    async def close(self) -> None:
        """Closes all connections."""
        await self._polling.aclose()
        if self._wire is not None:
            self._wire.close()
        await self._request.shutdown()  # the bot's own shutdown needs an initialisation, which needs Telegram


def as_timedelta(period: float | timedelta) -> timedelta:
    """A period of python-telegram-bot, which gives seconds or a timedelta by a switch in the environment."""
    return period if isinstance(period, timedelta) else timedelta(seconds=period)
