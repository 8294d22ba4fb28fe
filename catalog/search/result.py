"""What a search answers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from catalog.search.evidence import Evidence

EntryKind = Literal["service", "faq"]


class Verdict(StrEnum):
    """How far the search can be believed."""

    SURE = "sure"
    """The first hit is what is meant: answer."""
    TORN = "torn"
    """Probably among the first hits: ask."""
    NOTHING = "nothing"
    """The catalogue has no such entry; hits are only the nearest."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found; `score` is the probability (0 to 1) that it is what is meant."""

    code: str
    score: float
    kind: EntryKind = "service"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, with every verdict; `names_something` is false for «شكد الرسوم؟», which names no entry."""

    hits: tuple[Hit, ...]
    verdict: Verdict
    names_something: bool = True
    evidence: Evidence = Evidence.ENOUGH
    """What the words of the line say for the first hit; a verdict of "sure" needs enough."""
