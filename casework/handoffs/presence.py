"""SQL of who is writing just now."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs.models import HANDOFFS, State

_H = HANDOFFS.c


async def agent_types(session: AsyncSession, handoff_id: int, owner_id: str, now: datetime) -> str | None:
    """The owner is writing; returns the conversation, None if it is not theirs."""
    conversation: str | None = await session.scalar(
        update(HANDOFFS)
        .where(_H.id == handoff_id, _H.state == State.CLAIMED, _H.owner_id == owner_id)
        .values(agent_typing_at=now)
        .returning(_H.conversation_id)
    )
    return conversation


async def citizen_types(session: AsyncSession, conversation_id: str, now: datetime) -> bool:
    """The citizen is writing; False if no person listens."""
    found = await session.scalar(
        update(HANDOFFS)
        .where(_H.conversation_id == conversation_id, _H.state == State.CLAIMED)
        .values(citizen_typing_at=now)
        .returning(_H.id)
    )
    return found is not None


async def agent_typing_at(session: AsyncSession, conversation_id: str) -> datetime | None:
    """When the person of the conversation was last writing."""
    at: datetime | None = await session.scalar(
        select(_H.agent_typing_at).where(_H.conversation_id == conversation_id, _H.state == State.CLAIMED)
    )
    return at
