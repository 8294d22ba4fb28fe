"""SQL of conversations and their addresses."""

import secrets
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import ADDRESSES
from citizens.models import Address, Channel, Conversation
from foundation.statements import Statement

_AT = (ADDRESSES.c.channel == bindparam("of_channel"), ADDRESSES.c.address == bindparam("of_address"))
_FIND = Statement(select(ADDRESSES.c.conversation_id).where(*_AT))
_REACHABLE = Statement(
    update(ADDRESSES).where(*_AT, ADDRESSES.c.unreachable_since.is_not(None)).values(unreachable_since=None),
    # Written always, for its lock: a send that is being refused at this moment must wait until what came can be
    # seen (`bot.outbox.sender`). On SQLite a writing transaction is alone.
    on_postgresql=update(ADDRESSES).where(*_AT).values(unreachable_since=None),
)


async def get_or_create(
    session: AsyncSession, channel: Channel, address: str, now: datetime, network: bytes | None = None
) -> str:
    """The id of the conversation at `address`; safe against another process that makes it at the same time.

    `network` (`citizens.networks`) is kept with one that is made.
    """
    found = await find(session, channel, address)
    if found is not None:
        return found
    conversation_id = await _create(session, channel, now, network)
    upsert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(
        upsert(Address)
        .values(conversation_id=conversation_id, channel=channel, address=address)
        .on_conflict_do_nothing(index_elements=["channel", "address"])
    )
    kept = await find(session, channel, address)
    if kept is None:
        raise LookupError("the address was removed while it was being added")
    if kept != conversation_id:
        await session.execute(delete(Conversation).where(Conversation.id == conversation_id))
    return kept


async def _create(session: AsyncSession, channel: Channel, now: datetime, network: bytes | None) -> str:
    conversation_id = secrets.token_hex(16)
    await session.execute(
        insert(Conversation).values(
            id=conversation_id,
            channel=channel,
            engine_sender=secrets.token_hex(16),
            created_at=now,
            network=network,
        )
    )
    return conversation_id


async def find(session: AsyncSession, channel: Channel, address: str) -> str | None:
    """The id of the conversation at `address`."""
    found: str | None = await _FIND.value(session, of_channel=channel, of_address=address)
    return found


async def get(session: AsyncSession, conversation_id: str) -> Conversation:
    """The conversation; raises `sqlalchemy.exc.NoResultFound` if there is none."""
    return (await session.scalars(select(Conversation).where(Conversation.id == conversation_id))).one()


async def lock(session: AsyncSession, conversation_id: str) -> None:
    """Locks the conversation until the transaction ends: its transcript is written by one at a time."""
    if session.get_bind().dialect.name == "sqlite":  # a writing transaction is alone there
        return
    await session.scalar(
        select(Conversation.id).where(Conversation.id == conversation_id).with_for_update(key_share=True)
    )


async def address_of(session: AsyncSession, conversation_id: str) -> Address | None:
    """Where the conversation is reached."""
    return await session.scalar(select(Address).where(Address.conversation_id == conversation_id))


async def set_reachable(session: AsyncSession, channel: Channel, address: str) -> None:
    """The citizen can be written to again."""
    await _REACHABLE.rows(session, of_channel=channel, of_address=address)


async def set_back(session: AsyncSession, conversation_id: str) -> None:
    """The citizen can be written to after all."""
    await session.execute(
        update(Address).where(Address.conversation_id == conversation_id).values(unreachable_since=None)
    )


async def set_unreachable(session: AsyncSession, conversation_id: str, now: datetime) -> bool:
    """The citizen has blocked the bot, or is gone; returns whether that is news."""
    changed = await session.scalar(
        update(Address)
        .where(Address.conversation_id == conversation_id, Address.unreachable_since.is_(None))
        .values(unreachable_since=now)
        .returning(Address.conversation_id)
    )
    return changed is not None
