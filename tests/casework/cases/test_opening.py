"""What a first sentence says, over 265 sentences; days and sums as people type them."""

from datetime import date
from pathlib import Path

import pytest

from casework.cases.dates import Problem, read_day
from casework.cases.opening import Opening, is_elsewhere, read
from casework.cases.sums import read_count, read_sum

TODAY = date(2026, 11, 23)
"""A Monday."""
LEAST_RIGHT = 0.96
_FILE = Path(__file__).parent / "openings.tsv"


def _lines() -> list[tuple[Opening, str, str]]:
    rows = [line.split("\t") for line in _FILE.read_text().splitlines() if line and not line.startswith("#")]
    wanted = []
    for kind, dinars, place, account, sentence in rows:
        opening = Opening(
            kind=None if kind == "-" else kind,
            sum_dinars=None if dinars == "-" else int(dinars),
            is_account=account == "1",
        )
        wanted.append((opening, place, sentence))
    return wanted


def test_first_sentences() -> None:
    lines = _lines()
    wrong: dict[str, list[str]] = {"kind": [], "sum": [], "place": [], "account": []}
    for wanted, place, sentence in lines:
        got = read(sentence, TODAY)
        pairs = {
            "kind": (wanted.kind, got.kind),
            "sum": (wanted.sum_dinars, got.sum_dinars),
            "place": (place, got.district or got.governorate or "-"),
            "account": (wanted.is_account, got.is_account),
        }
        for name, (expected, found) in pairs.items():
            if expected != found:
                wrong[name].append(sentence)
    assert len(lines) >= 260
    for name, sentences in wrong.items():
        right = 1 - len(sentences) / len(lines)
        print(f"{name}: {right:.3f} right of {len(lines)}")
        assert right >= LEAST_RIGHT, sentences


@pytest.mark.parametrize(
    ("sentence", "agent"),
    [
        ("الوكيل ابو علي ياخذ فلوس زايدة", "ابو علي"),
        ("وكيل رقم ٤٥١٢ ما يفتح", "4512"),
        ("الوكيل اسمه كريم جاسم يشتم الناس", "كريم جاسم"),
        ("الوكيل حجي سالم ما انطانا", "حجي سالم"),
        ("وكيل حي الجهاد ما انطانا الطحين", None),
        ("الوكيل يشتم الناس", None),
    ],
)
def test_the_agent_of_a_first_sentence(sentence: str, agent: str | None) -> None:
    assert read(sentence, TODAY).agent_text == agent


