"""SQL over any column that holds encrypted values, for a change of keys."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute


async def page(
    session: AsyncSession,
    key: InstrumentedAttribute[Any],
    column: InstrumentedAttribute[Any],
    after: object | None,
    limit: int,
) -> Sequence[tuple[Any, bytes]]:
    """The next `limit` values with their keys, after the row `after`, in the order of the keys."""
    wanted = select(key, column).where(column.is_not(None)).order_by(key).limit(limit)
    if after is not None:
        wanted = wanted.where(key > after)
    return [(row[0], row[1]) for row in await session.execute(wanted)]


async def replace(
    session: AsyncSession,
    key: InstrumentedAttribute[Any],
    column: InstrumentedAttribute[Any],
    row_key: object,
    old: bytes,
    new: bytes,
) -> bool:
    """Puts another value in a row; False if it was changed meanwhile."""
    replaced = await session.scalar(
        update(key.class_).where(key == row_key, column == old).values({column: new}).returning(key)
    )
    return replaced is not None
