"""Recognises plain insults, so that they are answered calmly instead of as an unknown question."""

from functools import lru_cache
from pathlib import Path

from arabic import normalise

_WORDS_FILE = Path(__file__).with_name("abuse_words.txt")


def is_abuse(text: str) -> bool:
    """Whether one of the listed words or phrases stands in `text` as whole words."""
    padded = f" {normalise(text)} "
    return any(f" {phrase} " in padded for phrase in _phrases())


@lru_cache
def _phrases() -> frozenset[str]:
    lines = _WORDS_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(normalise(line) for line in lines if line.strip() and not line.startswith("#"))
