"""Pieces of SQL that both databases understand: seconds between two times, the hour in Baghdad, the middle value."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, extract, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from foundation.clock import BAGHDAD

HOURS_AHEAD = 3
"""Of Baghdad before UTC, all year."""


def is_sqlite(session: AsyncSession) -> bool:
    """Whether the database is SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def seconds(session: AsyncSession, later: ColumnElement[Any], earlier: ColumnElement[Any]) -> ColumnElement[float]:
    """Seconds from `earlier` to `later`."""
    if is_sqlite(session):
        return (func.julianday(later) - func.julianday(earlier)) * 86400.0
    return extract("epoch", later) - extract("epoch", earlier)  # type: ignore[return-value]


def hour(session: AsyncSession, at: ColumnElement[Any]) -> ColumnElement[int]:
    """The hour on the clock in Baghdad, 0 to 23."""
    if is_sqlite(session):
        return (extract("hour", at) + HOURS_AHEAD) % 24
    return extract("hour", func.timezone(BAGHDAD.key, at))


def middle(
    value: ColumnElement[Any] | InstrumentedAttribute[Any],
    conditions: Sequence[ColumnElement[bool]],
    by: ColumnElement[Any],
) -> Select[tuple[Any, int, float]]:
    """For each `by`: how many values there are, and their median; values that are NULL do not count."""
    given = select(by.label("by"), value.label("value")).where(*conditions).subquery()
    ranked = (
        select(
            given.c.by,
            given.c.value,
            func.row_number().over(partition_by=given.c.by, order_by=given.c.value).label("place"),
            func.count().over(partition_by=given.c.by).label("count"),
        )
        .where(given.c.value.is_not(None))
        .subquery()
    )
    twice = ranked.c.place * 2
    return (
        select(ranked.c.by, ranked.c.count, func.avg(ranked.c.value))
        .where(twice >= ranked.c.count, twice <= ranked.c.count + 2)
        .group_by(ranked.c.by, ranked.c.count)
    )
