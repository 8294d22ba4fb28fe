"""Lines that ask for the same, put together by likeness of their letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from arabic import normalise
from catalog.search.features import SKELETON_LENGTH, Line, Vectoriser
from catalog.unanswered.models import Unanswered
from catalog.words import is_empty

LINES_MAX: Final = 1000
"""The most frequent lines that are grouped."""
ALIKE_FROM: Final = 0.40
"""Cosine (0 to 1) from which a line belongs to a group's first one."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that are alike, the most frequent first; `count` is how often all of them were typed."""

    lines: tuple[Unanswered, ...]
    count: int

    @property
    def first(self) -> Unanswered:
        """The line that names the group."""
        return self.lines[0]


def grouped(lines: Sequence[Unanswered]) -> list[Group]:
    """Groups of lines, those typed most often first.

    Each line, from the most frequent on, joins the group whose first line is likest to it, or begins one.
    """
    lines = lines[:LINES_MAX]
    if not lines:
        return []
    matrix = Vectoriser().fit([Line.of(_telling(line.text)) for line in lines])
    likeness = np.asarray((matrix @ matrix.T).todense()) / (1 + SKELETON_LENGTH**2)
    groups: dict[int, list[int]] = {}
    for place in range(len(lines)):
        leaders = list(groups)
        best = max(leaders, key=lambda leader: likeness[place, leader], default=None)
        if best is not None and likeness[place, best] >= ALIKE_FROM:
            groups[best].append(place)
        else:
            groups[place] = [place]
    made = [
        Group(tuple(lines[place] for place in places), sum(lines[place].count for place in places))
        for places in groups.values()
    ]
    return sorted(made, key=lambda group: -group.count)


def _telling(text: str) -> str:
    """The line without «شنو» and «أريد», by which all lines are alike."""
    words = normalise(text).split()
    return " ".join([word for word in words if not is_empty(word)] or words)
