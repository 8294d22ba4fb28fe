"""Services of one governorate are answered with only where that governorate is meant."""

from dataclasses import replace
from functools import lru_cache
from typing import Final

from actions.decision import Act, Decision
from actions.resources import resources
from actions.turn import Turn
from casework.places.finding import resolve

NAMES_CACHED: Final = 20_000
"""Of services; a catalogue has fewer."""


def within_place(decision: Decision, turn: Turn) -> Decision:
    """The decision, held back where its service is of a governorate that the line does not name.

    Another governorate named: no such service is in the guide. None named: ask whether this one is meant.
    """
    if decision.act not in (Act.ANSWER, Act.CONFIRM):
        return decision
    code = decision.hits[0].code
    service = resources().index.service(code)
    home = _home(service.name) if service and code != turn.topic else None
    if home is None:
        return decision
    meant = governorate_named(turn.text)
    if meant == home:
        return decision
    return replace(decision, act=Act.NOT_FOUND if meant else Act.CHOOSE)


@lru_cache(maxsize=NAMES_CACHED)
def _home(name: str) -> str | None:
    return governorate_named(name)


def governorate_named(text: str) -> str | None:
    """Code of the governorate that a text names, if any."""
    found = resolve(text, sentence=True).match
    return found.governorate.code if found else None
