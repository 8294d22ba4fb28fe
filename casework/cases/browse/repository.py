"""SQL of the lists. They name no citizen and hold nothing encrypted; each row is read by an index of its filter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases.browse.filters import Filter, conditions, parts
from casework.cases.life import OPEN
from casework.cases.models import Agent, Case, CaseEvent, Kind, State
from foundation.database import UtcDateTime

PAGE_MAX = 200
COUNT_MAX = 1000
"""More than so many are not counted one by one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    id: int
    number: str
    kind: Kind
    state: State
    outcome: State | None
    governorate: str | None
    district: str | None
    agent_id: int | None
    agent_name: str | None
    assignee: str | None
    created_at: datetime
    due_at: datetime | None
    supporters: int
    escalations: int
    reopened: int
    rating: int | None
    version: int
    sample: bool


Place = tuple[datetime, int]
"""Where a page ends: the time by which the list runs (`created_at`, or `due_at` if late first), and the id."""

_COLUMNS = tuple(getattr(Case, name) for name in Row.__dataclass_fields__ if name != "agent_name")


async def newest(session: AsyncSession, wanted: Filter, limit: int, after: Place | None = None) -> Sequence[Row]:
    """A page of cases, newest first, after the row with that time and id."""
    after_it = () if after is None else (tuple_(Case.created_at, Case.id) < _place(after),)
    return await _read(session, wanted, after_it, limit, newest_first=True)


async def most_urgent(session: AsyncSession, wanted: Filter, limit: int, after: Place | None = None) -> Sequence[Row]:
    """A page of open cases, those due first before the others."""
    if wanted.states and set(wanted.states).isdisjoint(OPEN):
        return []
    wanted = replace(wanted, states=wanted.states or OPEN)
    after_it = () if after is None else (tuple_(Case.due_at, Case.id) > _place(after),)
    return await _read(session, wanted, after_it, limit, newest_first=False)


async def count(session: AsyncSession, wanted: Filter, at_most: int = COUNT_MAX + 1) -> int:
    """How many cases there are, up to `at_most`."""
    each = [select(Case.id).where(*conditions(one)).limit(at_most) for one in parts(wanted)]
    found = await session.scalar(select(func.count()).select_from(_all(each).limit(at_most).subquery()))
    return found or 0


async def of_agent(session: AsyncSession, agent_id: int, limit: int) -> Sequence[Row]:
    """An agent's history, newest first."""
    return await newest(session, Filter(agent_id=agent_id), limit)


async def last_events(session: AsyncSession, case_ids: Sequence[int]) -> dict[int, CaseEvent]:
    """The newest event of each case."""
    last = select(func.max(CaseEvent.id)).where(CaseEvent.case_id.in_(case_ids)).group_by(CaseEvent.case_id)
    found = await session.scalars(select(CaseEvent).where(CaseEvent.id.in_(last)))
    return {event.case_id: event for event in found}


async def _read(
    session: AsyncSession, wanted: Filter, more: Sequence[ColumnElement[bool]], limit: int, *, newest_first: bool
) -> Sequence[Row]:
    limit = min(limit, PAGE_MAX)
    order = (Case.created_at.desc(), Case.id.desc()) if newest_first else (Case.due_at, Case.id)
    # The ids by an index alone; then the few rows. Of several parts, each gives a page, and the first of all are taken.
    each = [
        select(Case.id).where(*conditions(one, newest_first=newest_first), *more).order_by(*order).limit(limit)
        for one in parts(wanted)
    ]
    statement = select(*_COLUMNS).where(Case.id.in_(_all(each))).order_by(*order).limit(limit)
    found = (await session.execute(statement)).mappings().all()
    # Joined in the statement, all agents might be read for one page.
    agents = {row["agent_id"] for row in found} - {None}
    named = await session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(agents))) if agents else ()
    names = {row.id: row.name for row in named}
    return [Row(**row, agent_name=names.get(row["agent_id"])) for row in found]


def _all(each: Sequence[Select[int]]) -> Select[int]:
    """The ids of all of them, each with its own order and limit."""
    if len(each) == 1:
        return each[0]
    together = union_all(*(select(one.subquery().c.id) for one in each)).subquery()
    return select(together.c.id)


def _place(after: Place) -> ColumnElement[Any]:
    at, case_id = after
    return tuple_(at, case_id, types=(UtcDateTime(), Case.id.type))
