"""OperationOutcome: what is answered to a bundle."""

from collections.abc import Sequence
from typing import Any


def issue(severity: str, code: str, text: str, place: str | None = None) -> dict[str, Any]:
    """One issue; `severity` and `code` are FHIR's, `place` a path in what was sent."""
    made: dict[str, Any] = {"severity": severity, "code": code, "details": {"text": text}}
    return made | ({"expression": [place]} if place else {})


def outcome(issues: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The resource."""
    return {"resourceType": "OperationOutcome", "issue": list(issues)}
