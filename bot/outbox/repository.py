"""SQL of the outbox."""

from datetime import datetime

from sqlalchemy import bindparam, func, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import CAUSE_MAX_CHARS, OUTBOX, Message, OutboxItem, OutboxState
from citizens.models import Address
from foundation.statements import Statement

_QUEUED = (OUTBOX.c.conversation_id == bindparam("of_conversation"), OUTBOX.c.state == literal_column("'queued'"))
"""Written out: an index that holds only what is queued is of no use for a state that is a parameter."""
_ADD = Statement(insert(OUTBOX))
_HEAD = (
    select(OutboxItem, Message, Address)
    .join(Message, Message.id == OutboxItem.message_id)
    .join(Address, Address.conversation_id == OutboxItem.conversation_id)
    .where(*_QUEUED)
    .order_by(OutboxItem.id)
    .limit(1)
)
_SENT = Statement(
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("of_id"))
    .values(state=OutboxState.SENT, parts_sent=bindparam("parts"), sent_at=bindparam("at"), cause=None)
)
_HAS_QUEUED = Statement(select(OUTBOX.c.id).where(*_QUEUED).limit(1))


async def add(session: AsyncSession, conversation_id: str, message_id: int, now: datetime) -> None:
    """Queues a message of the transcript."""
    await _ADD.rows(
        session, conversation_id=conversation_id, message_id=message_id, state=OutboxState.QUEUED, created_at=now
    )


async def head(session: AsyncSession, conversation_id: str) -> tuple[OutboxItem, Message, Address] | None:
    """The conversation's oldest unsent reply with its text and where it goes."""
    row = (await session.execute(_HEAD, {"of_conversation": conversation_id})).first()
    return None if row is None else (row[0], row[1], row[2])


async def part_sent(session: AsyncSession, item_id: int, parts_sent: int) -> None:
    """A part of a long reply has gone out."""
    await session.execute(update(OUTBOX).where(OUTBOX.c.id == item_id).values(parts_sent=parts_sent))


async def sent(session: AsyncSession, item_id: int, parts_sent: int, now: datetime) -> None:
    """The whole reply has gone out."""
    await _SENT.rows(session, of_id=item_id, parts=parts_sent, at=now)


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


async def failed_all(
    session: AsyncSession, conversation_id: str, cause: str, *, before: datetime | None = None
) -> None:
    """The citizen cannot be reached: nothing that is queued (before a moment) will go out."""
    queued = [OUTBOX.c.conversation_id == conversation_id, OUTBOX.c.state == OutboxState.QUEUED]
    if before is not None:
        queued.append(OUTBOX.c.created_at < before)
    await session.execute(update(OUTBOX).where(*queued).values(state=OutboxState.FAILED, cause=cause[:CAUSE_MAX_CHARS]))


async def has_queued(session: AsyncSession, conversation_id: str) -> bool:
    """Whether a reply of the conversation waits."""
    return await _HAS_QUEUED.row(session, of_conversation=conversation_id) is not None


async def depth(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many replies wait, and since when the oldest."""
    row = (
        await session.execute(
            select(func.count(), func.min(OutboxItem.created_at)).where(OutboxItem.state == OutboxState.QUEUED)
        )
    ).one()
    return row[0], row[1]
