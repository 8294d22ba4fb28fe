"""Finding identifiers in a text: national id, Iraqi mobile number, passport, e-mail; digits in any script.

Sample numbers of laboratories and numbers of ration cards have no form of their own: they are known by the words beside
them. Where a form asks for one, whatever is typed is concealed (`bot.turns.concealing`).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Identifier(StrEnum):
    """What kind of identifier; the name is part of the token."""

    NATIONAL_ID = "nid"
    PHONE = "phone"
    PASSPORT = "passport"
    EMAIL = "email"
    SAMPLE = "sample"
    RATION_CARD = "ration"
    BIRTH = "birth"
    """Year of birth and a phone's last digits; only beside a sample, which they prove."""


@dataclass(frozen=True, slots=True)
class Found:
    """An identifier at `start`..`end` of the text; `value` is its one canonical form."""

    kind: Identifier
    start: int
    end: int
    value: str


_GAP = r"[ \-.]?"
_NETWORK = r"7[3-9]"
"""First digits of the Iraqi mobile networks, without the leading zero."""
# Fourteen digits or more are no mobile number; a code such as R-7712345678 is none either.
_PHONE = re.compile(
    rf"(?<!\d)(?:(?:\+|00){_GAP}964|(?<![A-Za-z\-/])964){_GAP}\(?0?\)?{_GAP}(?P<abroad>{_NETWORK}(?:{_GAP}\d){{8}})(?!\d)"
    rf"|(?<!\d)\(?0(?P<home>{_NETWORK}(?:{_GAP}\)?{_GAP}\d){{8}})(?!\d)"
    rf"|(?<![\dA-Za-z\-/+])(?P<bare>{_NETWORK}\d{{8}})(?!\d)"
)
# Four digits after a year are the end of a sample number: «TST-2026-1001 1985 4567».
_NATIONAL_ID = re.compile(
    r"(?<!\d)(?:\d{12}|(?<!(?:19|20)\d\d[\-/])\d{4}(?P<by_four>[ \-])\d{4}(?P=by_four)\d{4}"
    r"|\d{3}(?P<by_three>[ \-])(?:\d{3}(?P=by_three)){2}\d{3})(?!\d)"
)
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])[Aa][ \-]?\d{8}(?!\d)")
_EMAIL = re.compile(
    r"(?<![\w.+\-])[A-Za-z0-9][\w.+\-]{0,63}@(?:[A-Za-z0-9\-]{1,63}\.)+[A-Za-z]{2,24}(?![A-Za-z])", re.ASCII
)
# A tracking number (R-123-456-7894) is none of these.
_NUMBER = r"(?<![\w\-/.])(?![Rr][ \-]?\d)(?:[A-Za-z]{1,6}[ \-/]?)?(?:\d[\-/]?){4,18}\d(?![\w])"
_OF_SAMPLE = re.compile(r"عي?نة|عي?نه|فحص|نتيج|مختبر|مسحة|مسحه|كورونا|\bpcr\b|sample", re.IGNORECASE)
_OF_RATION = re.compile(r"تموين|الحصة|الحصه|البطاقة التم|ration", re.IGNORECASE)
_ANY_NUMBER = re.compile(_NUMBER)
# Letters, a year and a number, as laboratories write them: known without words beside it.
_SAMPLE = re.compile(r"(?<![\w\-/])(?![Rr]-)(?:[A-Za-z]{2,6}|تست|بغد)[ \-/]?(?:19|20)\d\d[ \-/]?\d{3,8}(?!\w)")
_BIRTH = re.compile(r"(?<![\w\-/])(?:19|20)\d\d[ \-/،,]{1,2}\d{4}(?![\w\-/])")
_DATE = re.compile(r"(?:19|20)\d\d[\-/]\d{1,2}[\-/]\d{1,2}|\d{1,2}[\-/]\d{1,2}[\-/](?:19|20)\d\d")
_YEARS = re.compile(r"(?:19|20)\d\d[ \-](?:19|20)\d\d[ \-](?:19|20)\d\d")
_NOT_DIGIT = re.compile(r"\D")


def find(text: str) -> Sequence[Found]:
    """All identifiers of a text, in order, none overlapping.

    Args:
        text: Text without invisible characters (`arabic.strip_controls`).
    """
    plain = _ascii_digits(text)
    taken: list[Found] = []

    def take(kind: Identifier, match: re.Match[str], value: str) -> None:
        start, end = match.span()
        if all(end <= other.start or start >= other.end for other in taken):
            taken.append(Found(kind, start, end, value))

    for match in _EMAIL.finditer(plain):
        take(Identifier.EMAIL, match, match[0].lower())
    for match in _PHONE.finditer(plain):
        subscriber = match["abroad"] or match["home"] or match["bare"]
        take(Identifier.PHONE, match, "+964" + _NOT_DIGIT.sub("", subscriber))
    for match in _NATIONAL_ID.finditer(plain):
        if not _YEARS.fullmatch(match[0]):
            take(Identifier.NATIONAL_ID, match, _NOT_DIGIT.sub("", match[0]))
    for match in _PASSPORT.finditer(plain):
        take(Identifier.PASSPORT, match, "A" + _NOT_DIGIT.sub("", match[0]))
    for match in _SAMPLE.finditer(plain):
        take(Identifier.SAMPLE, match, re.sub(r"[ \-/]", "", match[0]).upper())
    for kind, beside in ((Identifier.SAMPLE, _OF_SAMPLE), (Identifier.RATION_CARD, _OF_RATION)):
        if beside.search(plain):
            for match in _ANY_NUMBER.finditer(plain):
                if not _DATE.fullmatch(match[0]):
                    take(kind, match, re.sub(r"[ \-/]", "", match[0]).upper())
    if any(found.kind is Identifier.SAMPLE for found in taken):
        for match in _BIRTH.finditer(plain):
            take(Identifier.BIRTH, match, f"{match[0][:4]} {match[0][-4:]}")
    return sorted(taken, key=lambda found: found.start)


def _ascii_digits(text: str) -> str:
    """The text with each digit and full-width sign in ASCII, of the same length, so that places stay the same."""
    return "".join(_ascii(char) for char in text)


def _ascii(char: str) -> str:
    if char.isascii():
        return char
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 and folded.isascii() else char
