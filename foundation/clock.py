"""Time: UTC inside, Asia/Baghdad on screen. Code that needs the time takes a `Clock`, so that tests can set it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

BAGHDAD = ZoneInfo("Asia/Baghdad")


def utc_now() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return datetime.now(UTC)


def in_baghdad(moment: datetime) -> datetime:
    """`moment` (timezone-aware) as the wall clock in Baghdad shows it."""
    return moment.astimezone(BAGHDAD)


def show_date(day: date) -> str:
    """A date as citizens read it, for example ``2026/11/23``."""
    return f"{day.year}/{day.month:02d}/{day.day:02d}"
