"""Finding an agent or a centre by what a citizen typed: a number in any digits, or a name, misspelt perhaps."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process
from sqlalchemy.ext.asyncio import AsyncSession

from arabic.normalise import normalise
from casework.cases.directory import repository
from casework.cases.models import Agent, Centre

SURE = 88
"""Likeness (0 to 100) from which one name alone is taken."""
LIKELY = 70
"""Likeness from which a name is offered."""
APART = 6
"""By so much the best must be liker than the next, or both are offered."""
OFFERED_MAX = 4
SURE_WORDS = 2
"""A name of fewer words may be anybody's."""
_SERVANT = re.compile(r"(?<!\w)عبد (?=\w)")
"""«عبد الله» is written as one word and as two."""
_NUMBER = re.compile(r"(?<!\d)\d{2,16}(?!\d)")
# What stands before a name without being of it.
_TITLES = frozenset(
    normalise(
        "الوكيل وكيل وكيلنا وكيلي مركز المركز التمويني تموين اسمه اسم رقم رقمه هو ابو أبو ام أم الحاج حجي السيد "
        "سيد استاذ مال مالتنا مالنا"
    ).split()
)

Entry = Agent | Centre


@dataclass(frozen=True, slots=True)
class Found:
    """`sure`: the one that is meant. `maybe`: those that may be meant, likeliest first, when none is sure."""

    sure: Entry | None = None
    maybe: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    entry: Entry
    name: str


async def find(session: AsyncSession, text: str, governorate: str | None, district: str | None) -> Found:
    """The agent or centre that `text` names.

    Args:
        session: Only read.
        text: As typed.
        governorate: Where the citizen is; names are sought there only. A number counts everywhere.
        district: Agents of this district come first.
    """
    numbers = _NUMBER.findall(normalise(text))
    if numbers:
        by_number: dict[str, Entry] = {**await repository.centres_by_number(session, numbers)}
        by_number |= await repository.agents_by_number(session, numbers)
        known = [by_number[number] for number in numbers if number in by_number and by_number[number].active]
        if len(known) == 1:
            return Found(sure=known[0])
    wanted = _bare(text)
    if not wanted:
        return Found()
    entries: list[Entry] = list(await repository.agents_in(session, governorate, None))
    entries += await repository.centres_in(session, governorate)
    return _likest(wanted, [_Candidate(entry, _bare(entry.name)) for entry in entries], district)


def is_partial(text: str, entry: Entry) -> bool:
    """Whether the name that was typed is too little of the registered one: one word of several, or not its first."""
    typed, name = _bare(text).split(), _bare(entry.name).split()
    return typed != name and (len(typed) < SURE_WORDS or fuzz.ratio(typed[0], name[0]) < LIKELY)


def label(entry: Entry) -> str:
    """As a citizen sees it: name and number."""
    what = "الوكيل" if isinstance(entry, Agent) else "مركز"
    name = entry.name if normalise(entry.name).startswith(normalise(what)) else f"{what} {entry.name}"
    return f"{name} ({entry.number})"


def kind_of(entry: Entry) -> Literal["agent", "centre"]:
    """Which of the two it is."""
    return "agent" if isinstance(entry, Agent) else "centre"


def _bare(name: str) -> str:
    words = [word for word in _SERVANT.sub("عبد", normalise(name)).split() if not word.isdigit()]
    # «أبو علي» is a name of its own when nothing else is left.
    return " ".join(word for word in words if word not in _TITLES) or " ".join(words)


def _likest(wanted: str, candidates: Sequence[_Candidate], district: str | None) -> Found:
    scored = process.extract(
        wanted,
        [candidate.name for candidate in candidates],
        scorer=_likeness,
        score_cutoff=LIKELY,
        limit=None,
    )
    if not scored:
        return Found()

    def rank(hit: tuple[str, float, int]) -> tuple[float, int]:
        near = district is not None and candidates[hit[2]].entry.district == district
        return hit[1] + (APART + 1 if near else 0), -hit[2]

    ordered = sorted(scored, key=rank, reverse=True)
    best = ordered[0]
    alone = len(ordered) == 1 or rank(best)[0] - rank(ordered[1])[0] >= APART
    if best[1] >= SURE and alone:
        return Found(sure=candidates[best[2]].entry)
    return Found(maybe=tuple(candidates[place].entry for _, _, place in ordered[:OFFERED_MAX]))


def _likeness(wanted: str, name: str, *, score_cutoff: float | None = None) -> float:
    """Words in any order; a part of the name does, with a little taken off; one short word alone is not enough."""
    whole = fuzz.token_sort_ratio(wanted, name)
    part = fuzz.token_set_ratio(wanted, name) - 4
    found = max(whole, part)
    return found if score_cutoff is None or found >= score_cutoff else 0.0
