"""Whose a report is: the cells of a Patient."""

import re
from collections.abc import Mapping
from typing import Any, Final

from casework.results import columns
from casework.results.fhir.codes import IDENTIFIER_TYPE
from casework.results.rows import Cell

_NATIONAL_TYPES: Final = ("NI", "NNIRQ", "NN")
_PASSPORT_TYPES: Final = ("PPN",)
_ARABIC: Final = re.compile(r"[\u0621-\u064a]")


def cells_of(patient: Any) -> Mapping[str, Cell]:
    """Name, numbers and year of birth, by column; what is not there is left out."""
    cells: dict[str, Cell] = {}
    for name in patient.name or ():
        text = name.text or " ".join(filter(None, (*(name.given or ()), name.family)))
        if text:
            cells.setdefault(columns.NAME if _ARABIC.search(text) else columns.NAME_LATIN, text)
    cells.setdefault(columns.NAME, cells.get(columns.NAME_LATIN, ""))
    for telecom in patient.telecom or ():
        if telecom.system in ("phone", "sms") and telecom.value:
            cells.setdefault(columns.PHONE, telecom.value)
    for identifier in patient.identifier or ():
        column = _column(identifier)
        if column and identifier.value:
            cells.setdefault(column, identifier.value)
    if patient.birthDate is not None:
        # A whole date, or a year with or without a month.
        cells[columns.BIRTH_YEAR] = str(patient.birthDate)[:4]
    return cells


def _column(identifier: Any) -> str | None:
    coded = (
        [one.code for one in (identifier.type.coding or ()) if one.system == IDENTIFIER_TYPE] if identifier.type else []
    )
    system = str(identifier.system or "").lower()
    if any(code in _PASSPORT_TYPES for code in coded) or "passport" in system:
        return columns.PASSPORT
    if any(code in _NATIONAL_TYPES for code in coded) or "national" in system:
        return columns.NATIONAL_ID
    return None
