"""SQL of notices."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from casework.notices.models import Notice


async def add(
    session: AsyncSession,
    conversation_id: str,
    key: str,
    content: bytes,
    now: datetime,
    not_before: datetime | None = None,
) -> bool:
    """Queues a notice; False if there is one of this key."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    added = await session.scalar(
        insert(Notice)
        .values(conversation_id=conversation_id, key=key, content=content, created_at=now, not_before=not_before)
        .on_conflict_do_nothing(index_elements=["conversation_id", "key"])
        .returning(Notice.id)
    )
    return added is not None


async def waiting(session: AsyncSession, limit: int, now: datetime) -> Sequence[str]:
    """Conversations in which notices wait that may be said now."""
    found = await session.scalars(
        select(Notice.conversation_id).where(Notice.said_at.is_(None), _may_be_said(now)).distinct().limit(limit)
    )
    return found.all()


async def of(session: AsyncSession, conversation_id: str, now: datetime) -> Sequence[tuple[int, bytes]]:
    """The notices that wait in a conversation and may be said now, oldest first."""
    found = await session.execute(
        select(Notice.id, Notice.content)
        .where(Notice.conversation_id == conversation_id, Notice.said_at.is_(None), _may_be_said(now))
        .order_by(Notice.id)
    )
    return [(number, content) for number, content in found if content is not None]


async def said(session: AsyncSession, ids: Sequence[int], now: datetime) -> None:
    """They were said; their content is erased."""
    await session.execute(update(Notice).where(Notice.id.in_(ids)).values(said_at=now, content=None))


async def withdraw(session: AsyncSession, keys: Sequence[str]) -> None:
    """Takes back what was not said yet."""
    await session.execute(delete(Notice).where(Notice.said_at.is_(None), Notice.key.in_(keys)))


async def forget_old(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> int:
    """Deletes notices made before `before`; returns how many."""
    old = select(Notice.id).where(Notice.created_at < before).order_by(Notice.created_at).limit(limit)
    ids = (await session.scalars(old)).all()
    if ids and not dry:
        await session.execute(delete(Notice).where(Notice.id.in_(ids)))
    return len(ids)


def _may_be_said(now: datetime) -> ColumnElement[bool]:
    return or_(Notice.not_before.is_(None), Notice.not_before <= now)
