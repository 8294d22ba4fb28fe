"""The bot's own fixed sentences, from `sentences.yml`."""

from functools import lru_cache
from pathlib import Path

import yaml

from bot.replies import Reply

_FILE = Path(__file__).with_name("sentences.yml")


@lru_cache
def _sentences() -> dict[str, Reply]:
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {key: Reply.model_validate(entry) for key, entry in entries.items()}


def say(key: str, **values: object) -> Reply:
    """The sentence `key` with its buttons; `values` fill the parts in curly braces.

    Raises:
        KeyError: If there is no such sentence, or a value is missing.
    """
    reply = _sentences()[key]
    return reply.model_copy(update={"text": reply.text.format(**values)}) if values else reply


def text_of(key: str) -> str:
    """The text alone of the sentence `key`."""
    return say(key).text
