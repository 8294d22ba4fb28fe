"""The day that a citizen means: «البارحة», «قبل يومين», «الجمعة الماضية», «١٢/١١», «٣ تشرين الثاني»."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from arabic.arabizi import to_arabic
from arabic.normalise import digits_to_ascii, normalise
from casework.cases import day_words
from casework.cases.sums import read_count

OLDEST_YEARS = 10
AHEAD_DAYS = 60
"""A day without a year that lies so far ahead at most is meant as a coming day; one farther ahead was last year's."""


class Problem(StrEnum):
    """Why there is no day."""

    UNREADABLE = "unreadable"
    VAGUE = "vague"
    """A month or a week, no day."""
    IMPOSSIBLE = "impossible"
    """There is no such day, such as 31/2."""
    ONGOING = "ongoing"
    """Again and again, or until today: «كل شهر», «من اول الشهر لليوم»."""
    FUTURE = "future"
    TOO_OLD = "too_old"


def read_day(text: str, today: date, *, sentence: bool = False) -> date | Problem:
    """The day that a text names, not after `today` (in Baghdad).

    Args:
        text: An answer to "when was it", or a whole sentence.
        today: The day on which it was said.
        sentence: It is a sentence about other things too: names of weekdays count only after «يوم» or before «الماضي».
    """
    plain = digits_to_ascii(text)
    if match := day_words.NUMERIC.search(plain) or (None if sentence else day_words.SPACED.fullmatch(plain)):
        return _numeric(match, today)
    folded = (
        normalise(to_arabic(plain)) if re.search("[A-Za-z]", plain) and not _english_month(plain) else normalise(plain)
    )
    if not sentence and day_words.EVERY.search(folded):
        return Problem.ONGOING
    for found in (_named_month(folded, today), _relative(folded, today), _weekday(folded, today, sentence=sentence)):
        if found is not None:
            return found
    if match := day_words.DAY_OF_MONTH.search(folded):
        return _latest_day(int(match[1] or match[2]), today)
    if day_words.UNTIL_NOW.search(folded):
        return Problem.ONGOING
    return Problem.VAGUE if day_words.VAGUE.search(folded) else Problem.UNREADABLE


def _english_month(text: str) -> bool:
    return any(word in day_words.MONTH_OF for word in re.findall("[a-z]+", text.lower()))


def _numeric(match: re.Match[str], today: date) -> date | Problem:
    first, second, third = match[1], int(match[2]), match[3]
    if len(first) == 4:
        return _checked(int(first), second, int(third), today) if third else Problem.VAGUE
    day, month = int(first), second
    if month > 12 >= day:
        day, month = month, day  # 11/25 can only be read the American way
    if third is None:
        return _without_year(month, day, today)
    year = int(third)
    return _checked(year + 2000 if year < 100 else year, month, day, today)


def _named_month(text: str, today: date) -> date | Problem | None:
    match = day_words.MONTH.search(text)
    if match is None:
        return None
    month = day_words.MONTH_OF[match[1]] if match[1] else int(match[2])
    before, after = text[: match.start()].split(), text[match.end() :].split()
    year = day_words.YEAR.search(text)
    day = _day_before(before) if before else None
    if day is None and after and after[0].isdigit() and len(after[0]) <= 2:
        day = int(after[0])
    if day is None:
        # «اب» is a father too; without a day it is no month.
        return None if match[1] in ("اب", "mar", "may") else Problem.VAGUE
    if not 1 <= month <= 12:
        return Problem.IMPOSSIBLE
    return _checked(int(year[1]), month, day, today) if year else _without_year(month, day, today)


def _day_before(words: Sequence[str]) -> int | None:
    """The day that stands right before a month: «3», «خمسة وعشرين», «اول»."""
    rest = [word for word in words if word not in ("من", "شهر", "بشهر", "في")]
    if not rest:
        return None
    if rest[-1] in day_words.FIRST:
        return 1
    for taken in (3, 2, 1):
        if len(rest) >= taken and (number := read_count(" ".join(rest[-taken:]))) is not None and number < 100:
            return number
    return None


def _relative(text: str, today: date) -> date | Problem | None:
    if day_words.TOMORROW.search(text):
        return Problem.FUTURE
    if day_words.BEFORE_YESTERDAY.search(text):
        return today - timedelta(days=2)
    if day_words.YESTERDAY.search(text):
        return today - timedelta(days=1)
    if (match := day_words.AGO.search(text)) and (found := _ago(match["rest"], today)) is not None:
        return found
    if day_words.LAST_WEEK.search(text):
        return today - timedelta(days=7)
    return today if day_words.TODAY.search(text) else None


def _ago(rest: str, today: date) -> date | Problem | None:
    words = rest.split()
    first = words[0]
    if first in day_words.TWO:
        return today - timedelta(days=day_words.TWO[first])
    if first in ("شهر", "شهرين", "سنه", "سنتين"):
        return _months_ago({"شهر": 1, "شهرين": 2, "سنه": 12, "سنتين": 24}[first], today)
    unit = next((match[1] for word in words[1:4] if (match := day_words.UNIT.fullmatch(word))), None)
    count = read_count(rest)
    if unit is None or count is None or not 0 < count < 1000:
        return None
    if unit in day_words.DAYS_OF_UNIT:
        return _not_too_old(today - timedelta(days=count * day_words.DAYS_OF_UNIT[unit]), today)
    return _months_ago(count * (12 if unit.startswith("سن") else 1), today)


def _months_ago(months: int, today: date) -> date | Problem:
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = today.day
    while day > 28:
        try:
            return _not_too_old(date(year, month + 1, day), today)
        except ValueError:
            day -= 1
    return Problem.TOO_OLD if year < 1 else _not_too_old(date(year, month + 1, day), today)


def _weekday(text: str, today: date, *, sentence: bool) -> date | Problem | None:
    match = day_words.WEEKDAY.search(text)
    if match is None:
        return None
    after = {match[3], match[4]}
    if after & day_words.COMING:
        return Problem.FUTURE
    past = bool(after & day_words.PAST)
    if sentence and not (match[1] or past):
        return None
    back = (today.weekday() - day_words.WEEKDAY_OF[match[2]]) % 7
    return today - timedelta(days=back or (7 if past else 0))


def _latest_day(day: int, today: date) -> date | Problem:
    """The last time it was the `day` of a month."""
    if not 1 <= day <= 31:
        return Problem.IMPOSSIBLE
    year, month = today.year, today.month
    for _ in range(12):
        try:
            if (found := date(year, month, day)) <= today:
                return found
        except ValueError:
            pass
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return Problem.IMPOSSIBLE


def _without_year(month: int, day: int, today: date) -> date | Problem:
    this = _made(today.year, month, day)
    if this is not None and this > today:
        return Problem.FUTURE if (this - today).days <= AHEAD_DAYS else _checked(today.year - 1, month, day, today)
    if this is None and month == 2 and day == 29:
        return _checked(today.year - 1, month, day, today)
    return this or Problem.IMPOSSIBLE


def _checked(year: int, month: int, day: int, today: date) -> date | Problem:
    found = _made(year, month, day)
    if found is None:
        return Problem.IMPOSSIBLE
    return Problem.FUTURE if found > today else _not_too_old(found, today)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _not_too_old(found: date, today: date) -> date | Problem:
    return Problem.TOO_OLD if found.year < today.year - OLDEST_YEARS else found
