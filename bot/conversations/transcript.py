"""SQL of the transcript. Writers hold the conversation's lock, so that ids of one conversation grow as they commit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.models import MESSAGES, Author, Message
from citizens.models import Conversation
from foundation.statements import Statement

TITLES_BEFORE = 20
"""How far back the title of a pressed button is looked for."""

_ADD = Statement(insert(MESSAGES).returning(MESSAGES.c.id))


async def add(
    session: AsyncSession,
    conversation_id: str,
    author: Author,
    text: str,
    now: datetime,
    *,
    inbox_id: int | None,
    body: dict[str, Any] | None = None,
    late: bool = False,
) -> int:
    """Adds one message; returns its id."""
    message_id: int = await _ADD.value(
        session,
        conversation_id=conversation_id,
        inbox_id=inbox_id,
        author=author,
        text=text,
        body=body,
        late=late,
        created_at=now,
    )
    return message_id


async def replies_to(session: AsyncSession, inbox_id: int) -> Sequence[Message]:
    """What was answered to an incoming message, in order."""
    found = await session.scalars(
        select(Message).where(Message.inbox_id == inbox_id, Message.author == Author.ASSISTANT).order_by(Message.id)
    )
    return found.all()


async def after(
    session: AsyncSession, conversation_id: str, message_id: int, limit: int, *, late_only: bool
) -> Sequence[Message]:
    """Up to `limit` messages later than `message_id`, in order; with `late_only` only those sent as events."""
    wanted = select(Message).where(Message.conversation_id == conversation_id, Message.id > message_id)
    if late_only:
        wanted = wanted.where(Message.late)
    return (await session.scalars(wanted.order_by(Message.id).limit(limit))).all()


async def last(session: AsyncSession, conversation_id: str, author: Author) -> Message | None:
    """The newest message of `author`."""
    return await session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.author == author)
        .order_by(Message.id.desc())
        .limit(1)
    )


async def before(session: AsyncSession, conversation_id: str, message_id: int, limit: int) -> Sequence[Message]:
    """The last `limit` messages before `message_id`, in order."""
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.id < message_id)
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return list(reversed(found.all()))


async def last_of_each(session: AsyncSession, conversation_ids: Sequence[str], author: Author) -> Sequence[Message]:
    """The newest message of `author` in each of these conversations, where there is one."""
    newest = (
        select(func.max(Message.id))
        .where(Message.conversation_id.in_(conversation_ids), Message.author == author)
        .group_by(Message.conversation_id)
    )
    return (await session.scalars(select(Message).where(Message.id.in_(newest)))).all()


async def recent_of_each(
    session: AsyncSession, conversation_ids: Sequence[str], author: Author, each: int
) -> Sequence[Message]:
    """The newest messages of `author` in each of these conversations, up to `each` of one, in order."""
    # The place from which on they are the newest is found in the index, however long a conversation is.
    inner = aliased(Message)
    newest = (
        select(inner.id)
        .where(inner.conversation_id == Conversation.id, inner.author == author)
        .order_by(inner.id.desc())
        .limit(each)
        .correlate(Conversation)
        .subquery()
    )
    first = select(func.min(newest.c.id)).scalar_subquery()
    found = await session.scalars(
        select(Message)
        .join_from(Conversation, Message, Message.conversation_id == Conversation.id)
        .where(Conversation.id.in_(conversation_ids), Message.author == author, Message.id >= first)
        .order_by(Message.id)
    )
    return found.all()


async def titles(session: AsyncSession, conversation_id: str, around: Sequence[Message]) -> dict[str, str]:
    """What the buttons said that were shown in these messages and shortly before them, by their ids."""
    earlier = await before(session, conversation_id, around[0].id, TITLES_BEFORE) if around else []
    return {
        button["payload"]: button["title"]
        for message in (*earlier, *around)
        for button in (message.body or {}).get("buttons", [])
    }
