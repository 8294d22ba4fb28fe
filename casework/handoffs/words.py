"""The sentences of `words.yml`."""

from functools import lru_cache
from pathlib import Path

import yaml

from arabic.plural import PERSON_WAITING

_FILE = Path(__file__).with_name("words.yml")


@lru_cache
def _sentences() -> dict[str, str]:
    sentences: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return sentences


def word(key: str, **values: object) -> str:
    """The sentence `key`, its parts in curly braces filled in.

    Raises:
        KeyError: There is no such sentence, or a value is missing.
    """
    return _sentences()[key].format(**values)


def placed(key: str, place: int) -> str:
    """The sentence `key` for somebody at this place of the queue; the first has one of their own."""
    return word(f"{key}_first") if place <= 1 else word(key, before=PERSON_WAITING.count(place - 1))