def test_the_day_of_a_first_sentence() -> None:
    assert read("الوكيل البارحة ضرب ابني", TODAY).happened_on == date(2026, 11, 22)
    assert read("وكيل حي الجهاد ما انطانا الطحين هالشهر", TODAY).happened_on is None


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("اليوم", TODAY),
        ("البارحة", date(2026, 11, 22)),
        ("امبارح", date(2026, 11, 22)),
        ("أمس", date(2026, 11, 22)),
        ("elbarha", date(2026, 11, 22)),
        ("اول امس", date(2026, 11, 21)),
        ("قبل يومين", date(2026, 11, 21)),
        ("صارله يومين", date(2026, 11, 21)),
        ("قبل أسبوع", date(2026, 11, 16)),
        ("قبل ٣ ايام", date(2026, 11, 20)),
        ("قبل خمسة ايام", date(2026, 11, 18)),
        ("قبل شهر", date(2026, 10, 23)),
        ("قبل ثلاث اشهر", date(2026, 8, 23)),
        ("الأسبوع الماضي", date(2026, 11, 16)),
        ("الجمعة الماضية", date(2026, 11, 20)),
        ("الجمعة", date(2026, 11, 20)),
        ("الاثنين", TODAY),
        ("الاثنين الماضي", date(2026, 11, 16)),
        ("١٢/١١", date(2026, 11, 12)),
        ("12-11-25", date(2025, 11, 12)),
        ("2026/11/3", date(2026, 11, 3)),
        ("10/25", date(2026, 10, 25)),
        ("20.11.2026", date(2026, 11, 20)),
        ("29/2/2024", date(2024, 2, 29)),
        ("٣ تشرين الثاني", date(2026, 11, 3)),
        ("3 تشرين الأول 2025", date(2025, 10, 3)),
        ("خمسة وعشرين ايلول", date(2026, 9, 25)),
        ("اول كانون الثاني", date(2026, 1, 1)),
        ("١٥ آب", date(2026, 8, 15)),
        ("5 شهر 9", date(2026, 9, 5)),
        ("3 nov", date(2026, 11, 3)),
        ("يوم 15", date(2026, 11, 15)),
        ("يوم 28", date(2026, 10, 28)),
        ("31/2", Problem.IMPOSSIBLE),
        ("31 نيسان", Problem.IMPOSSIBLE),
        ("99/99", Problem.IMPOSSIBLE),
        ("0/0/0", Problem.IMPOSSIBLE),
        ("29/2", Problem.IMPOSSIBLE),
        ("25/11", Problem.FUTURE),
        ("1/1/2027", Problem.FUTURE),
        ("25 تشرين الثاني", Problem.FUTURE),
        ("باچر", Problem.FUTURE),
        ("الجمعة الجاية", Problem.FUTURE),
        ("12/11/1990", Problem.TOO_OLD),
        ("قبل 900 سنة", Problem.TOO_OLD),
        ("الشهر الماضي", Problem.VAGUE),
        ("بتشرين الاول", Problem.VAGUE),
        ("ما ادري", Problem.VAGUE),
        ("امبارحة العصر", date(2026, 11, 22)),
        ("شهر العاشر", Problem.VAGUE),
        ("٥ شهر العاشر", date(2026, 10, 5)),
        ("رمضان", Problem.VAGUE),
        ("كل شهر", Problem.ONGOING),
        ("من اول الشهر لليوم", Problem.ONGOING),
        ("من يومين لحد الان", date(2026, 11, 21)),
        ("تاريخ 15 13", Problem.IMPOSSIBLE),
        ("12 11", date(2026, 11, 12)),
        ("قبل 99999999 يوم", Problem.UNREADABLE),
        ("شسمه", Problem.UNREADABLE),
        ("", Problem.UNREADABLE),
    ],
)
def test_a_day_as_people_type_it(typed: str, day: date | Problem) -> None:
    assert read_day(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "dinars"),
    [
        ("ألفين", 2000),
        ("alfen", 2000),
        ("٢٠٠٠", 2000),
        ("2,000", 2000),
        ("2.000 دينار", 2000),
        ("10 000", 10000),
        ("5 الاف", 5000),
        ("5الاف", 5000),
        ("خمستالاف", 5000),
        ("ثلثتالاف", 3000),
        ("خمسة وعشرين الف", 25000),
        ("مية الف", 100_000),
        ("ثلاثمية وخمسين الف", 350_000),
        ("مليون ونص", 1_500_000),
        ("1.5 مليون", 1_500_000),
        ("ربع مليون", 250_000),
        ("الف ونص", 1500),
        ("الفين وخمسمية", 2500),
        ("خمسمية", 500),
        ("ثلاثة آلاف وخمسمائة دينار", 3500),
        ("الفين زيادة بدل الف", 2000),
        ("اخذ مني 25 الف بدل 20 الف", 25000),
        ("100 دولار", None),
        ("07701234567", None),
        ("3", None),
        ("الف شكر", None),
        ("", None),
    ],
)
def test_a_sum_as_people_type_it(typed: str, dinars: int | None) -> None:
    assert read_sum(typed) == dinars


def test_digits_of_other_things_are_no_sum() -> None:
    assert read_sum("سنة 2024 راجعت الوكيل 4512", sentence=True) is None
    assert read_count("خمسة وعشرين يوم") == 25
    assert read_count("شسمه") is None


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("الوكيل يأخر الحصة", "delay"),
        ("ينطي تمن مسوس", "quality"),
        ("الوكيل ما ينطيني وصل", "agent"),
        ("وكيل الغاز يغلي السعر", None),
        ("فلوس الحصة شكد المفروض ادفع للوكيل", None),
    ],
)
def test_kinds_in_plain_words(sentence: str, kind: str | None) -> None:
    assert read(sentence, TODAY).kind == kind


def test_what_is_no_matter_of_rations() -> None:
    assert is_elsewhere("وكيل غاز")
    assert is_elsewhere("كهرباء ماكو")
    assert not is_elsewhere("الوكيل يبيع الطحين ويشتري غاز")
    assert not is_elsewhere("الوكيل ياخذ فلوس زيادة")
    assert not read("فلوس الحصة شكد المفروض ادفع للوكيل", TODAY).is_account
