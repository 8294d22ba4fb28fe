"""What a typed proof is read as; one answer is one guess."""

import pytest

from casework.results import factors
from casework.results.factors import Kind

ID = (Kind.NATIONAL_ID, "198500000001")


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("198500000001", {ID}),
        ("رقم البطاقة ١٩٨٥ ٠٠٠٠ ٠٠٠١", {ID}),
        ("198500 000001", {ID}),
        ("198500000001 1985-0000-0001", {ID}),
        ("1985 07701230001", {(Kind.BIRTH, "1985:0001")}),
        ("0001 1985", {(Kind.BIRTH, "1985:0001")}),
        ("19850001", {(Kind.BIRTH, "1985:0001"), (Kind.NATIONAL_ID, "19850001"), (Kind.PASSPORT, "19850001")}),
        ("id 12345678", {(Kind.PASSPORT, "ID12345678"), (Kind.NATIONAL_ID, "12345678"), (Kind.PASSPORT, "12345678")}),
    ],
)
def test_readings_of_one_value(text: str, readings: set[tuple[Kind, str]]) -> None:
    factor = factors.read(text, 2026)
    assert factor is not None
    assert set(factor.readings) == readings


@pytest.mark.parametrize(
    "text",
    [
        "198500000001 198500000002",
        "198500000001 A12345678",
        "12345678 87654321",
        "1985 07701230001 198500000001",
        "123456 234567 345678",
        "198500000001" + " " * 200,
    ],
)
def test_several_values_are_refused(text: str) -> None:
    assert factors.read(text, 2026) is None
