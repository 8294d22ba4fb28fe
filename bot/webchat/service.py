"""Taking a message from the web chat and waiting for its turn."""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import repository as conversations
from bot.conversations import transcript
from bot.conversations.service import say
from bot.inbox import repository as inbox
from bot.inbox.service import accept
from bot.metrics import RECEIVED
from bot.models import Author, InboxState, LaneKind, Message
from bot.ratelimit import Allowance, RateLimiter
from bot.replies import as_json
from bot.sentences import say as sentence
from bot.signals import Signals, lane_topic, wait_for_signal
from bot.webchat.body import Posted
from bot.webchat.errors import ApiError
from bot.webchat.newcomers import Newcomers
from bot.work import lanes
from casework.dialogues.wire import FILE
from casework.files import repository as files
from casework.handoffs import presence
from citizens import networks
from citizens.models import Channel
from citizens.vault.service import masked, reveal
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys

TOKEN_BYTES = 24
"""192 random bits: a conversation's token is all that protects it."""
LOOK_AGAIN_SECONDS = 0.3
"""How often to ask the database for a turn that another process may be working on."""
RETRY_AFTER_SECONDS = 20
TYPING_LASTS = timedelta(seconds=6)
"""How long a person counts as writing after the last letter."""
GONE = "ملف محذوف"


