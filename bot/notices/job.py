"""Says waiting notices: in order, once, on whichever channel the citizen writes."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.conversations import repository as conversations
from bot.conversations.service import say
from bot.metrics import ERRORS
from bot.models import LaneKind
from bot.replies import Attachment, Reply, ReplyButton
from bot.signals import Signals, conversation_topic, lane_topic
from casework.dialogues.forms import Prompt
from casework.dialogues.wire import FILE, payload_of
from casework.notices import repository as notices
from casework.notices.service import read
from citizens.vault import service as vault
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys

LOOK_EVERY_SECONDS = 0.5
FAILURE_PAUSE_SECONDS = 5.0
BATCH = 50
"""Conversations at once."""

log = structlog.get_logger(__name__)


class NoticeJob:
    """Looks for notices in the database; any number of processes may."""

    def __init__(self, sessions: SessionFactory, signals: Signals, keys: DataKeys, clock: Clock) -> None:
        self._sessions = sessions
        self._signals = signals
        self._keys = keys
        self._clock = clock

    async def run(self) -> None:
        """Works until cancelled."""
        while True:
            try:
                said = await self.look()
            except (SQLAlchemyError, OSError) as error:
                ERRORS.labels("notices").inc()
                log.error("notices_failed", error=type(error).__name__)
                await asyncio.sleep(FAILURE_PAUSE_SECONDS)
                continue
            if said < BATCH:
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> int:
        """Says what waits in up to `BATCH` conversations; returns in how many."""
        async with self._sessions() as session:
            waiting = await notices.waiting(session, BATCH, self._clock())
        for conversation_id in waiting:
            await self._say(conversation_id)
        return len(waiting)

    async def _say(self, conversation_id: str) -> None:
        now = self._clock()
        async with transaction(self._sessions) as session:
            # Under the conversation's lock: another process that saw the same notices finds them said.
            await conversations.lock(session, conversation_id)
            found = await notices.of(session, conversation_id, now)
            if not found:
                return
            conversation = await conversations.get(session, conversation_id)
            replies = []
            for _, content in found:
                prompt = read(content, self._keys)
                conceal = vault.conceal_whole if prompt.personal else vault.conceal
                text = await conceal(session, conversation_id, prompt.text, self._keys, now)
                replies.append(_reply(text, prompt))
            await say(session, conversation_id, conversation.channel, replies, now, late=True)
            await notices.said(session, [number for number, _ in found], now)
        self._signals.notify(conversation_topic(conversation_id))
        self._signals.notify(lane_topic(LaneKind.SEND))


def _reply(text: str, prompt: Prompt) -> Reply:
    return Reply(
        text=text,
        buttons=[ReplyButton(title=choice.title, payload=payload_of(choice)) for choice in prompt.choices],
        attachments=[Attachment(name="", media_type="", url=f"{FILE}{file_id}") for file_id in prompt.files],
    )
