"""Saying something to a citizen: transcript, buttons and, where the channel has to be called, the outbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import buttons, transcript
from bot.models import Author, Channel, LaneKind
from bot.outbox import repository as outbox
from bot.replies import Reply
from bot.work import lanes

CHANNELS_CALLED = frozenset({Channel.TELEGRAM})
"""Channels that do not come and read, but are called."""


async def say(
    session: AsyncSession,
    conversation_id: str,
    channel: str,
    replies: Sequence[Reply],
    now: datetime,
    *,
    inbox_id: int | None = None,
    late: bool = False,
) -> None:
    """Adds `replies` to the conversation, which the caller has locked (`conversations.repository.lock`)."""
    await buttons.remember(
        session, conversation_id, (button.payload for reply in replies for button in reply.buttons), now
    )
    for reply in replies:
        body = {
            "buttons": [
                {"title": button.title, "payload": buttons.button_id(conversation_id, button.payload)}
                for button in reply.buttons
            ],
            "attachments": [attachment.model_dump() for attachment in reply.attachments],
        }
        message_id = await transcript.add(
            session, conversation_id, Author.ASSISTANT, reply.text, now, inbox_id=inbox_id, body=body, late=late
        )
        if channel in CHANNELS_CALLED:
            await outbox.add(session, conversation_id, message_id, now)
    if replies and channel in CHANNELS_CALLED:
        await lanes.add_work(session, LaneKind.SEND, conversation_id, now)
