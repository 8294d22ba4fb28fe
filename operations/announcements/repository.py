"""SQL of the emergency notice."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from operations.announcements.models import Announcement, Shown


async def coming(session: AsyncSession, now: datetime) -> Sequence[Announcement]:
    """Those that hold now or will, the latest first."""
    wanted = select(Announcement).where(Announcement.ends_at > now)
    return (await session.scalars(wanted.order_by(Announcement.starts_at.desc(), Announcement.id.desc()))).all()


async def past(session: AsyncSession, now: datetime, limit: int) -> Sequence[Announcement]:
    """Those that are over, the latest first."""
    wanted = select(Announcement).where(Announcement.ends_at <= now).order_by(Announcement.ends_at.desc()).limit(limit)
    return (await session.scalars(wanted)).all()


async def add(session: AsyncSession, announcement: Announcement) -> int:
    """Adds one; its number."""
    session.add(announcement)
    await session.flush()
    return announcement.id


async def end(session: AsyncSession, announcement_id: int, now: datetime) -> bool:
    """Ends one now; False if it is over already, or there is none."""
    ended = await session.scalar(
        update(Announcement)
        .where(Announcement.id == announcement_id, Announcement.ends_at > now)
        .values(ends_at=now)
        .returning(Announcement.id)
    )
    return ended is not None


async def first_today(session: AsyncSession, announcement_id: int, conversation_id: str, today: date) -> bool:
    """Notes that a conversation sees it; False if it has seen it today."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Shown).values(day=today, announcement_id=announcement_id, conversation_id=conversation_id)
    noted = await session.scalar(statement.on_conflict_do_nothing().returning(Shown.announcement_id))
    return noted is not None


async def forget_shown(session: AsyncSession, before: date) -> None:
    """Forgets who saw what on earlier days."""
    await session.execute(delete(Shown).where(Shown.day < before))
