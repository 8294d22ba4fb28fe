"""SQL of the outbox."""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import CAUSE_MAX_CHARS, OUTBOX, Address, Message, OutboxItem, OutboxState


async def add(session: AsyncSession, conversation_id: str, message_id: int, now: datetime) -> None:
    """Queues a message of the transcript."""
    await session.execute(
        insert(OUTBOX).values(
            conversation_id=conversation_id, message_id=message_id, state=OutboxState.QUEUED, created_at=now
        )
    )


async def head(session: AsyncSession, conversation_id: str) -> tuple[OutboxItem, Message, Address] | None:
    """The conversation's oldest unsent reply with its text and where it goes."""
    found = await session.execute(
        select(OutboxItem, Message, Address)
        .join(Message, Message.id == OutboxItem.message_id)
        .join(Address, Address.conversation_id == OutboxItem.conversation_id)
        .where(OutboxItem.conversation_id == conversation_id, OutboxItem.state == OutboxState.QUEUED)
        .order_by(OutboxItem.id)
        .limit(1)
    )
    row = found.first()
    return None if row is None else (row[0], row[1], row[2])


async def part_sent(session: AsyncSession, item_id: int, parts_sent: int) -> None:
    """A part of a long reply has gone out."""
    await session.execute(update(OUTBOX).where(OUTBOX.c.id == item_id).values(parts_sent=parts_sent))


async def sent(session: AsyncSession, item_id: int, parts_sent: int, now: datetime) -> None:
    """The whole reply has gone out."""
    await session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == item_id)
        .values(state=OutboxState.SENT, parts_sent=parts_sent, sent_at=now, cause=None)
    )


async def postponed(session: AsyncSession, item_id: int, cause: str) -> None:
    """The reply stays queued for another try."""
    await session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == item_id)
        .values(attempts=OUTBOX.c.attempts + 1, cause=cause[:CAUSE_MAX_CHARS])
    )


async def failed(session: AsyncSession, item_id: int, cause: str) -> None:
    """The channel will never take this reply."""
    await session.execute(
        update(OUTBOX).where(OUTBOX.c.id == item_id).values(state=OutboxState.FAILED, cause=cause[:CAUSE_MAX_CHARS])
    )


async def failed_all(session: AsyncSession, conversation_id: str, cause: str) -> None:
    """The citizen cannot be reached: nothing that is queued will go out."""
    await session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.conversation_id == conversation_id, OUTBOX.c.state == OutboxState.QUEUED)
        .values(state=OutboxState.FAILED, cause=cause[:CAUSE_MAX_CHARS])
    )


async def has_queued(session: AsyncSession, conversation_id: str) -> bool:
    """Whether a reply of the conversation waits."""
    found = await session.scalar(
        select(OUTBOX.c.id)
        .where(OUTBOX.c.conversation_id == conversation_id, OUTBOX.c.state == OutboxState.QUEUED)
        .limit(1)
    )
    return found is not None


async def depth(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many replies wait, and since when the oldest."""
    row = (
        await session.execute(
            select(func.count(), func.min(OutboxItem.created_at)).where(OutboxItem.state == OutboxState.QUEUED)
        )
    ).one()
    return row[0], row[1]
