"""The life of a case: what may follow on what, and by when."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from casework.cases.models import Case, State
from foundation.settings import Settings

OPEN: Final = (State.RECEIVED, State.ASSIGNED, State.UNDER_INVESTIGATION)
"""Somebody has yet to decide."""
DECIDED: Final = (State.UPHELD, State.NOT_UPHELD)
ENDED: Final = (State.CLOSED, State.WITHDRAWN)
"""Nothing more happens to it, unless the citizen reopens it."""
ESCALATIONS_MAX: Final = 3
"""Levels above the one who is late."""

TRANSITIONS: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.RECEIVED: frozenset({State.ASSIGNED}),
        # To itself: given to somebody else.
        State.ASSIGNED: frozenset({State.ASSIGNED, State.UNDER_INVESTIGATION}),
        State.UNDER_INVESTIGATION: frozenset({State.ASSIGNED, State.UPHELD, State.NOT_UPHELD}),
        State.UPHELD: frozenset({State.CLOSED}),
        State.NOT_UPHELD: frozenset({State.CLOSED}),
        State.CLOSED: frozenset(),
        State.WITHDRAWN: frozenset(),
    }
)
"""What staff may do. Only the citizen withdraws (`casework.cases.withdrawing`) and reopens, see `may_reopen`."""


class IllegalMoveError(ValueError):
    """A case cannot go from its state to the one that was asked for."""

    def __init__(self, state: State, to: State) -> None:
        super().__init__(f"a case that is {state.value} cannot become {to.value}")
        self.state = state
        self.to = to


def check_move(state: State, to: State) -> None:
    """Raises `IllegalMoveError` unless staff may move a case from `state` to `to`."""
    if to not in TRANSITIONS[State(state)]:
        raise IllegalMoveError(State(state), to)


def due(state: State, since: datetime, settings: Settings) -> datetime | None:
    """By when somebody must bring a case on that is in `state` since then; None once it is decided."""
    hours = {
        State.RECEIVED: settings.case_received_hours,
        State.ASSIGNED: settings.case_assigned_hours,
        State.UNDER_INVESTIGATION: settings.case_investigation_hours,
    }.get(state)
    return None if hours is None else since + timedelta(hours=hours)


def look(state: State, since: datetime, settings: Settings) -> datetime | None:
    """When the job looks at it: an open case when it is due, a decided one when it is to be closed."""
    return since + timedelta(hours=settings.case_close_hours) if state in DECIDED else due(state, since, settings)


def reopen_until(case: Case, settings: Settings) -> datetime | None:
    """Until when the citizen may reopen: so many hours after the decision or the closing; None if never (now)."""
    if case.state in OPEN or case.merged_into is not None or case.reopened >= settings.case_reopen_max:
        return None
    return case.changed_at + timedelta(hours=settings.case_reopen_hours)


def may_reopen(case: Case, now: datetime, settings: Settings) -> bool:
    """Whether the citizen may reopen the case now."""
    until = reopen_until(case, settings)
    return until is not None and now <= until
