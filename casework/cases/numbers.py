"""Tracking numbers: ten digits that can be read aloud, the last of which checks the others (Damm's method).

Nine random digits, so that a number says nothing about how many cases there are, and a guess among a million cases
fails 799 times in 800. The first digit is neither 0 (spreadsheets drop it) nor 7 (Iraqi mobile numbers begin with it).
Damm's digit finds every single wrong digit and every two neighbours that were exchanged.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from arabic.normalise import digits_to_ascii
from casework.cases.models import NUMBER_CHARS

PREFIX = "R"
_FIRST_DIGITS = "12345689"
# The quasigroup of order 10 of H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004).
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_GAP = r"[\s\-‐-―.,،_/ـ]*"
_TYPED = re.compile(rf"(?<!\w)(?P<prefix>(?:[Rr]|ر|راء){_GAP})?(?P<digits>\d(?:{_GAP}\d)*)")
_GROUP = re.compile(r"\d+")
_ABOUT_A_NUMBER = 7
"""Digits: fewer are a year or a sum, if no prefix stands before them."""


class Fault(StrEnum):
    """Why what was typed is no tracking number."""

    NONE_TYPED = "none_typed"
    LENGTH = "length"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was found in a text: a number that may exist, or why there is none; `digits` is how many were typed."""

    number: str | None
    fault: Fault | None
    digits: int = 0


def new() -> str:
    """A fresh number, digits only. It may be taken already (one time in 800 for a million cases): try again then."""
    payload = secrets.choice(_FIRST_DIGITS) + "".join(secrets.choice("0123456789") for _ in range(NUMBER_CHARS - 2))
    return payload + check_digit(payload)


def check_digit(payload: str) -> str:
    """The digit that follows `payload` (ASCII digits)."""
    interim = 0
    for digit in payload:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def is_right(digits: str) -> bool:
    """Whether ASCII digits have the form of a tracking number and its check digit fits."""
    return len(digits) == NUMBER_CHARS and digits[0] in _FIRST_DIGITS and check_digit(digits) == "0"


def show(number: str) -> str:
    """As people read it: ``R-123-456-7890``."""
    return f"{PREFIX}-{number[:3]}-{number[3:6]}-{number[6:]}"


def find(text: str) -> Typed:
    """The tracking number in what a citizen typed: digits of any script, any spacing, `R` or «ر» before it or not.

    Asks no database: a wrong check digit is known here.
    """
    best = Typed(None, Fault.NONE_TYPED)
    for match in _TYPED.finditer(digits_to_ascii(text)):
        groups = _GROUP.findall(match["digits"])
        number = _among(groups)
        if number is not None:
            return Typed(number, None, NUMBER_CHARS)
        digits = sum(map(len, groups))
        if digits < _ABOUT_A_NUMBER and not match["prefix"]:
            continue
        if best.fault is not Fault.CHECK:
            best = Typed(None, Fault.CHECK if digits == NUMBER_CHARS else Fault.LENGTH, digits)
    return best


def _among(groups: Sequence[str]) -> str | None:
    """The number that consecutive groups of digits make; a date or a sum may stand right beside it."""
    for start in range(len(groups)):
        digits = ""
        for group in groups[start:]:
            digits += group
            if is_right(digits):
                return digits
            if len(digits) >= NUMBER_CHARS:
                break
    return None
