"""Reading one row of a laboratory's file: each cell checked, all that is wrong said at once, in Arabic."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from arabic import digits_to_ascii, strip_controls
from casework.results import columns, factors, sample_number
from casework.results.columns import LABELS
from casework.results.models import Status, Value
from casework.results.record import Personal, Record
from foundation.clock import BAGHDAD

CELL_MAX_CHARS: Final = 200
FIRST_YEAR: Final = 2020
"""There was no such test before."""
CLOCK_SKEW: Final = timedelta(minutes=10)
"""So far a laboratory's clock may be ahead of ours."""
_FORMATS: Final = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M",
    "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%d-%m-%Y",
)  # fmt: skip
"""Beside ISO 8601; days come before months, as they are written in Iraq."""
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

Cell = str | int | float | bool | datetime | date | None
Cells = Mapping[str, Cell]
"""By column of `casework.results.columns`."""


class RowError(Exception):
    """A row that cannot be taken; `reasons` are Arabic sentences without any value of the row."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("row refused")
        self.reasons = reasons


def read(line: int, cells: Cells, now: datetime) -> Record:
    """The record of a row.

    Args:
        line: Its line.
        cells: By column of `casework.results.columns`.
        now: The present moment; no sample is taken later.

    Raises:
        RowError: Something is wrong; all of it is said.
    """
    texts = {name: _text(cell) for name, cell in cells.items()}
    wrong = [f"خانة «{LABELS[name]}» أطول من المسموح." for name, text in texts.items() if len(text) > CELL_MAX_CHARS]
    if wrong:
        raise RowError(wrong)
    number = _number(texts.get(columns.SAMPLE, ""), wrong)
    status = _status(texts.get(columns.STATUS, ""), texts.get(columns.VALUE, ""), wrong)
    value = None if status in (Status.PENDING, Status.VOID) else _value(texts.get(columns.VALUE, ""), wrong)
    sampled_at = _moment(cells, columns.SAMPLED_AT, wrong)
    reported_at = _moment(cells, columns.REPORTED_AT, wrong)
    _check_times(status, sampled_at, reported_at, now, wrong)
    personal = _personal(texts, cells, now, wrong)
    if status is not Status.VOID and not personal.factors() and not wrong:
        wrong.append("لا يوجد هاتف ولا رقم بطاقة وطنية ولا جواز، فلا يستطيع صاحب النتيجة أن يستلمها.")
    if wrong or number is None or status is None:
        raise RowError(wrong)
    return Record(line, number, status, value, sampled_at, reported_at, personal)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell)
    # Printable ASCII has nothing to strip; most of a file's cells are.
    return " ".join((text if text.isascii() and text.isprintable() else strip_controls(text)).split())


def _number(text: str, wrong: list[str]) -> str | None:
    number = sample_number.canonical(text)
    if not text:
        wrong.append("رقم العينة فارغ.")
    elif sample_number.is_phone(text):
        wrong.append("في خانة رقم العينة رقم هاتف.")
    elif number is None:
        wrong.append("رقم العينة غير صالح.")
    return number


def _status(text: str, value_text: str, wrong: list[str]) -> Status | None:
    if not text:
        # A laboratory without a column of states leaves the result empty, or writes the state into it, until it comes.
        return columns.status(value_text) or (Status.FINAL if value_text else Status.PENDING)
    status = columns.status(text)
    if status is None:
        wrong.append("الحالة غير معروفة. اكتب: قيد الفحص، أو نهائية، أو مصححة، أو ملغاة.")
    return status


def _value(text: str, wrong: list[str]) -> Value | None:
    value = columns.value(text)
    if not text:
        wrong.append("النتيجة فارغة والحالة نهائية.")
    elif value is None:
        wrong.append("النتيجة غير معروفة. اكتب: سالبة، أو موجبة، أو غير حاسمة، أو مرفوضة.")
    return value


def _moment(cells: Cells, column: str, wrong: list[str]) -> datetime | None:
    cell = cells.get(column)
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        moment: datetime | None = cell
    elif isinstance(cell, date):
        moment = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001  # Baghdad's, added below
    else:
        moment = parse_moment(_text(cell))
    try:
        known = (
            None if moment is None else (moment if moment.tzinfo else moment.replace(tzinfo=BAGHDAD)).astimezone(UTC)
        )
    except OverflowError:  # the first or last day of the calendar, in a zone that has it already or still
        known = None
    if known is None:
        wrong.append(f"خانة «{LABELS[column]}» ليست تاريخاً صحيحاً. اكتب مثلاً: 2026-11-23 14:30.")
    return known


@lru_cache(maxsize=4096)
def parse_moment(text: str) -> datetime | None:
    """A moment as people and machines write it; naive where no zone is named. None if it is none."""
    plain = digits_to_ascii(text).replace(",", " ").strip()
    try:
        return datetime.fromisoformat(plain)
    except ValueError:
        pass
    for form in _FORMATS:
        try:
            return datetime.strptime(plain, form)  # noqa: DTZ007  # the caller adds Baghdad's zone
        except ValueError:
            continue
    return None


def _check_times(
    status: Status | None,
    sampled_at: datetime | None,
    reported_at: datetime | None,
    now: datetime,
    wrong: list[str],
) -> None:
    named = any(LABELS[columns.SAMPLED_AT] in reason for reason in wrong)
    if sampled_at is None:
        if status is not Status.VOID and not named:
            wrong.append("وقت أخذ العينة فارغ.")
        return
    if sampled_at > now + CLOCK_SKEW:
        wrong.append("وقت أخذ العينة في المستقبل.")
    if sampled_at.year < FIRST_YEAR:
        wrong.append(f"وقت أخذ العينة قبل سنة {FIRST_YEAR}.")
    if reported_at is not None and reported_at < sampled_at:
        wrong.append("وقت صدور النتيجة قبل وقت أخذ العينة.")
    if reported_at is not None and reported_at > now + CLOCK_SKEW:
        wrong.append("وقت صدور النتيجة في المستقبل.")


def _personal(texts: Mapping[str, str], cells: Cells, now: datetime, wrong: list[str]) -> Personal:
    def one(column: str, known: str | None) -> str:
        if texts.get(column) and known is None:
            wrong.append(f"خانة «{LABELS[column]}» غير صحيحة.")
        return known or ""

    year = _birth_year(cells.get(columns.BIRTH_YEAR), texts.get(columns.BIRTH_YEAR, ""))
    if texts.get(columns.BIRTH_YEAR) and (year is None or not now.year - factors.OLDEST_AGE <= year <= now.year):
        wrong.append("سنة الميلاد غير صحيحة.")
        year = None
    return Personal(
        sample=texts.get(columns.SAMPLE, ""),
        name=texts.get(columns.NAME, ""),
        name_latin=texts.get(columns.NAME_LATIN, ""),
        phone=one(columns.PHONE, _phone(texts.get(columns.PHONE, ""))),
        national_id=one(columns.NATIONAL_ID, factors.national_id(texts.get(columns.NATIONAL_ID, ""))),
        passport=one(columns.PASSPORT, factors.passport(texts.get(columns.PASSPORT, ""))),
        birth_year=year,
    )


def _phone(text: str) -> str | None:
    # A spreadsheet takes 07701234567 for a number and drops the zero; that is still a phone's form.
    return factors.phone(text) or factors.phone(f"+{text}") if text else None


def _birth_year(cell: Cell, text: str) -> int | None:
    if isinstance(cell, date):
        return cell.year
    found = _YEAR.search(digits_to_ascii(text))
    return int(found[0]) if found else None