def address_of(token: str) -> str:
    """How a web chat token is stored: its hash, so that the database gives nobody a way in."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A stored message; `fresh` if it came for the first time."""

    item_id: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class WebChat:
    """The web chat's side of conversations."""

    sessions: SessionFactory
    signals: Signals
    clock: Clock
    limiter: RateLimiter
    keys: DataKeys
    wait_seconds: float
    newcomers: Newcomers
    _doors: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def open(self, address: str) -> str:
        """Begins a conversation for somebody at `address`; returns the token that gives access to it.

        Raises:
            ApiError: 429 if too many are begun.
        """
        await self.newcomers.admit(address, self.clock())
        token = secrets.token_urlsafe(TOKEN_BYTES)
        async with transaction(self.sessions) as session:
            network = networks.label(address, self.keys)
            await conversations.get_or_create(session, Channel.WEB, address_of(token), self.clock(), network)
        return token

    async def conversation(self, token: str) -> str:
        """The id of the conversation behind a token; raises `ApiError` 404 if there is none."""
        async with self.sessions() as session:
            found = await conversations.find(session, Channel.WEB, address_of(token))
        if found is None:
            raise ApiError(404, "unknown_conversation")
        return found

    def door(self, token: str) -> asyncio.Lock:
        """Held while a message comes in, so that quick messages of one conversation keep the order of their arrival."""
        return self._doors.setdefault(token, asyncio.Lock())

    async def accept(self, conversation_id: str, posted: Posted) -> Accepted:
        """Stores a message, or finds it if it came before.

        Raises:
            ApiError: 429 if the citizen writes too much, 404 if the conversation was deleted a moment ago.
        """
        external_id = f"{conversation_id}:{_message_name(posted.client_message_id)}"
        if posted.client_message_id is not None:
            async with self.sessions() as session:
                known = await inbox.find(session, Channel.WEB, external_id)
            if known is not None:
                return Accepted(known, fresh=False)
        now = self.clock()
        await self.count(conversation_id)
        if posted.file is not None:
            async with self.sessions() as session:
                if not await files.belongs(session, posted.file, conversation_id):
                    raise ApiError(400, "invalid_request")
        try:
            async with transaction(self.sessions) as session:
                item_id = await accept(session, Channel.WEB, conversation_id, external_id, posted.raw, self.keys, now)
                if item_id is None:  # the same message at the same time in another process
                    item_id = await inbox.find(session, Channel.WEB, external_id)
        except IntegrityError as error:
            raise ApiError(404, "unknown_conversation") from error
        if item_id is None:
            raise LookupError("the message was removed while it was being added")
        RECEIVED.labels(Channel.WEB.value).inc()
        self.signals.notify(lane_topic(LaneKind.TURN))
        return Accepted(item_id, fresh=True)

    async def count(self, conversation_id: str) -> None:
        """Counts a request of the citizen; raises `ApiError` 429 if there are too many."""
        if await self.limiter.hit(conversation_id, self.clock()) is not Allowance.GRANTED:
            raise ApiError(429, "rate_limited", {"Retry-After": str(RETRY_AFTER_SECONDS)})

    async def replies(self, conversation_id: str, accepted: Accepted, news: asyncio.Event) -> list[dict[str, Any]]:
        """Waits for the replies to a message.

        If the turn takes too long or the engine is away, they are the sentence that says that the message is kept; the
        answer then comes as an event.

        Args:
            conversation_id: Where it was posted.
            accepted: The message.
            news: Is set by news of the conversation (`conversation_topic`) since before the message was accepted.
        """
        give_up_at = self.clock().timestamp() + self.wait_seconds
        if accepted.fresh:
            await wait_for_signal(news, LOOK_AGAIN_SECONDS)
        while True:
            async with self.sessions() as session:
                item = await inbox.get(session, accepted.item_id)
                if item is None or item.state != InboxState.QUEUED or item.notified:
                    return await self._replies(session, conversation_id, accepted.item_id)
                blocked = await self._blocked(session, conversation_id)
            left = give_up_at - self.clock().timestamp()
            if blocked or left <= 0:
                return await self._answer_later(conversation_id, accepted.item_id, "kept" if blocked else "kept_slow")
            await wait_for_signal(news, min(left, LOOK_AGAIN_SECONDS))

    async def shown(self, session: AsyncSession, messages: Sequence[Message]) -> list[dict[str, Any]]:
        """Replies as the citizen sees them, vault tokens replaced by what they stand for."""
        lines = [
            as_json(message) | {"text": masked(await reveal(session, message.conversation_id, message.text, self.keys))}
            for message in messages
        ]
        attached = [one for line in lines for one in line["attachments"] if one["url"].startswith(FILE)]
        names = await files.names(session, [one["url"].removeprefix(FILE) for one in attached])
        for one in attached:
            one["name"], one["media_type"] = names.get(one["url"].removeprefix(FILE), (GONE, ""))
        return lines

    async def person_writes(self, session: AsyncSession, conversation_id: str) -> bool:
        """Whether the person who has the conversation is writing now."""
        at = await presence.agent_typing_at(session, conversation_id)
        return at is not None and self.clock() - at < TYPING_LASTS

    async def _blocked(self, session: AsyncSession, conversation_id: str) -> bool:
        """Whether an earlier message waits for the engine to come back, so that this one waits behind it."""
        waits = await lanes.waits(session, LaneKind.TURN, conversation_id, self.clock())
        return waits and await inbox.told_already(session, conversation_id)

    async def _answer_later(self, conversation_id: str, item_id: int, key: str) -> list[dict[str, Any]]:
        async with transaction(self.sessions) as session:
            await conversations.lock(session, conversation_id)
            if await inbox.mark_kept(session, item_id):
                await say(
                    session,
                    conversation_id,
                    Channel.WEB,
                    [sentence(key)],
                    self.clock(),
                    inbox_id=item_id,
                )
            return await self._replies(session, conversation_id, item_id)

    async def _replies(self, session: AsyncSession, conversation_id: str, item_id: int) -> list[dict[str, Any]]:
        replies = await transcript.replies_to(session, item_id)
        if not replies:
            # A double press has no answer of its own: what it repeats was answered a moment ago.
            newest = await transcript.last(session, conversation_id, Author.ASSISTANT)
            if newest is not None and newest.inbox_id is not None:
                replies = await transcript.replies_to(session, newest.inbox_id)
        return await self.shown(session, replies)


def _message_name(client_message_id: str | None) -> str:
    if client_message_id is None:
        return secrets.token_hex(16)
    return hashlib.sha256(client_message_id.encode("utf-8", "surrogatepass")).hexdigest()
