"""The sentences of certificates and of the page that checks them (`words.yml`), and how their facts are shown."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from casework.certificates.content import Content
from foundation.clock import in_baghdad

_FILE = Path(__file__).with_name("words.yml")


@lru_cache
def words() -> dict[str, Any]:
    """All of them; at the leaves `ar` and `en`."""
    loaded: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


def show_name(content: Content) -> str:
    """The name as it is said, the family's last."""
    return f"{content.name.given} {content.name.surname}".strip()


def show_letters(content: Content) -> str:
    """The name as a passport writes it, the family's first."""
    parts = (content.name.surname_letters, content.name.given_letters)
    return ", ".join(part.replace("<", " ") for part in parts if part)


def show_born(content: Content, language: str) -> str:
    """The date of birth, as far as it is known."""
    if not content.born:
        return str(words()["pdf"]["unknown"][language])
    return content.born.replace("-", "/") if language == "ar" else content.born


def show_moment(moment: datetime, language: str) -> str:
    """A time on the clock in Baghdad, which is said."""
    there, zone = in_baghdad(moment), words()["pdf"]["baghdad"][language]
    if language == "ar":
        return f"{there:%Y/%m/%d} الساعة {there:%H:%M} {zone}"
    return f"{there:%Y-%m-%d %H:%M} ({zone}, UTC+3)"
