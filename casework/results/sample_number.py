"""Sample numbers. Each laboratory has its own form, so only what all have in common is used.

A number is Latin letters and digits. Which digits (Arabic-Indic or not), capitals, spaces, signs and other letters
between them are no part of it; leading zeros are.
"""

import re
import unicodedata

from arabic import strip_controls
from citizens.vault import recognise
from citizens.vault.recognise import Identifier

MIN_DIGITS = 3
MIN_CHARS, MAX_CHARS = 4, 40
TEXT_MAX_CHARS = 200
"""A longer message is no sample number; nothing is searched in it."""
# A number in a sentence: one word with digits, its letters before it («BGD 2026 004512»), groups of digits after it.
# Every repetition before the first digit is bounded and ends with a sign, so that nothing can be split in two ways.
_SPELLED = {"تست": "TST", "تي اس تي": "TST", "بغد": "BGD", "بي جي دي": "BGD"}
"""Codes of laboratories as people write them down in Arabic letters."""
_SPELLED_BEFORE = re.compile(rf"(?<!\w)({'|'.join(_SPELLED)})(?=[ \-_/.]*\d)")
_IN_TEXT = re.compile(
    r"(?<![^\W_])(?:[A-Za-z]{1,6}[ \-_/.#]){0,4}[A-Za-z]{0,40}\d[A-Za-z\d]*(?:[ \-_/.][A-Za-z]{0,3}\d[A-Za-z\d]*)*"
)


def canonical(text: str) -> str | None:
    """The one form of a sample number by which it is found; None if the text cannot be one."""
    plain = text if text.isascii() else "".join(map(_ascii, unicodedata.normalize("NFKC", strip_controls(text))))
    number = "".join(char for char in plain if char.isascii() and char.isalnum()).upper()
    digits = sum(char.isdecimal() for char in number)
    return number if digits >= MIN_DIGITS and MIN_CHARS <= len(number) <= MAX_CHARS else None


def find(text: str) -> str | None:
    """The sample number in what a citizen typed, canonical: the whole message, or the longest number in a sentence."""
    if len(text) > TEXT_MAX_CHARS:
        return None
    plain = "".join(map(_ascii, unicodedata.normalize("NFKC", strip_controls(text))))
    plain = _SPELLED_BEFORE.sub(lambda code: _SPELLED[code[1]], plain)
    found = [number for match in _IN_TEXT.finditer(plain) if (number := canonical(match[0]))]
    return max(found, key=len) if found else canonical(plain) if len(plain.split()) == 1 else None


def is_phone(text: str) -> bool:
    """Whether the text is a mobile number and nothing else: often typed in place of the sample number."""
    if len(text) > TEXT_MAX_CHARS or any("A" <= char.upper() <= "Z" for char in text):
        return False
    found = recognise.find(strip_controls(text))
    return len(found) == 1 and found[0].kind is Identifier.PHONE and canonical(text[found[0].end :] + "x") is None


def _ascii(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)
