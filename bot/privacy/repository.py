"""SQL over everything that belongs to a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import INBOX, LANES, MESSAGES, OUTBOX, Author, Button, InboxState, Message, OutboxState
from citizens.models import Address, Conversation, VaultEntry
from citizens.vault.service import WHOLE_TEXT


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said in a conversation, in figures."""

    since: datetime
    own: int
    answers: int


async def talk(session: AsyncSession, conversation_id: str) -> Talk:
    """Since when, and how many lines of each side."""
    conversation = (await session.scalars(select(Conversation).where(Conversation.id == conversation_id))).one()
    found = await session.execute(
        select(Message.author, func.count()).where(Message.conversation_id == conversation_id).group_by(Message.author)
    )
    counts = {row[0]: int(row[1]) for row in found}
    own = counts.pop(Author.CITIZEN, 0)
    return Talk(conversation.created_at, own, sum(counts.values()))


async def identifiers(session: AsyncSession, conversation_id: str) -> Sequence[tuple[str, bytes]]:
    """Kinds and encrypted values of the identifiers that are kept."""
    found = await session.execute(
        select(VaultEntry.kind, VaultEntry.value)
        .where(VaultEntry.conversation_id == conversation_id, VaultEntry.kind != WHOLE_TEXT)
        .order_by(VaultEntry.kind, VaultEntry.used_at)
    )
    return [(kind, value) for kind, value in found]


async def lines(session: AsyncSession, conversation_id: str, after_id: int, limit: int) -> Sequence[Message]:
    """The next lines of the transcript."""
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.id > after_id)
        .order_by(Message.id)
        .limit(limit)
    )
    return found.all()


async def sends(session: AsyncSession, conversation_id: str) -> bool:
    """Whether a reply still waits to be delivered."""
    found = await session.scalar(
        select(OUTBOX.c.id)
        .where(OUTBOX.c.conversation_id == conversation_id, OUTBOX.c.state == OutboxState.QUEUED)
        .limit(1)
    )
    return found is not None


async def erase(session: AsyncSession, conversation_id: str) -> None:
    """Deletes a conversation, which the caller has locked.

    The numbers of its messages stay, without content or owner: a repeated update is still recognised. A turn that is
    being worked on loses its lane and changes nothing.
    """
    await session.execute(delete(LANES).where(LANES.c.conversation_id == conversation_id))
    await session.execute(delete(OUTBOX).where(OUTBOX.c.conversation_id == conversation_id))
    await session.execute(delete(MESSAGES).where(MESSAGES.c.conversation_id == conversation_id))
    await session.execute(
        update(INBOX)
        .where(INBOX.c.conversation_id == conversation_id)
        .values(conversation_id=None, raw=None, state=InboxState.DONE)
    )
    for table in (Button, VaultEntry, Address):
        await session.execute(delete(table).where(table.conversation_id == conversation_id))
    await session.execute(delete(Conversation).where(Conversation.id == conversation_id))
