import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic import looks_arabizi, normalise
from arabic.arabizi import Vocabulary, candidates, from_arabic, to_arabic


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("shlon atala3 jawaz", "شلون اطلع جواز"),
        ("shgad rsoom el-jawaz", "شكد رسوم الجواز"),
        ("wen aqaddim 3ala qarth", "وين اقدم على قرض"),
        ("ariid asawi hawiya", "اريد اسوي هوية"),
        ("5idma", "خدمة"),
        ("جواز jadeed 2025", "جواز جديد 2025"),
        ("el jawaz", "الجواز"),
    ],
)
def test_words_of_every_day_are_spelled_in_arabic(latin: str, arabic: str) -> None:
    assert normalise(to_arabic(latin)) == normalise(arabic)


def test_vocabulary_finds_the_word_in_use() -> None:
    vocabulary = Vocabulary(["غرامات مرورية", "براءة ذمة", "صحيفة الأعمال"])
    assert to_arabic("ghramaat mroriya", vocabulary) == "غرامات مروريه"
    assert vocabulary.match("zzz") is None


def test_candidates_offer_the_emphatic_letters() -> None:
    assert "مطار" in candidates("matar")
    assert candidates("'") == []


@given(st.text(max_size=80) | st.text(alphabet="abcdehijklmnoqrstuwxyz23456789'’- اب", max_size=40))
def test_never_raises(text: str) -> None:
    assert isinstance(to_arabic(text, Vocabulary(["جواز سفر"])), str)
    assert isinstance(looks_arabizi(text), bool)


@given(st.text(alphabet="ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهويىپچگ ", max_size=60), st.integers())
def test_written_as_arabizi_nothing_arabic_is_left(text: str, seed: int) -> None:
    assert from_arabic(text, random.Random(seed)).isascii()


def test_the_same_seed_writes_the_same_line() -> None:
    line = "شلون أطلع جواز سفر"
    assert from_arabic(line, random.Random(3)) == from_arabic(line, random.Random(3))
