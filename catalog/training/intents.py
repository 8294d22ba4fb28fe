"""The intents that editors give examples for, with their names in Arabic."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("intents.yml")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a citizen may want; `about` says when a line belongs to it."""

    code: str
    name: str
    about: str


@lru_cache
def intents() -> Mapping[str, Intent]:
    """All of them by code, in the order in which they are shown."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {code: Intent(code, texts["name"], texts["about"]) for code, texts in content.items()}


def name_of(code: str) -> str:
    """The Arabic name of an intent; the code itself of one that editors do not know."""
    found = intents().get(code)
    return found.name if found else code
