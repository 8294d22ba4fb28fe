"""Calls to the Bot API, by python-telegram-bot; updates are fetched raw."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import structlog
import telegram
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.telegram.render import Part
from bot.telegram.updates import ALLOWED_UPDATES
from foundation.settings import Settings

POLL_SECONDS = 25
POLL_READ_SECONDS = POLL_SECONDS + 10.0
UPDATES_AT_ONCE = 100
CALL_SECONDS = 10.0
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
        self._request = HTTPXRequest(
            connection_pool_size=CONNECTIONS,
            read_timeout=CALL_SECONDS,
            write_timeout=CALL_SECONDS,
            connect_timeout=CALL_SECONDS,
            pool_timeout=CALL_SECONDS,
        )
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
            response = await self._polling.post(self._updates_url, json=query)
            answer = response.json()
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            raise PollError(0, 0.0) from error
        if not isinstance(answer, dict) or not answer.get("ok") or not isinstance(answer.get("result"), list):
            parameters = answer.get("parameters") if isinstance(answer, dict) else None
            wait = parameters.get("retry_after", 0) if isinstance(parameters, dict) else 0
            raise PollError(response.status_code, float(wait))
        updates: list[Any] = answer["result"]
        return updates

    async def send(self, address: str, part: Part, *, plain: bool) -> None:
        """Sends one part of a reply; `plain` leaves out all formatting. Raises `telegram.error.TelegramError`."""
        await self._bot.send_message(
            int(address),
            part.text,
            entities=None if plain or not part.entities else list(part.entities),
            reply_markup=part.keyboard,
        )

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
        await self._request.shutdown()  # the bot's own shutdown needs an initialisation, which needs Telegram


def as_timedelta(period: float | timedelta) -> timedelta:
    """A period of python-telegram-bot, which gives seconds or a timedelta by a switch in the environment."""
    return period if isinstance(period, timedelta) else timedelta(seconds=period)
