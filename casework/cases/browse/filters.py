"""Which cases a list holds, and by which index they are found.

Filters are combined at will, over a million cases, and one of them may leave few or nearly all. A database that
guesses wrong reads all of them. So it is told: the columns that narrow most keep their index, the others are compared
in a way that no index serves (`column || ''`), in PostgreSQL and SQLite alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from casework.cases.life import OPEN
from casework.cases.models import Case, Kind, State
from casework.places import atlas


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases; None leaves a thing open. `governorates`: those that the member of staff may see."""

    states: tuple[State, ...] = ()
    kind: Kind | None = None
    governorate: str | None = None
    district: str | None = None
    agent_id: int | None = None
    centre_id: int | None = None
    assignee: str | None = None
    ration_card_digests: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""
    overdue_at: datetime | None = None
    """Open, and due before this moment."""
    governorates: tuple[str, ...] | None = None
    samples: bool = True
    """Whether sample cases are among them."""


_COLUMNS: Final[tuple[tuple[str, InstrumentedAttribute[Any]], ...]] = (
    ("kind", Case.kind),
    ("governorate", Case.governorate),
    ("district", Case.district),
    ("agent_id", Case.agent_id),
    ("centre_id", Case.centre_id),
    ("assignee", Case.assignee),
)
_FEW: Final = ("agent_id", "centre_id", "assignee")
"""Each of them has few cases by itself."""


def parts(wanted: Filter) -> Sequence[Filter]:
    """The filter itself, or one for each governorate where the cases of several are best found one after the other."""
    if not wanted.governorates or wanted.governorate or only_open(wanted) or _narrow(wanted):
        return (wanted,)
    return [replace(wanted, governorate=one, governorates=None) for one in wanted.governorates]


def only_open(wanted: Filter) -> bool:
    """Whether all of them are among the few in which somebody has yet to decide; these have indexes of their own."""
    return wanted.overdue_at is not None or (bool(wanted.states) and set(wanted.states) <= set(OPEN))


def conditions(wanted: Filter, *, newest_first: bool = False) -> list[ColumnElement[bool]]:
    """What a case must fulfil.

    Args:
        wanted: The filter, one of `parts`.
        newest_first: They are listed by when they came: those that are open then have an index in that order.
    """
    drivers = frozenset[str]() if newest_first and only_open(wanted) else _drivers(wanted)
    found: list[ColumnElement[bool]] = []
    for name, column in _COLUMNS:
        value = getattr(wanted, name)
        if value is not None and not (name == "governorate" and _implied(wanted)):
            found.append((column if name in drivers or name in _FEW else column + "") == value)
    if only_open(wanted):
        found.append(Case.due_at.is_not(None))
    if wanted.states and set(wanted.states) != set(OPEN):
        if State.CLOSED in wanted.states:  # nearly all: PostgreSQL knows that of this form, no index serves it
            found.append(Case.state.not_in([state for state in State if state not in wanted.states]))
        else:
            found.append((Case.state if "state" in drivers else Case.state + "").in_(wanted.states))
    if wanted.governorates is not None:
        found.append((Case.governorate + "").in_(wanted.governorates))
    if wanted.ration_card_digests:
        found.append(Case.ration_card_digest.in_(wanted.ration_card_digests))
    if wanted.since is not None:
        found.append(Case.created_at >= wanted.since)
    if wanted.until is not None:
        found.append(Case.created_at < wanted.until)
    if wanted.overdue_at is not None:
        found.append(Case.due_at < wanted.overdue_at)
    if not wanted.samples:
        found.append(Case.sample.is_(False))
    return found


def _narrow(wanted: Filter) -> bool:
    return bool(wanted.ration_card_digests) or any(getattr(wanted, name) is not None for name in _FEW)


def _implied(wanted: Filter) -> bool:
    """Whether the district is one of the governorate's: comparing both tells PostgreSQL that there are few."""
    place = next((one for one in atlas.governorates() if one.code == wanted.governorate), None)
    return place is not None and any(one.code == wanted.district for one in place.districts)


def _drivers(wanted: Filter) -> frozenset[str]:
    """The columns of the index by which the cases are found, in the order in which they narrow."""
    if _narrow(wanted):
        return frozenset()
    if only_open(wanted):
        return frozenset({"governorate"})
    if wanted.states and State.CLOSED not in wanted.states:  # few: decided cases are closed after days
        return frozenset({"governorate", "state"} if wanted.governorate else {"kind", "state"})
    if wanted.district:
        return frozenset({"district", "kind"})
    return frozenset({"governorate", "kind"})
