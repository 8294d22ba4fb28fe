"""A sample number and its proof in one message."""

import pytest

from casework.results import together
from casework.results.factors import Kind

ID = (Kind.NATIONAL_ID, "199000001001")
BIRTH = (Kind.BIRTH, "1985:4567")


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("اريد نتيجة مسحتي رقمها TST-2026-1001 ورقم هويتي 199000001001", ID),
        ("رقم هويتي ١٩٩٠٠٠٠٠١٠٠١ ورقم العينة tst/٢٠٢٦/١٠٠١", ID),
        ("TST-2026-1001 199000001001", ID),
        ("199000001001 TST 2026 1001", ID),
        ("TST20261001/1990-0000-1001", ID),
        ("تست ٢٠٢٦ ١٠٠١ ١٩٩٠٠٠٠٠١٠٠١", ID),
        ("TST-2026-1001\n1990 0000 1001", ID),
        ("TST-2026-1001 A12345678", (Kind.PASSPORT, "A12345678")),
        ("TST-2026-1001 1985 4567", BIRTH),
        ("عينة TST-2026-1001 مواليد 1985 هاتفي 07701234567", BIRTH),
    ],
)
def test_both_are_read(text: str, proof: tuple[Kind, str]) -> None:
    number, factor = together.read(text, 2026)
    assert number == "TST20261001"
    assert factor is not None
    assert factor.readings == (proof,)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("TST-2026-1001 198500000001 198500000002", "TST20261001"),
        ("TST-2026-1001 07701234567 اخذتها 2026/11/22", "TST20261001"),
        ("عينة TST-2026-1001 من يوم 22/11/2026", "TST20261001"),
        ("TST-2026-199000001001", "TST2026199000001001"),
        ("نتيجة العينة 199000001001", "199000001001"),
        ("نتيجتي", None),
    ],
)
def test_no_proof_beyond_doubt(text: str, number: str | None) -> None:
    assert together.read(text, 2026) == (number, None)


def test_a_proof_without_a_sample() -> None:
    number, factor = together.read("اريد نتيجتي هويتي 199000001001", 2026)
    assert number is None
    assert factor is not None
