"""Recognises people in danger by what they write, so that they hear at once whom to call.

Words and not a classifier: what is said here must not depend on an engine that is away or on a threshold, and those who
answer for it must be able to read the list (`danger.yml`).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from arabic import normalise

_FILE = Path(__file__).with_name("danger.yml")
_ANY_WORDS_BETWEEN = r"(?: \S+){0,3}"


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    phrases: re.Pattern[str]
    unless: re.Pattern[str]


def danger_in(text: str) -> str | None:
    """The kind of danger, as `danger.yml` names it, that a text tells of; None if of none."""
    line = f" {normalise(text)} "
    for kind in _kinds():
        if kind.phrases.search(line) and not kind.unless.search(line):
            return kind.name
    return None


@lru_cache
def _kinds() -> tuple[_Kind, ...]:
    listed = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(
        _Kind(name, _any_of([str(one) for one in kind["phrases"]]), _any_of(kind["unless"]))
        for name, kind in listed.items()
    )


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    return re.compile(rf" و?(?:ال)?(?:{'|'.join(_pattern(phrase) for phrase in phrases)})(?= )")


def _pattern(phrase: str) -> str:
    parts = [_words(part) for part in phrase.split(" ... ")]
    return f"{_ANY_WORDS_BETWEEN} ".join(parts)


def _words(part: str) -> str:
    ending = r"\S*" if part.endswith("*") else ""
    return re.escape(normalise(part.removesuffix("*"))).replace(r"\ ", " ") + ending
