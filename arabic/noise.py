"""Spelling noise as hurried thumbs make it, for training and for tests."""

import random
from collections.abc import Callable

_KEYBOARD = ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرلاىةوزظ", "ذ")  # rows of a usual Arabic phone keyboard
_ALIKE = ("هة", "ىي", "ضظ", "أا", "إا", "آا", "ذد", "ثت", "گك", "چج", "قگ", "صس", "طت", "غق", "ؤو", "ئي", "پب")


def _neighbours() -> dict[str, str]:
    near: dict[str, str] = {}
    for row in _KEYBOARD:
        for place, key in enumerate(row):
            near[key] = near.get(key, "") + row[max(place - 1, 0) : place] + row[place + 1 : place + 2]
    return near


def _lookalikes() -> dict[str, str]:
    alike: dict[str, str] = {}
    for pair in _ALIKE:
        one, other = list(pair)
        alike[one] = alike.get(one, "") + other
        alike[other] = alike.get(other, "") + one
    return alike


_NEAR = _neighbours()
_LOOKALIKE = _lookalikes()
_LINE_WITHOUT_SPACES = 0.15  # times the rate: whole lines typed without one space


def _near_key(letter: str, following: str, rng: random.Random) -> tuple[str, str]:
    return rng.choice(_NEAR.get(letter) or letter), following


def _alike(letter: str, following: str, rng: random.Random) -> tuple[str, str]:
    return rng.choice(_LOOKALIKE.get(letter) or letter), following


def _dropped(letter: str, following: str, rng: random.Random) -> tuple[str, str]:
    return "", following


def _doubled(letter: str, following: str, rng: random.Random) -> tuple[str, str]:
    return letter * rng.choice((2, 2, 3)), following


def _swapped(letter: str, following: str, rng: random.Random) -> tuple[str, str]:
    return following, letter


def _split(letter: str, following: str, rng: random.Random) -> tuple[str, str]:
    return letter + " ", following


_CHANGES: tuple[Callable[[str, str, random.Random], tuple[str, str]], ...] = (
    _alike,
    _alike,
    _alike,
    _near_key,
    _near_key,
    _dropped,
    _dropped,
    _doubled,
    _swapped,
    _split,
)


def corrupt(text: str, rng: random.Random, rate: float = 0.08) -> str:
    """Type a line badly: near keys, look-alike letters, dropped, doubled or swapped letters, joined or split words.

    Args:
        text: A line, mostly in Arabic script.
        rng: The source of chance; the same seed gives the same line.
        rate: Share of letters that change, 0 to 1; people are near 0.05, in a hurry 0.1.

    Returns:
        The line with noise; with a rate of 0 the line itself.
    """
    if rate <= 0:
        return text
    letters = list(text)
    typed: list[str] = []
    place = 0
    while place < len(letters):
        letter = letters[place]
        following = letters[place + 1] if place + 1 < len(letters) else ""
        place += 1
        if rng.random() >= rate:
            typed.append(letter)
        elif letter.isspace():
            typed.append(rng.choice(("", "", letter * 2)))
        elif letter.isalpha() and following.isalpha():
            first, second = rng.choice(_CHANGES)(letter, following, rng)
            typed += (first, second)
            place += 1
        elif letter.isalpha():
            typed.append(_alike(letter, "", rng)[0])
        else:
            typed.append("" if not letter.isalnum() else letter)
    line = "".join(typed)
    return line.replace(" ", "") if rng.random() < rate * _LINE_WITHOUT_SPACES else line
