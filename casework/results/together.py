"""A sample number and what proves it, in one message: «TST-2026-1001 199000001001», in either order."""

import re
from typing import Final

from arabic import digits_to_ascii, normalise, strip_controls
from casework.results import factors, sample_number
from casework.results.factors import Factor
from citizens.vault.recognise import Found, Identifier
from citizens.vault.recognise import find as identifiers

_BORDER: Final = "،"
"""Stands where something was taken out: what is on its two sides is not one number."""
_PROOFS: Final = (Identifier.NATIONAL_ID, Identifier.PASSPORT)
_NO_SAMPLES: Final = (*_PROOFS, Identifier.PHONE, Identifier.EMAIL)
_JOINED: Final = re.compile(r"[A-Za-z0-9][\-_.]?$")
"""Before digits that are the end of a longer number."""
_DATE: Final = re.compile(r"(?<!\d)\d{1,4}([/\-.])\d{1,2}\1\d{1,4}(?!\d)")
_OF_ID: Final = re.compile(r"هوي|بطاق|جواز|وطني")
_OF_SAMPLE: Final = re.compile(r"عي?نه|عي?نت")


def read(text: str, this_year: int) -> tuple[str | None, Factor | None]:
    """The sample number and the factor in a message; None for what is not there, or not beyond doubt.

    Args:
        text: As typed.
        this_year: No birth is later.
    """
    if len(text) > sample_number.TEXT_MAX_CHARS:
        return None, None
    plain = digits_to_ascii(strip_controls(text))
    found = [one for one in identifiers(plain) if not _JOINED.search(plain[: one.start])]
    samples = [one for one in found if one.kind is Identifier.SAMPLE]
    proofs = sorted({one.value for one in found if one.kind in _PROOFS})
    if not proofs and len(samples) == 1:
        rest = _DATE.sub(_BORDER, _without(plain, samples))
        if factor := factors.read(rest, this_year):
            return sample_number.canonical(samples[0].value), factor
    factor = factors.read(proofs[0], this_year) if len(proofs) == 1 else None
    number = sample_number.find(_without(plain, [one for one in found if one.kind in _NO_SAMPLES]))
    if number is not None:
        return number, factor
    words = normalise(plain)
    if factor and _OF_ID.search(words) and not _OF_SAMPLE.search(words):
        return None, factor
    return sample_number.find(plain), None


def _without(text: str, found: list[Found]) -> str:
    for one in reversed(found):
        text = f"{text[: one.start]}{_BORDER}{text[one.end :]}"
    return text
