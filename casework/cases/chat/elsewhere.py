"""Complaints that are not about the ration: which body they are about, as citizens name it (`elsewhere.yml`)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from arabic.normalise import normalise
from casework.cases.opening import about_ration, other_agent
from casework.places.finding import resolve

READ_MAX_CHARS: Final = 500
_FILE = Path(__file__).with_name("elsewhere.yml")
_GAP = r"(?:\w+ ){0,3}?"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A complaint about another body.

    Attributes:
        body: What it is called; None if the line does not say.
        governorate: Code of the place that it names, if any.
        bribe: Money or favours are asked for.
        wishes: It also says what the citizen wants to have or to know, which a service may be.
    """

    body: str | None
    governorate: str | None
    bribe: bool
    wishes: bool


@dataclass(frozen=True, slots=True)
class _Words:
    bodies: Mapping[str, re.Pattern[str]]
    says: re.Pattern[str]
    tells: re.Pattern[str]
    bribe: re.Pattern[str]
    wishes: re.Pattern[str]


def read(text: str) -> Elsewhere | None:
    """What a line complains of that is no matter of rations; None for any other line."""
    folded, words = normalise(text[:READ_MAX_CHARS]), _words()
    if about_ration(folded):
        return None
    body = next((name for name, pattern in words.bodies.items() if pattern.search(folded)), None)
    bribe = bool(words.bribe.search(folded))
    agent = other_agent(folded)  # «وكيل الغاز»: nobody names one but to complain
    if not (words.says.search(folded) or (body and (agent or words.tells.search(folded))) or bribe):
        return None
    if body is None and not bribe:
        return None
    place = resolve(text[:READ_MAX_CHARS], sentence=True).match
    governorate = None if place is None else place.governorate.code
    return Elsewhere(body, governorate, bribe, bool(words.wishes.search(folded)))


@lru_cache(maxsize=1)
def _words() -> _Words:
    known = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return _Words(
        {one["name"]: _any(_split(one["words"])) for one in known["bodies"]},
        _any(_split(known["says"])),
        _any(known["tells"]),
        _any(_split(known["bribe"])),
        _any(_split(known["wishes"])),
    )


def _split(words: str) -> Sequence[str]:
    """Words of a line; a space after a backslash belongs to the word."""
    return [word.replace("\\ ", " ") for word in re.split(r"(?<!\\) ", words)]


def _any(phrases: Sequence[str]) -> re.Pattern[str]:
    joined = "|".join(dict.fromkeys(_form(phrase) for phrase in phrases))
    return re.compile(rf"(?<!\w)(?:و|ف)?(?:ب|ل|ع|عل)?(?:ال)?(?:{joined})(?!\w)")


def _form(phrase: str) -> str:
    parts = [_GAP if word == "…" else _word(word) + " " for word in phrase.split()]
    return "".join(parts).rstrip(" ")


def _word(word: str) -> str:
    return re.escape(normalise(word.rstrip("*"))) + (r"\w*" if word.endswith("*") else "")
