"""The epidemic picture: tests and positivity. Each figure is defined here, once, in SQL.

- **tests**: results that hold (final or amended) and whose sample was tested, by the day of sampling in Baghdad.
- **positive**: those of them with the value positive.
- **positivity**: positive of positive and negative, in percent; inconclusive ones are no test of anything.
- **pending**: samples without a result yet.

Made-up results count only where they are asked for. A count from 1 to below `small` is not shown, nor what would give
it away: a small difference between two counts, and beside a single hidden one of a list the next smallest (of days:
among those of its week; of laboratories: among those of its governorate), because the sum is shown elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.results.models import ISSUED, Result, Status, Value

RESULTS = cast(Table, Result.__table__)
_TESTED = and_(RESULTS.c.status.in_(ISSUED), RESULTS.c.value != Value.REJECTED)


DEFINITIONS: Final[Mapping[str, str]] = {
    "tests": "نتائج نهائية أو مصححة لعينات فُحصت، بحسب يوم أخذ العينة في بغداد. الملغاة والعينات المرفوضة لا تُحسب.",
    "positive": "الفحوص التي نتيجتها موجبة.",
    "positivity": "الموجبة من مجموع الموجبة والسالبة، بالمئة. غير الحاسمة لا تدخل فيها.",
    "pending": "عينات لم تصدر نتيجتها بعد.",
    "small": "العدد من 1 إلى {most} لا يظهر، ولا ما يكشفه، حتى لا يُعرف أحد.",
}
"""What each figure means, as the pages say it."""


class Dimension(Enum):
    """By what figures are told apart."""

    DAY = "sampled_on"
    WEEK = "sampled_week"
    GOVERNORATE = "governorate"
    LABORATORY = "laboratory"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which results count; both days belong to the time."""

    since: date | None = None
    until: date | None = None
    governorate: str | None = None
    laboratory: str | None = None
    examples: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one day, week, governorate or laboratory (`key`; empty for all). None: too small to be shown.

    `positivity` is in percent, 0 to 100; None also where nothing was positive or negative.
    """

    key: str
    tests: int | None
    positive: int | None
    negative: int | None
    positivity: float | None
    pending: int | None


async def newest(session: AsyncSession) -> tuple[date | None, bool]:
    """The last day of sampling, None before the first; and whether nothing but made-up results has come yet."""
    for examples in (False, True):
        # Down an index to the first that fits, and not the greatest of all.
        last = select(RESULTS.c.sampled_on).where(RESULTS.c.example.is_(examples))
        if (found := await session.scalar(last.order_by(RESULTS.c.sampled_on.desc()).limit(1))) is not None:
            return found, examples
    return None, False


async def by(session: AsyncSession, dimension: Dimension | None, filters: Filters, *, small: int) -> Sequence[Figures]:
    """The figures by a dimension, in its order; with None one entry for all.

    Args:
        session: The session.
        dimension: By what.
        filters: Which results.
        small: Counts from 1 to below this are not shown.
    """
    key = None if dimension is None else RESULTS.c[dimension.value]
    asked = select(
        *([] if key is None else [key, _siblings(dimension)]),
        _count(_TESTED),
        _count(and_(_TESTED, RESULTS.c.value == Value.POSITIVE)),
        _count(and_(_TESTED, RESULTS.c.value == Value.NEGATIVE)),
        _count(RESULTS.c.status == Status.PENDING),
    ).where(*_conditions(filters))
    if key is not None:
        asked = asked.group_by(key).order_by(key)
    rows = [("", "", *row) if key is None else row for row in await session.execute(asked)]
    siblings: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        siblings.setdefault(str(row[1]), []).append(place)
    found = [_figures((row[0], *row[2:])) for row in rows]
    shown = list(found)
    for places in siblings.values():
        for place, each in zip(places, _hidden([found[one] for one in places], small), strict=True):
            shown[place] = each
    return shown


def _siblings(dimension: Dimension | None) -> ColumnElement[Any]:
    """What entries have in common whose sum is shown elsewhere."""
    if dimension is Dimension.DAY:
        return func.min(RESULTS.c.sampled_week)
    if dimension is Dimension.LABORATORY:
        return func.min(RESULTS.c.governorate)
    return literal("")


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [or_(_TESTED, RESULTS.c.status == Status.PENDING)]
    if filters.since is not None:
        conditions.append(RESULTS.c.sampled_on >= filters.since)
    if filters.until is not None:
        conditions.append(RESULTS.c.sampled_on <= filters.until)
    if filters.governorate is not None:
        conditions.append(RESULTS.c.governorate == filters.governorate)
    if filters.laboratory is not None:
        conditions.append(RESULTS.c.laboratory == filters.laboratory)
    if not filters.examples:
        conditions.append(RESULTS.c.example.is_(False))
    return conditions


def _figures(row: Sequence[Any]) -> Figures:
    key, tests, positive, negative, pending = row
    told = positive + negative
    share = round(100 * positive / told, 1) if told else None
    return Figures(str(key), int(tests), int(positive), int(negative), share, int(pending))


def _hidden(found: Sequence[Figures], small: int) -> Sequence[Figures]:
    """Hides small counts, then what would give a hidden one away."""
    tests = _with_second([each.tests or 0 for each in found], small)
    positive = _with_second([each.positive or 0 for each in found], small)
    pending = _with_second([each.pending or 0 for each in found], small)
    shown = []
    for each, hide_tests, hide_positive, hide_pending in zip(found, tests, positive, pending, strict=True):
        # One of two counts and their sum, or their share, gives the other.
        hide = hide_tests or hide_positive or _is_small(each.negative or 0, small)
        shown.append(
            replace(
                each,
                tests=None if hide_tests else each.tests,
                positive=None if hide else each.positive,
                negative=None if hide else each.negative,
                positivity=None if hide else each.positivity,
                pending=None if hide_pending else each.pending,
            )
        )
    return shown


def _with_second(counts: Sequence[int], small: int) -> list[bool]:
    hide = [_is_small(count, small) for count in counts]
    if sum(hide) == 1:
        others = [(count, place) for place, count in enumerate(counts) if not hide[place] and count > 0]
        if others:
            hide[min(others)[1]] = True
    return hide


def _is_small(count: int, small: int) -> bool:
    return 0 < count < small
