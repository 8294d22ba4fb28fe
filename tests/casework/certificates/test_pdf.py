"""The certificate on paper: it can be scanned, fits its page, and its text is whole."""

from datetime import timedelta

import pytest
import segno

from casework.certificates.codec import encode
from casework.certificates.content import Content, Method, Outcome, to_claims
from casework.certificates.identifier import make_identifier
from casework.certificates.names import read_name
from casework.certificates.pdf import QR_SIDE_MM, make_pdf, make_picture
from tests.casework.certificates.conftest import NOW, private_key
from tests.casework.certificates.reading import code_in, rendered, texts

LONG = "عبد الرحمن محمد عبد الحسين عبد الأمير الكربلائي آل طعمة الموسوي الطباطبائي"
CASES: dict[str, dict[str, object]] = {
    "usual": {},
    "long": {"name": read_name(LONG, "Abdulrahman Mohammed Abdulhussein Abdulameer Al-Karbalaei Al-Tabatabaei")},
    "short": {"name": read_name("علي"), "born": "", "laboratory": "X"},
    "sample": {"issuer": "SAMPLE وزارة الصحة / Ministry of Health, Iraq", "outcome": Outcome.POSITIVE},
    "wordy": {"laboratory": "م" * 38 + " / " + "W" * 39, "issuer": "W" * 80, "name": read_name("ش " * 40)},
}


def content(changes: dict[str, object]) -> Content:
    """A certificate's statement."""
    fields: dict[str, object] = {
        "identifier": make_identifier(),
        "name": read_name("زينب كاظم جواد الموسوي"),
        "born": "1984-05-17",
        "method": Method.NAAT,
        "outcome": Outcome.NEGATIVE,
        "sampled_at": NOW - timedelta(hours=20),
        "laboratory": "مختبر الصحة العامة / Central Public Health Laboratory",
        "issuer": "وزارة الصحة / Ministry of Health, Iraq",
        "issued_at": NOW,
        "expires_at": NOW + timedelta(hours=52),
    }
    return Content(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES)
def test_the_code_can_be_scanned(case: str) -> None:
    said = content(CASES[case])
    code = encode(to_claims(said), b"12345678", private_key())
    pdf = make_pdf(said, code)
    assert code_in(pdf) == code
    assert code_in(make_picture(code)) == code
    assert len(pdf) < 100_000


@pytest.mark.parametrize("case", CASES)
def test_nothing_runs_off_the_page(case: str) -> None:
    said = content(CASES[case])
    page = rendered(make_pdf(said, encode(to_claims(said), b"12345678", private_key())))
    margin = round(page.width * 12 / 210)
    top = round(page.height * 50 / 297)  # the band and the watermark's ends are above or inside
    for left in (0, page.width - margin):
        strip = page.crop((left, top, left + margin, page.height))
        assert min(strip.tobytes()) > 250, "ink in the margin"


def test_the_code_is_as_the_specification_recommends() -> None:
    code = encode(to_claims(content({})), b"12345678", private_key())
    made = segno.make_qr(code, error="q", boost_error=False)
    assert made.mode == "alphanumeric"
    assert made.error == "Q"
    assert 35 <= QR_SIDE_MM * 2**0.5 <= 60


def test_the_text_can_be_found_and_copied() -> None:
    said = content({})
    text = texts(make_pdf(said, encode(to_claims(said), b"12345678", private_key())))
    for part in (
        "COVID-19 Test Certificate",
        "ALMWSWY, ZYNB KAXZZM JWAD",
        said.identifier,
        "2026-11-25 13:00",
        "الموسوي",
    ):
        assert part in text
    marked = texts(make_pdf(content(CASES["sample"]), encode(to_claims(said), b"12345678", private_key())))
    assert "SAMPLE" in marked
    assert "Not the result of a real person" in marked
    assert "SAMPLE" not in text
