"""Days and times as colleagues type them; browsers' own fields speak the language of the browser, not of the page."""

import re
from datetime import date, datetime, time, timedelta

from arabic import digits_to_ascii
from foundation.clock import BAGHDAD

_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")
_BETWEEN = re.compile(r"[T\s،,]+")


def day_of(typed: str) -> date | None:
    """The day that «2026/11/23», «23/11/2026» or the same in Arabic-Indic digits names; None for anything else."""
    text = digits_to_ascii(typed).strip()
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def minutes_of(typed: str) -> int | None:
    """The minute of the day, 0 to 1440, that «8:00» or «15.30» names, in any digits; None for anything else."""
    found = _TIME.fullmatch(digits_to_ascii(typed).strip())
    if found is None:
        return None
    hour, minute = map(int, found.groups())
    minutes = hour * 60 + minute
    return minutes if minute < 60 and minutes <= 24 * 60 else None


def moment_of(typed: str) -> datetime | None:
    """The moment in Baghdad that a day and a time, «2026/11/23 08:00», name; None for anything else."""
    parts = _BETWEEN.split(typed.strip())
    if len(parts) != 2:
        return None
    day, minutes = day_of(parts[0]), minutes_of(parts[1])
    if day is None or minutes is None:
        return None
    return datetime.combine(day, time(), BAGHDAD) + timedelta(minutes=minutes)
