"""SQL of the transcript. Writers hold the conversation's lock, so that ids of one conversation grow as they commit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import MESSAGES, Author, Message


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
    statement = insert(MESSAGES).values(
        conversation_id=conversation_id,
        inbox_id=inbox_id,
        author=author,
        text=text,
        body=body,
        late=late,
        created_at=now,
    )
    message_id: int = (await session.scalars(statement.returning(MESSAGES.c.id))).one()
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
