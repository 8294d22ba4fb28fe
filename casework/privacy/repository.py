"""SQL of requests about one's own data."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.privacy.models import PrivacyRequest, Wish


async def add(session: AsyncSession, conversation_id: str, wish: Wish, due_at: datetime) -> None:
    """Keeps a request until it is done."""
    session.add(PrivacyRequest(conversation_id=conversation_id, wish=wish, due_at=due_at))
    await session.flush()


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[PrivacyRequest]:
    """The requests to do now, oldest first."""
    found = await session.scalars(
        select(PrivacyRequest).where(PrivacyRequest.due_at <= now).order_by(PrivacyRequest.due_at).limit(limit)
    )
    return found.all()


async def take(session: AsyncSession, request_id: int) -> bool:
    """Takes a request away to do it in this transaction; False if another has."""
    taken = await session.scalar(
        delete(PrivacyRequest).where(PrivacyRequest.id == request_id).returning(PrivacyRequest.id)
    )
    return taken is not None


async def waits(session: AsyncSession, conversation_id: str, wish: Wish) -> bool:
    """Whether such a request of the conversation waits."""
    found = await session.scalar(
        select(PrivacyRequest.id).where(PrivacyRequest.conversation_id == conversation_id, PrivacyRequest.wish == wish)
    )
    return found is not None
