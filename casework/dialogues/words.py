"""The few words that steer a form, typed instead of pressed (`words.yml`)."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, cast

import yaml

from arabic import normalise

Command = Literal["back", "cancel", "edit", "resume"]

_FILE = Path(__file__).with_name("words.yml")
_COMMANDS: tuple[Command, ...] = ("back", "cancel", "edit", "resume")
_STEERING: Final = (*_COMMANDS, "yes", "send", "no", "skip", "done")
_CORRECTS: Final = re.compile(r"(?:لا|كلا) (?:مو|مب|ليس|ليست|موب)(?!\w).*|(?:هذا |هاي )?غلط(?: .*)?")


def command_of(text: str) -> Command | None:
    """The command that the whole of `text` is, None if it is something else."""
    plain = _plain(text)
    found = next((command for command in _COMMANDS if plain in _words()[command]), None)
    if found is not None:
        return found
    # «اي كمل», «كمل الشكوى»
    said = plain.split()
    goes_on = any(word in _words()["resume"] for word in said)
    return "resume" if goes_on and _only(said, "resume", "yes", "form") else None


def is_yes(text: str) -> bool:
    """Whether the whole text agrees, in one word or several («اي دزها»)."""
    said = _plain(text).split()
    return _plain(text) in _words()["yes"] or (bool(said) and _only(said, "yes", "resume", "send"))


def is_assent(text: str) -> bool:
    """Whether the whole text says yes in so many words: more than that it is to go on, or that nothing more comes."""
    said = _plain(text).split()
    return _plain(text) in _words()["yes"] or (bool(said) and _only(said, "yes"))


def goes_on(text: str) -> bool:
    """Whether the whole text agrees to whatever comes next: «اي», «كمل», «ارسل», «تم»."""
    said = _plain(text).split()
    done = _words()["done"] - _words()["no"] - _words()["skip"]
    return (
        is_yes(text)
        or command_of(text) == "resume"
        or (bool(said) and all(word in done or word in _words()["yes"] or word in _words()["send"] for word in said))
    )


def sends(text: str) -> bool:
    """Whether the whole text wants it sent («ارسل», «اي دزها»)."""
    said = _plain(text).split()
    return any(word in _words()["send"] for word in said) and _only(said, "yes", "send", "form")


def is_no(text: str) -> bool:
    """Whether the whole text disagrees."""
    return _plain(text) in _words()["no"]


def is_skip(text: str) -> bool:
    """Whether the whole text says that there is no answer."""
    return _plain(text) in _words()["skip"]


def is_done(text: str) -> bool:
    """Whether the whole text says that nothing more comes."""
    return _plain(text) in _words()["done"]


def gives_up(text: str) -> bool:
    """Whether the whole text says, in however many words, that the citizen wants no more («لا خلاص بطلت»)."""
    plain = _plain(text)
    return _giving_up().search(plain) is not None and _giving_up_only().fullmatch(plain) is not None


def whether_to_drop(text: str) -> Literal["drop", "resume"] | None:
    """What an answer to «هل ألغي؟» means: only a plain yes, or the wish once more, throws anything away."""
    command = command_of(text)
    if is_no(text) or command == "resume" or sends(text):
        return "resume"
    return "drop" if is_assent(text) or command == "cancel" or gives_up(text) else None


def corrects(text: str) -> bool:
    """Whether the text says that something before was wrong («لا مو هيج», «غلط»)."""
    return _CORRECTS.fullmatch(_plain(text)) is not None


def steers(text: str) -> bool:
    """Whether the whole text is one of all these words."""
    plain = _plain(text)
    return any(plain in _words()[group] for group in _STEERING)


def _only(said: Iterable[str], *groups: str) -> bool:
    return all(any(word in _words()[group] for group in groups) for word in said)


@lru_cache
def _giving_up() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('give_up')})(?!\w)")


@lru_cache
def _giving_up_only() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{_any_of('give_up', 'around')})(?: |$))+")


def _any_of(*groups: str) -> str:
    phrases = {phrase for group in groups for phrase in _words()[group]}
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


@lru_cache
def _words() -> dict[str, frozenset[str]]:
    groups = cast(dict[str, list[str]], yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return {name: frozenset(map(_plain, group)) for name, group in groups.items()}


def _plain(text: str) -> str:
    return normalise(text).strip(" .،,!؟?؛:")
