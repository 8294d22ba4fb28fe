"""Telegram as a whole: set up when it can be reached, polled or called, and sent to by one process at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from bot.commands import COMMANDS
from bot.incoming import Incoming
from bot.sentences import text_of
from bot.telegram.client import TelegramClient, as_timedelta
from bot.telegram.files import FileKeeper
from bot.telegram.updates import read
from foundation.settings import Settings

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0

log = structlog.get_logger(__name__)


class TelegramChannel:
    """See `bot.channels.ChannelPort`."""

    limits_turns = True

    def __init__(self, client: TelegramClient, files: FileKeeper) -> None:
        self._client = client
        self._files = files

    @property
    def own_link(self) -> str:
        """A link to the private chat with the bot."""
        return self._client.link

    def read(self, raw: dict[str, Any]) -> Incoming:
        """What a raw update says."""
        return read(raw)

    async def show_typing(self, address: str) -> None:
        """Shows that an answer is being written."""
        await self._client.show_typing(address)

    async def keep_file(self, conversation_id: str, incoming: Incoming) -> str:
        """Fetches the file from Telegram and stores it."""
        return await self._files.keep(conversation_id, incoming)


async def set_up(client: TelegramClient, settings: Settings) -> None:
    """Tells Telegram how updates are fetched and what the menu shows; repeats each step until Telegram is reached.

    A step that Telegram refuses is logged and left out, since the citizens' messages matter more than the menu.
    """
    await _until_reached("get_me", client.look_up_self)
    if settings.telegram_webhook_url is not None and settings.telegram_webhook_secret is not None:
        url, secret = settings.telegram_webhook_url, settings.telegram_webhook_secret.get_secret_value()
        await _until_reached("set_webhook", lambda: client.use_webhook(url, secret))
    else:
        await _until_reached("delete_webhook", client.use_polling)
    menu = [(name, text_of(f"command_{name}")) for name in COMMANDS]
    await _until_reached(
        "set_texts", lambda: client.set_texts(menu, text_of("description"), text_of("short_description"))
    )
    log.info("telegram_set_up", username=client.username)


async def _until_reached(step: str, call: Callable[[], Awaitable[None]]) -> None:
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            await call()
        except RetryAfter as error:
            await asyncio.sleep(as_timedelta(error.retry_after).total_seconds())
        except (TimedOut, NetworkError) as error:
            if type(error) not in (TimedOut, NetworkError):  # a bad request is a network error to the library
                log.error("telegram_refused", step=step, error=type(error).__name__)
                return
            log.warning("telegram_not_reached", step=step, pause_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        except TelegramError as error:
            log.error("telegram_refused", step=step, error=type(error).__name__)
            return
        else:
            return
