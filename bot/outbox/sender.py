"""Handing replies to Telegram: in order within a conversation, paced, repeated until their fate is known.

A send whose outcome is unknown (a timeout, a process that died before it noted the success) is repeated, so a citizen
may see a part twice; nothing is skipped.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import perf_counter

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.conversations import repository as conversations
from bot.conversations.service import lost
from bot.inbox import repository as inbox
from bot.metrics import SENDS, STAGE_SECONDS
from bot.models import Message, OutboxItem
from bot.outbox import repository as outbox
from bot.telegram.client import TelegramClient, as_timedelta
from bot.telegram.pace import Pace
from bot.telegram.render import Part, render
from bot.work import lanes
from bot.work.lanes import Claim
from casework.files.service import open_file
from citizens.models import Channel
from citizens.vault.service import reveal
from foundation import tracing
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
UNREACHABLE = "unreachable"
_CHAT_GONE = ("chat not found", "user is deactivated", "peer_id_invalid")
_HARMLESS = ("message is not modified", "query is too old")

log = structlog.get_logger(__name__)


class Sender:
    """Works on a conversation's outbox."""

    def __init__(
        self, client: TelegramClient, sessions: SessionFactory, keys: DataKeys, clock: Clock, pace: Pace
    ) -> None:
        self._client = client
        self._sessions = sessions
        self._keys = keys
        self._clock = clock
        self._pace = pace

    async def run(self, held: Claim) -> None:
        """Sends what is queued, until nothing is left or a wait is due.

        Raises:
            LeaseLostError: Another process has taken over.
        """
        while True:
            async with self._sessions() as session:
                found = await outbox.head(session, held.conversation_id)
                text = "" if found is None else await reveal(session, held.conversation_id, found[1].text, self._keys)
            if found is None:
                async with transaction(self._sessions) as session:
                    await lanes.hold(session, held)
                    if await self._goes_on(session, held):
                        continue
                return
            item, message, address = found
            if address.unreachable_since is not None:
                await self._blocked(held, self._clock())
                return
            with tracing.within(message.inbox_id), tracing.span("send", channel=Channel.TELEGRAM.value):
                more = await self._send(held, item, address.address, render(_signed(text, message), message.body or {}))
            if not more:
                return

    async def _send(self, held: Claim, item: OutboxItem, address: str, parts: Sequence[Part]) -> bool:
        """Sends the remaining parts of one reply; returns whether to go on with the next reply."""
        for number, part in enumerate(parts[item.parts_sent :], start=item.parts_sent + 1):
            await self._pace.wait(address)
            started, since = perf_counter(), self._clock()
            try:
                await self._deliver(address, part)
            except RetryAfter as error:
                await self._postpone(held, item, "429", as_timedelta(error.retry_after))
                return False
            except (Forbidden, ChatMigrated) as error:
                log.info("citizen_unreachable", error=type(error).__name__)
                return await self._blocked(held, since)
            except BadRequest as error:
                if any(sign in str(error).lower() for sign in _CHAT_GONE):
                    return await self._blocked(held, since)
                return await self._refused(held, item, str(error))
            except TelegramError as error:
                await self._postpone(held, item, type(error).__name__, _pause(item.attempts))
                return False
            STAGE_SECONDS.labels("send").observe(perf_counter() - started)
            SENDS.labels(Channel.TELEGRAM.value, "sent").inc()
            if number < len(parts):
                async with transaction(self._sessions) as session:
                    await lanes.hold(session, held)
                    await outbox.part_sent(session, item.id, number)
        async with transaction(self._sessions) as session:
            await lanes.hold(session, held)
            await outbox.sent(session, item.id, len(parts), self._clock())
            return await self._goes_on(session, held)

    async def _deliver(self, address: str, part: Part) -> None:
        if part.file is not None:
            async with self._sessions() as session:
                file = await open_file(session, part.file, self._keys)
            if file is not None:  # one that was deleted meanwhile is not missed
                await self._client.send_file(address, file.name, file.media_type, file.data)
            return
        try:
            await self._client.send(address, part, plain=False)
        except BadRequest as error:
            reason = str(error).lower()
            if any(sign in reason for sign in _HARMLESS):
                return
            if "entit" not in reason or not part.entities:
                raise
            log.warning("formatting_refused")
            await self._client.send(address, part, plain=True)

    async def _postpone(self, held: Claim, item: OutboxItem, cause: str, wait: timedelta) -> None:
        SENDS.labels(Channel.TELEGRAM.value, "postponed").inc()
        log.warning("send_postponed", cause=cause, seconds=wait.total_seconds())
        async with transaction(self._sessions) as session:
            await lanes.hold(session, held)
            await outbox.postponed(session, item.id, cause)
            await lanes.end(session, held, self._clock() + wait)

    async def _refused(self, held: Claim, item: OutboxItem, cause: str) -> bool:
        SENDS.labels(Channel.TELEGRAM.value, "refused").inc()
        log.error("send_refused", outbox_id=item.id, cause=cause)
        async with transaction(self._sessions) as session:
            await lanes.hold(session, held)
            await outbox.failed(session, item.id, cause)
            return await self._goes_on(session, held)

    async def _blocked(self, held: Claim, since: datetime) -> bool:
        """Telegram does not deliver to this citizen; returns whether to go on with what came after `since`."""
        SENDS.labels(Channel.TELEGRAM.value, UNREACHABLE).inc()
        conversation_id = held.conversation_id
        async with transaction(self._sessions) as session:
            await lanes.hold(session, held)
            await lost(session, conversation_id, Channel.TELEGRAM, self._clock())
            # Under the lock of the address: who wrote while Telegram was refusing can be written to.
            back = await inbox.came_since(session, conversation_id, since)
            if back:
                await conversations.set_back(session, conversation_id)
            await outbox.failed_all(session, conversation_id, UNREACHABLE, before=since if back else None)
            if back:
                return await self._goes_on(session, held)
            await lanes.end(session, held, None)
            return False

    async def _goes_on(self, session: AsyncSession, held: Claim) -> bool:
        """Under the lane's lock: whether another reply waits; if none does, the lane ends."""
        more = await outbox.has_queued(session, held.conversation_id)
        if not more:
            await lanes.end(session, held, None)
        return more


def _signed(text: str, message: Message) -> str:
    """A colleague's line with their name above it, as a title."""
    name = (message.body or {}).get("from")
    return f"{name}\n\n{text}" if name and text else text


def _pause(attempts: int) -> timedelta:
    return timedelta(seconds=min(FIRST_PAUSE_SECONDS * (1 << min(attempts, 16)), LONGEST_PAUSE_SECONDS))
