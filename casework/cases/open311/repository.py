"""SQL of the cases that other systems read. Which cases a page holds is decided by an index on the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases.models import Case, Kind, State


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases; empty leaves a thing open. `until` is inclusive."""

    since: datetime
    until: datetime
    kinds: tuple[Kind, ...] = ()
    states: tuple[State, ...] = ()


async def page(session: AsyncSession, wanted: Wanted, number: int, size: int) -> Sequence[Case]:
    """Page `number` (from 1) of the cases, newest first."""
    statement = select(Case).where(Case.created_at >= wanted.since, Case.created_at <= wanted.until)
    if wanted.kinds:
        statement = statement.where(Case.kind.in_(wanted.kinds))
    if wanted.states:
        statement = statement.where(Case.state.in_(wanted.states))
    ordered = statement.order_by(Case.created_at.desc(), Case.id.desc())
    return (await session.scalars(ordered.limit(size).offset((number - 1) * size))).all()


async def by_numbers(session: AsyncSession, numbers: Sequence[str]) -> Sequence[Case]:
    """The cases of these tracking numbers, newest first."""
    found = await session.scalars(
        select(Case).where(Case.number.in_(numbers)).order_by(Case.created_at.desc(), Case.id.desc())
    )
    return found.all()
