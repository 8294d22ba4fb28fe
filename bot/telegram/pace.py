"""Telegram's limits for sending: about one message a second to a chat, with a small burst, and thirty over all."""

import asyncio
import time
from collections.abc import Callable

from telegram.constants import FloodLimit

CHAT_SECONDS = 1.0 / FloodLimit.MESSAGES_PER_SECOND_PER_CHAT
CHAT_BURST = 4
OVERALL_SECONDS = 1.0 / FloodLimit.MESSAGES_PER_SECOND
OVERALL_BURST = int(FloodLimit.MESSAGES_PER_SECOND)
"""A second's worth, as python-telegram-bot's own limiter has it: with less, what a short stall held up is never caught
up with while citizens write as fast as Telegram lets a bot answer."""
TRACKED_CHATS = 10_000


class _Slots:
    """Evenly spaced slots, of which `burst` may be used at once after a pause."""

    def __init__(self, spacing_seconds: float, burst: int) -> None:
        self._spacing = spacing_seconds
        self._slack = spacing_seconds * (burst - 1)
        self.free_at = 0.0

    def take(self, now: float) -> float:
        """Takes the next slot; returns the seconds until it."""
        wait = max(0.0, self.free_at - self._slack - now)
        self.free_at = max(self.free_at, now) + self._spacing
        return wait


class Pace:
    """When the next message may go out."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._chats: dict[str, _Slots] = {}
        self._overall = _Slots(OVERALL_SECONDS, OVERALL_BURST)

    async def wait(self, address: str) -> None:
        """Waits for a slot of this chat, then for one of all."""
        if len(self._chats) >= TRACKED_CHATS:
            now = self._monotonic()
            self._chats = {chat: slots for chat, slots in self._chats.items() if slots.free_at > now}
        chat = self._chats.setdefault(address, _Slots(CHAT_SECONDS, CHAT_BURST))
        await asyncio.sleep(chat.take(self._monotonic()))
        await asyncio.sleep(self._overall.take(self._monotonic()))
