"""Storing raw updates. When `store` has returned, the updates may be acknowledged to Telegram."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import repository as conversations
from bot.conversations.service import lost
from bot.inbox import repository as inbox
from bot.inbox.service import accept, seal
from bot.metrics import ERRORS, RECEIVED
from bot.models import InboxState, LaneKind
from bot.signals import Signals, lane_topic
from bot.telegram.client import TelegramClient
from bot.telegram.updates import UnreadableUpdateError, bounded, open_envelope, update_id_of
from citizens.models import Channel
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys

log = structlog.get_logger(__name__)


class Intake:
    """Stores what polling or the webhook received."""

    def __init__(
        self, client: TelegramClient, sessions: SessionFactory, signals: Signals, keys: DataKeys, clock: Clock
    ) -> None:
        self._client = client
        self._sessions = sessions
        self._signals = signals
        self._keys = keys
        self._clock = clock
        self._answering: set[asyncio.Task[None]] = set()

    async def store(self, updates: Sequence[object]) -> None:
        """Stores updates in one transaction; a repeated one changes nothing, an unreadable one is put aside.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: Nothing was stored; do not acknowledge.
        """
        callbacks: list[str] = []
        now = self._clock()
        async with transaction(self._sessions) as session:
            for raw in updates:
                callback_id = await self._store_one(session, bounded(raw), now)
                if callback_id is not None:
                    callbacks.append(callback_id)
        self._signals.notify(lane_topic(LaneKind.TURN))
        for callback_id in callbacks:
            task = asyncio.create_task(self._client.answer_callback(callback_id))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _store_one(self, session: AsyncSession, raw: object, now: datetime) -> str | None:
        external_id = self._external_id(raw)
        try:
            envelope = open_envelope(raw)
        except UnreadableUpdateError as error:
            stored = await inbox.add(
                session,
                Channel.TELEGRAM,
                external_id,
                now,
                conversation_id=None,
                raw=seal(raw, self._keys),
                state=InboxState.QUARANTINED,
                cause=f"unreadable: {error}",
            )
            if stored is not None:
                ERRORS.labels("update").inc()
                log.error("update_quarantined", inbox_id=stored, cause=str(error))
            return None
        address = str(envelope.chat_id)
        if envelope.chat_id is None or not envelope.asks:
            stored = await inbox.add(
                session, Channel.TELEGRAM, external_id, now, conversation_id=None, raw=None, state=InboxState.DONE
            )
            if stored is not None and envelope.reachable is not None:
                await self._set_reachable(session, address, now, reachable=envelope.reachable)
            return None
        conversation_id = await conversations.get_or_create(session, Channel.TELEGRAM, address, now)
        assert isinstance(raw, dict)  # noqa: S101  # it had an envelope
        stored = await accept(session, Channel.TELEGRAM, conversation_id, external_id, raw, self._keys, now)
        if stored is None:
            return None
        RECEIVED.labels(Channel.TELEGRAM.value).inc()
        # Whoever writes can be written to.
        await conversations.set_reachable(session, Channel.TELEGRAM, address)
        return envelope.callback_id

    async def _set_reachable(self, session: AsyncSession, address: str, now: datetime, *, reachable: bool) -> None:
        if reachable:
            await conversations.set_reachable(session, Channel.TELEGRAM, address)
            return
        conversation_id = await conversations.find(session, Channel.TELEGRAM, address)
        if conversation_id is not None:
            await lost(session, conversation_id, Channel.TELEGRAM, now)

    def _external_id(self, raw: object) -> str:
        number = update_id_of(raw)
        if number is not None and abs(number) < 2**63:
            return f"{self._client.bot_id}:{number}"
        digest = hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()
        return f"{self._client.bot_id}:unreadable:{digest}"
