"""Office hours, canned replies, drafts."""

from datetime import UTC, date, datetime

import pytest

from casework.handoffs import canned, hours
from casework.handoffs.hours import DEFAULT_WEEK, Calendar
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction

CALENDAR = Calendar(DEFAULT_WEEK, {date(2026, 11, 24): "عطلة"})


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2026, 11, 23, 4, 59, tzinfo=UTC), False),  # Monday 7:59 in Baghdad
        (datetime(2026, 11, 23, 5, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 11, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), False),  # the holiday
        (datetime(2026, 11, 27, 9, 0, tzinfo=UTC), False),  # Friday
        (datetime(2026, 11, 29, 9, 0, tzinfo=UTC), True),  # Sunday
    ],
)
def test_the_office_is_open_in_its_hours(at: datetime, is_open: bool) -> None:
    assert CALENDAR.is_open(at) is is_open


def test_the_next_opening_leaps_over_holidays() -> None:
    opens = CALENDAR.opens_next(datetime(2026, 11, 23, 13, 0, tzinfo=UTC))
    assert opens is not None
    assert hours.show_opening(opens) == "الأربعاء 2026/11/25، الساعة 8:00"
    assert Calendar({}, {}).opens_next(utc_now()) is None


async def test_the_calendar_is_kept(sessions: SessionFactory) -> None:
    async with transaction(sessions) as session:
        assert (await hours.calendar(session)).week == DEFAULT_WEEK
        await hours.put_week(session, {5: (600, 720)})
        await hours.add_holiday(session, date(2026, 12, 1), "يوم")
        await hours.add_holiday(session, date(2026, 12, 1), "يوم النصر")
        kept = await hours.calendar(session)
        assert (kept.week, kept.holidays) == ({5: (600, 720)}, {date(2026, 12, 1): "يوم النصر"})
        with pytest.raises(ValueError, match="الإغلاق"):
            await hours.put_week(session, {5: (720, 600)})


async def test_canned_replies_fill_their_variables(sessions: SessionFactory) -> None:
    now = utc_now()
    async with transaction(sessions) as session:
        await canned.add_samples(session, now)
        await canned.add_samples(session, now)
        samples = await canned.listed(session)
        assert len(samples) == 7
        with pytest.raises(canned.CannedError):
            await canned.put(session, None, "خطأ", "مرحباً {غير معروف}", "سارة", now)
        with pytest.raises(canned.CannedError):
            await canned.put(session, None, samples[0].title, "نص", "سارة", now)
    assert canned.filled("أنا {اسمي} عن {الموضوع}", {"اسمي": "سارة"}) == "أنا سارة عن …"
