"""SQL of conversations that more than the channels need."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from citizens.models import Conversation
from foundation.statements import Statement

_NETWORK = Statement(select(Conversation.network).where(Conversation.id == bindparam("of_conversation")))


async def by_engine_sender(session: AsyncSession, engine_sender: str) -> Conversation | None:
    """The conversation that the engine knows by this name, None if it was deleted."""
    return await session.scalar(select(Conversation).where(Conversation.engine_sender == engine_sender))


async def network_of(session: AsyncSession, conversation_id: str) -> bytes | None:
    """The network that a conversation was begun from (`citizens.networks`); None if it is not known."""
    network: bytes | None = await _NETWORK.value(session, of_conversation=conversation_id)
    return network
