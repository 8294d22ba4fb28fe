"""Saying something to a citizen: transcript, buttons and, where the channel has to be called, the outbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import buttons, repository, transcript
from bot.models import Author, LaneKind
from bot.outbox import repository as outbox
from bot.replies import Reply
from bot.work import lanes
from casework.dialogues.wire import SHARE
from citizens.models import Channel
from operations.events import service as events

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
    author: Author = Author.ASSISTANT,
    extra: Mapping[str, str] | None = None,
) -> int:
    """Adds `replies` to the conversation, which the caller has locked (`conversations.repository.lock`).

    Args:
        session: The caller's transaction.
        conversation_id: Where.
        channel: Its channel.
        replies: What is said, in order.
        now: The present moment.
        inbox_id: The message that is answered.
        late: Nobody waits for it in an open request: it goes out as an event.
        author: Who says it.
        extra: More of the body: `from`, a colleague's name; `speaker`, who answers from then on.

    Returns:
        The id of the last line, 0 if there are no replies.
    """
    message_id = 0
    payloads = [button.payload for reply in replies for button in reply.buttons]
    await buttons.remember(
        session, conversation_id, (payload for payload in payloads if not payload.startswith(SHARE)), now
    )
    for reply in replies:
        body = {
            "buttons": [
                {"title": button.title, "payload": _as_shown(conversation_id, button.payload)}
                for button in reply.buttons
            ],
            "attachments": [attachment.model_dump() for attachment in reply.attachments],
            **(extra or {}),
        }
        message_id = await transcript.add(
            session, conversation_id, author, reply.text, now, inbox_id=inbox_id, body=body, late=late
        )
        if channel in CHANNELS_CALLED:
            await outbox.add(session, conversation_id, message_id, now)
    if replies and channel in CHANNELS_CALLED:
        await lanes.add_work(session, LaneKind.SEND, conversation_id, now)
    return message_id


async def lost(session: AsyncSession, conversation_id: str, channel: Channel, now: datetime) -> None:
    """The citizen has blocked the bot, or is gone: nothing more is sent until a message comes."""
    if await repository.set_unreachable(session, conversation_id, now):
        await events.add(session, "citizen.unreachable", f"channel/{channel.value}", {"channel": channel.value}, now)


def _as_shown(conversation_id: str, payload: str) -> str:
    return payload if payload.startswith(SHARE) else buttons.button_id(conversation_id, payload)
