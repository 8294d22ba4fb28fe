"""The figures. Sample cases count only when they are asked for; suggestions never count as complaints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from casework.cases.models import Agent, Case, Kind, State

REPEATED: Final = (
    "Agents against whom at least {least} complaints were upheld in the period, by how many; a complaint belongs to "
    "the period in which it was decided, and a reopened one counts only when it is decided again."
)
HOT_SPOTS: Final = (
    "Complaints filed in the period and not withdrawn, by governorate, district and kind, with the citizens who joined "
    "them; those that most citizens have first."
)
RESOLUTION: Final = (
    "Median hours from filing to the decision, of complaints decided in the period, by governorate; a reopened one "
    "counts from its filing to its last decision."
)
BACKLOG: Final = (
    "Complaints and suggestions that nobody has decided yet, by governorate, and those of them that are past the "
    "deadline of their state."
)

ON_PAGES: Final[Mapping[str, str]] = {
    "repeated": "وكلاء ثبتت عليهم {least} شكاوى أو أكثر. تُحسب الشكوى في مدة قرارها، والمعاد فتحها بعد قرارها الجديد.",
    "hot_spots": "الشكاوى المقدمة في المدة بحسب المكان والموضوع مع من انضم إليها، عدا المسحوبة. الأكثر مواطنين أولاً.",
    "resolution": "الوسيط من التقديم إلى القرار، للشكاوى التي قُررت في المدة، بحسب المحافظة.",
    "backlog": "الشكاوى والمقترحات التي لم تُحسم بعد، وما تأخر منها عن موعده.",
}
"""The same definitions as the staff's pages say them. Merged cases count as the one that goes on."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to, not including, `until`. `governorates`: None for all. `sample`: sample cases count too."""

    since: datetime
    until: datetime
    governorates: tuple[str, ...] | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class RepeatedAgent:
    """An agent with several upheld complaints."""

    agent_id: int
    number: str
    name: str
    governorate: str
    district: str | None
    upheld: int
    citizens: int
    """Those who filed them and those who joined."""


@dataclass(frozen=True, slots=True)
class HotSpot:
    """What is complained of where."""

    governorate: str | None
    district: str | None
    kind: Kind
    complaints: int
    citizens: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """How long complaints take; `governorate` None: place unknown."""

    governorate: str | None
    decided: int
    median_hours: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits."""

    governorate: str | None
    open: int
    overdue: int


async def only_samples(session: AsyncSession) -> bool:
    """Whether no case but samples has come yet: as long as that is so, they count, to try the pages out."""
    return await session.scalar(select(Case.id).where(Case.sample.is_(False)).limit(1)) is None


async def repeated_agents(session: AsyncSession, period: Period, least: int, limit: int) -> Sequence[RepeatedAgent]:
    """`REPEATED`."""
    upheld = func.count()
    found = await session.execute(
        select(
            Agent.id,
            Agent.number,
            Agent.name,
            Agent.governorate,
            Agent.district,
            upheld,
            upheld + func.sum(Case.supporters),
        )
        .join(Case, Case.agent_id == Agent.id)
        .where(Case.outcome == State.UPHELD, _in(Case.decided_at, period), *_complaints(period))
        .group_by(Agent.id, Agent.number, Agent.name, Agent.governorate, Agent.district)
        .having(upheld >= least)
        .order_by(upheld.desc(), (upheld + func.sum(Case.supporters)).desc(), Agent.id)
        .limit(limit)
    )
    return [RepeatedAgent(*row) for row in found]


async def hot_spots(session: AsyncSession, period: Period, limit: int) -> Sequence[HotSpot]:
    """`HOT_SPOTS`."""
    complaints = func.count()
    found = await session.execute(
        select(Case.governorate, Case.district, Case.kind, complaints, complaints + func.sum(Case.supporters))
        .where(_in(Case.created_at, period), Case.state != State.WITHDRAWN, *_complaints(period))
        .group_by(Case.governorate, Case.district, Case.kind)
        .order_by((complaints + func.sum(Case.supporters)).desc(), Case.governorate, Case.district, Case.kind)
        .limit(limit)
    )
    return [HotSpot(*row) for row in found]


async def resolution(session: AsyncSession, period: Period) -> Sequence[Resolution]:
    """`RESOLUTION`."""
    # The middle row or two of each governorate: a median that both databases can tell.
    by = Case.governorate
    ranked = (
        select(
            by,
            Case.resolution_seconds.label("seconds"),
            func.row_number().over(partition_by=by, order_by=(Case.resolution_seconds, Case.id)).label("place"),
            func.count().over(partition_by=by).label("decided"),
        )
        .where(Case.resolution_seconds.is_not(None), _in(Case.decided_at, period), *_complaints(period))
        .subquery()
    )
    twice = ranked.c.place * 2
    found = await session.execute(
        select(ranked.c.governorate, ranked.c.decided, func.avg(ranked.c.seconds))
        .where(twice >= ranked.c.decided, twice <= ranked.c.decided + 2)
        .group_by(ranked.c.governorate, ranked.c.decided)
        .order_by(ranked.c.governorate)
    )
    return [Resolution(place, decided, round(float(seconds) / 3600, 1)) for place, decided, seconds in found]


async def backlog(session: AsyncSession, now: datetime, period: Period) -> Sequence[Backlog]:
    """`BACKLOG`; of the period only the places and the samples count."""
    late = func.sum(case((Case.due_at < now, 1), else_=0))
    found = await session.execute(
        select(Case.governorate, func.count(), late)
        .where(Case.due_at.is_not(None), *_counted(period))
        .group_by(Case.governorate)
        .order_by(late.desc(), func.count().desc(), Case.governorate)
    )
    return [Backlog(*row) for row in found]


def _in(
    column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], period: Period
) -> ColumnElement[bool]:
    return and_(column >= period.since, column < period.until)


def _counted(period: Period) -> list[ColumnElement[bool]]:
    # One that was merged is counted as the case that it became part of.
    # No index: nearly all are not merged, and SQLite would read them all by it.
    conditions: list[ColumnElement[bool]] = [(Case.merged_into + "").is_(None)]
    if not period.sample:
        conditions.append(Case.sample.is_(False))
    if period.governorates is not None:
        conditions.append(Case.governorate.in_(period.governorates))
    return conditions


def _complaints(period: Period) -> list[ColumnElement[bool]]:
    return [Case.kind != Kind.SUGGESTION, *_counted(period)]
