"""Office hours: when people answer, on the clock of Baghdad."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs.models import Holiday, OfficeDay
from foundation.clock import BAGHDAD, in_baghdad

LOOK_AHEAD_DAYS = 30
DAY_MINUTES = 24 * 60
DEFAULT_WEEK: Mapping[int, tuple[int, int]] = dict.fromkeys((6, 0, 1, 2, 3), (8 * 60, 15 * 60))
"""Sunday to Thursday, 8:00 to 15:00: the government's working hours."""
WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The office's week (minutes after midnight by weekday, Monday is 0) and its holidays."""

    week: Mapping[int, tuple[int, int]]
    holidays: Mapping[date, str]

    def is_open(self, now: datetime) -> bool:
        """Whether people answer at `now`."""
        there = in_baghdad(now)
        hours = self._hours(there.date())
        minute = there.hour * 60 + there.minute
        return hours is not None and hours[0] <= minute < hours[1]

    def opens_next(self, now: datetime) -> datetime | None:
        """When the office opens next after `now`; None if not within a month."""
        there = in_baghdad(now)
        for ahead in range(LOOK_AHEAD_DAYS):
            day = there.date() + timedelta(days=ahead)
            hours = self._hours(day)
            if hours is None:
                continue
            opens = datetime.combine(day, time(hours[0] // 60, hours[0] % 60), BAGHDAD)
            if opens > now:
                return opens
        return None

    def _hours(self, day: date) -> tuple[int, int] | None:
        return None if day in self.holidays else self.week.get(day.weekday())


async def calendar(session: AsyncSession) -> Calendar:
    """The office's calendar as it is stored."""
    rows = (await session.scalars(select(OfficeDay))).all()
    week = {row.weekday: (row.opens, row.closes) for row in rows} or DEFAULT_WEEK
    return Calendar(week, {holiday.day: holiday.name for holiday in await holidays(session)})


async def holidays(session: AsyncSession) -> Sequence[Holiday]:
    """All holidays, in order."""
    return (await session.scalars(select(Holiday).order_by(Holiday.day))).all()


async def put_week(session: AsyncSession, week: Mapping[int, tuple[int, int]]) -> None:
    """Replaces the week.

    Raises:
        ValueError: No day is open, or a day closes before it opens.
    """
    for opens, closes in week.values():
        if not 0 <= opens < closes <= DAY_MINUTES:
            raise ValueError("وقت الإغلاق قبل وقت الفتح.")
    if not week:
        raise ValueError("اختر يوماً واحداً على الأقل.")
    await session.execute(delete(OfficeDay))
    await session.execute(
        insert(OfficeDay),
        [{"weekday": weekday, "opens": opens, "closes": closes} for weekday, (opens, closes) in week.items()],
    )


async def add_holiday(session: AsyncSession, day: date, name: str) -> None:
    """Adds a holiday, or renames it."""
    await session.merge(Holiday(day=day, name=name))
    await session.flush()


async def remove_holiday(session: AsyncSession, day: date) -> None:
    """The office is open on that day after all."""
    await session.execute(delete(Holiday).where(Holiday.day == day))


def show_opening(opens: datetime) -> str:
    """The opening as citizens read it: «الأحد 2026/11/29، الساعة 8:00»."""
    there = in_baghdad(opens)
    return f"{WEEKDAYS[there.weekday()]} {there.year}/{there.month:02d}/{there.day:02d}، الساعة {there.hour}:{there:%M}"
