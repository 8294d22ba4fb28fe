"""Codes of the terminologies that reports use."""

from collections.abc import Mapping
from typing import Final

from casework.results import columns
from casework.results.models import Status, Value

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
INTERPRETATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
IDENTIFIER_TYPE: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"

PCR_TESTS: Final = frozenset(
    {
        "94306-8", "94309-2", "94314-2", "94316-7", "94500-6", "94502-2", "94533-7", "94534-5", "94565-9", "94759-8",
        "94845-5", "95406-5", "95425-5", "96986-5",
    }
)  # fmt: skip
"""LOINC codes of nucleic acid tests for SARS-CoV-2."""

STATUSES: Final[Mapping[str, Status]] = {
    "registered": Status.PENDING,
    "partial": Status.PENDING,
    "preliminary": Status.PENDING,
    "final": Status.FINAL,
    "amended": Status.AMENDED,
    "corrected": Status.AMENDED,
    "appended": Status.AMENDED,
    "cancelled": Status.VOID,
    "entered-in-error": Status.VOID,
}
"""Of a DiagnosticReport; `unknown` is refused."""

_SNOMED_VALUES: Final[Mapping[str, Value]] = {
    "260415000": Value.NEGATIVE,  # not detected
    "260385009": Value.NEGATIVE,
    "260373001": Value.POSITIVE,  # detected
    "10828004": Value.POSITIVE,
    "419984006": Value.INCONCLUSIVE,
    "82334004": Value.INCONCLUSIVE,  # indeterminate
    "125154007": Value.REJECTED,  # specimen unsatisfactory for evaluation
}
_INTERPRETATIONS: Final[Mapping[str, Value]] = {
    "NEG": Value.NEGATIVE,
    "ND": Value.NEGATIVE,
    "POS": Value.POSITIVE,
    "DET": Value.POSITIVE,
    "IND": Value.INCONCLUSIVE,
    "E": Value.INCONCLUSIVE,
}


def value_of(system: str | None, code: str | None) -> Value | None:
    """What a coding says was found; None if it says nothing of that."""
    if system == SNOMED:
        return _SNOMED_VALUES.get(code or "")
    return _INTERPRETATIONS.get(code or "") if system == INTERPRETATION else None


def value_named(text: str | None) -> Value | None:
    """The same of a concept's text."""
    return columns.value(text) if text else None
