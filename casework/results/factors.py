"""Second factors: what proves, with the sample number, that a result is one's own (docs/adr/0014-results.md)."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from arabic import strip_controls
from citizens.vault import recognise
from citizens.vault.recognise import Identifier

LAST_DIGITS = 4
"""Of the phone, asked for together with the year of birth."""
OLDEST_AGE = 120
TEXT_MAX_CHARS = 200
"""A longer message is no factor."""
ALTERNATIVES = 3
"""As many readings of one answer are compared, always; eight digits may be a passport, an old id, or year and phone."""
_NATIONAL_ID = re.compile(r"\d{12}")
_OLD_ID = re.compile(r"\d{6,11}")
_PASSPORT = re.compile(r"(?=(?:.*\d){5})[A-Z]{0,3}\d{5,10}[A-Z]?")
_LOCAL_PHONE = re.compile(r"07[3-9]\d{8}", re.ASCII)
"""The common form, known without further search."""
_NOT_DIGIT = re.compile(r"\D")
_FOREIGN_PHONE = re.compile(r"\+[1-9]\d{7,14}")


class Kind(StrEnum):
    """Kinds of factors; each has its column of digests."""

    PHONE = "phone"
    """The whole number; counts only where the channel has proven that it is the sender's."""
    NATIONAL_ID = "national_id"
    PASSPORT = "passport"
    BIRTH = "birth"
    """Year of birth and the phone's last digits."""


@dataclass(frozen=True, slots=True)
class Factor:
    """What a citizen gave: readings of it, each a kind and a canonical value.

    Attributes:
        readings: At most `ALTERNATIVES`; one that fits is enough.
        proven: Nobody can have guessed it: the phone's owner shared it.
    """

    readings: tuple[tuple[Kind, str], ...]
    proven: bool = False


def phone(text: str) -> str | None:
    """The canonical form of a phone number alone, such as ``+9647701234567``; None if it is none."""
    plain = _plain(text)
    if _LOCAL_PHONE.fullmatch(plain):
        return "+964" + plain[1:]
    found = recognise.find(plain)
    if len(found) == 1 and found[0].kind is Identifier.PHONE and found[0].end - found[0].start == len(plain):
        return found[0].value
    compact = re.sub(r"[ \-().]", "", plain)
    return compact if _FOREIGN_PHONE.fullmatch(compact) else None


def national_id(text: str) -> str | None:
    """The canonical form of a national id (12 digits) or of an older civil status id (6 to 11); None if it is none."""
    compact = _compact(text)
    return compact if _NATIONAL_ID.fullmatch(compact) or _OLD_ID.fullmatch(compact) else None


def passport(text: str) -> str | None:
    """The canonical form of a passport number of any country; None if it is none."""
    compact = _compact(text)
    return compact if _PASSPORT.fullmatch(compact) else None


def birth(year: int, phone_number: str) -> str:
    """The value of `Kind.BIRTH`."""
    return f"{year}:{phone_number[-LAST_DIGITS:]}"


def proven_phone(number: str) -> Factor | None:
    """The factor of a phone that the channel has proven to be the sender's; None if it is no number."""
    known = phone(number) or phone(f"+{number}")
    return None if known is None else Factor(((Kind.PHONE, known),), proven=True)


def read(text: str, this_year: int) -> Factor | None:
    """The factor that a citizen typed; None if it is none of those asked for, or there are several in one answer."""
    if len(text) > TEXT_MAX_CHARS:
        return None
    plain = _plain(text)
    readings: list[tuple[Kind, str]] = []
    found = recognise.find(plain)
    for one in found:
        if one.kind is Identifier.NATIONAL_ID:
            readings.append((Kind.NATIONAL_ID, one.value))
        elif one.kind is Identifier.PASSPORT:
            readings.append((Kind.PASSPORT, one.value))
    phones = [one for one in found if one.kind is Identifier.PHONE]
    if phones:
        rest = plain[: phones[0].start] + " " + plain[phones[0].end :]
        years = [int(group) for group in re.findall(r"(?<!\d)\d{4}(?!\d)", rest) if _is_year(int(group), this_year)]
        readings += [(Kind.BIRTH, birth(year, phones[0].value)) for year in years[:1]]
        return _of_one_value(readings, plain)
    groups = re.findall(r"\d+", plain)
    if len(groups) == 2 and all(len(group) == LAST_DIGITS for group in groups):
        first, second = groups
        # The year is asked for first; where only the second can be one, they were typed the other way round.
        for year, digits in ((first, second), (second, first)):
            if _is_year(int(year), this_year):
                readings.append((Kind.BIRTH, birth(int(year), digits)))
                break
    for word in [plain, *plain.split()] if not readings else []:
        compact = _compact(word)
        if len(compact) == 2 * LAST_DIGITS and compact.isdigit() and _is_year(int(compact[:4]), this_year):
            readings.append((Kind.BIRTH, birth(int(compact[:4]), compact[4:])))
        readings += [(Kind.NATIONAL_ID, one) for one in [national_id(word)] if one]
        readings += [(Kind.PASSPORT, one) for one in [passport(word)] if one]
    return _of_one_value(readings, plain)


def digest(key: bytes, kind: Kind, sample: str, value: str) -> bytes:
    """The keyed hash of a factor of one sample; 32 bytes."""
    return hmac.new(key, f"result:{kind.value}:{sample}:{value}".encode(), hashlib.sha256).digest()


def sample_digest(key: bytes, sample: str) -> bytes:
    """The keyed hash of a canonical sample number; 32 bytes."""
    return hmac.new(key, f"result:sample:{sample}".encode(), hashlib.sha256).digest()


def digests(key: bytes, sample: str, values: Sequence[tuple[Kind, str]]) -> dict[Kind, bytes]:
    """The hashes of several factors of one sample."""
    return {kind: digest(key, kind, sample, value) for kind, value in values}


def _of_one_value(readings: Sequence[tuple[Kind, str]], plain: str) -> Factor | None:
    """Several readings of the same digits are one answer; other digits beside them would be a second guess."""
    digits = {one: _NOT_DIGIT.sub("", one[1]) for one in readings}
    whole = _NOT_DIGIT.sub("", plain)
    values = set(digits.values())
    if whole in values:
        values = {whole}
    if len(values) != 1:
        return None
    return Factor(tuple(one for one, value in digits.items() if value in values)[:ALTERNATIVES])


def _is_year(year: int, this_year: int) -> bool:
    return this_year - OLDEST_AGE <= year <= this_year


def _plain(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()
    plain = unicodedata.normalize("NFKC", strip_controls(text)).strip()
    return "".join(char if char.isascii() else _ascii(char) for char in plain)


def _ascii(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)


def _compact(text: str) -> str:
    return re.sub(r"[ \-_/.]", "", _plain(text)).upper()
