"""SQL of the keys."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from operations.apikeys.models import ApiKey

MINUTE = timedelta(seconds=60)


async def add(session: AsyncSession, key: ApiKey) -> None:
    """Stores a new key."""
    session.add(key)
    await session.flush()


async def get(session: AsyncSession, prefix: str) -> ApiKey | None:
    """The key with this prefix, revoked or not."""
    return await session.get(ApiKey, prefix)


async def named(session: AsyncSession, name: str) -> ApiKey | None:
    """The key with this name, revoked or not."""
    return await session.scalar(select(ApiKey).where(ApiKey.name == name))


async def every(session: AsyncSession) -> Sequence[ApiKey]:
    """All keys by name."""
    return (await session.scalars(select(ApiKey).order_by(ApiKey.name))).all()


async def revoke(session: AsyncSession, name: str, now: datetime) -> str | None:
    """Revokes a key; its prefix, None if there is none that works."""
    revoked: str | None = await session.scalar(
        update(ApiKey)
        .where(ApiKey.name == name, ApiKey.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ApiKey.prefix)
    )
    return revoked


async def count(session: AsyncSession, prefix: str, now: datetime) -> tuple[int, datetime]:
    """Counts a request of the key.

    Returns:
        How many there were in its present minute, this one included, and when that minute began.
    """
    running = ApiKey.minute_began_at > now - MINUTE
    counted = await session.execute(
        update(ApiKey)
        .where(ApiKey.prefix == prefix)
        .values(
            minute_count=case((running, ApiKey.minute_count + 1), else_=1),
            minute_began_at=case((running, ApiKey.minute_began_at), else_=now),
        )
        .returning(ApiKey.minute_count, ApiKey.minute_began_at)
        .execution_options(synchronize_session=False)
    )
    number, began = counted.one()
    return number, began or now
