"""Which cases a query asks for, by the rules of GeoReport v2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.cases import numbers
from casework.cases.life import OPEN
from casework.cases.models import State
from casework.cases.open311.catalogue import kind_of
from casework.cases.open311.formats import Open311Error, read_moment
from casework.cases.open311.repository import Wanted

SPAN = timedelta(days=90)
"""The longest time that one query may cover, and the one it covers if it names none (GeoReport v2)."""
PAGE_SIZE_MAX = 1000
PAGES_MAX = 1000
NUMBERS_MAX = 100
_STATES = {"open": OPEN, "closed": tuple(state for state in State if state not in OPEN)}


@dataclass(frozen=True, slots=True)
class Query:
    """Either the cases of `ids` (tracking numbers), or a page of `wanted`."""

    ids: tuple[str, ...] | None
    wanted: Wanted
    page: int
    page_size: int


def read_query(query: Mapping[str, str], now: datetime) -> Query:
    """The query; raises `Open311Error` 400 or 404."""
    since, until = _span(query.get("start_date", ""), query.get("end_date", ""), now)
    statuses = _listed(query.get("status", ""))
    if unknown := [status for status in statuses if status not in _STATES]:
        raise Open311Error(400, f"status is open or closed, not {unknown[0][:20]}")
    wanted = Wanted(
        since,
        until,
        kinds=tuple(kind_of(code) for code in _listed(query.get("service_code", ""))),
        states=() if len(set(statuses)) == len(_STATES) else tuple(s for each in statuses for s in _STATES[each]),
    )
    ids = _listed(query.get("service_request_id", ""))
    if len(ids) > NUMBERS_MAX:
        raise Open311Error(400, f"at most {NUMBERS_MAX} service_request_id at once")
    return Query(
        tuple(number for each in ids if (number := numbers.find(each).number) is not None) if ids else None,
        wanted,
        _whole(query, "page", 1, PAGES_MAX),
        _whole(query, "page_size", PAGE_SIZE_MAX, PAGE_SIZE_MAX),
    )


def _span(start: str, end: str, now: datetime) -> tuple[datetime, datetime]:
    since = read_moment(start, "start_date") if start else None
    until = read_moment(end, "end_date") if end else None
    try:
        if since is None:
            until = until or now
            since = until - SPAN
        elif until is None:
            until = min(since + SPAN, max(now, since))
    except OverflowError as error:
        raise Open311Error(400, "start_date or end_date is out of range") from error
    if until < since:
        raise Open311Error(400, "end_date is before start_date")
    if until - since > SPAN:
        raise Open311Error(400, "start_date and end_date are more than 90 days apart")
    return since, until


def _listed(text: str) -> Sequence[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or len(text) > 6 or not 1 <= int(text) <= most:
        raise Open311Error(400, f"{name} is not a whole number from 1 to {most}")
    return int(text)
