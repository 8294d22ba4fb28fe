import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic import guess, looks_arabizi


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("شلون أگدر أطلع جواز", "ar"),
        ("چم يوم ياخذ الپاسپورت", "ar"),
        ("أين أقدم طلب جواز السفر", "ar"),
        ("چۆن دەتوانم پاسپۆرتەکەم نوێ بکەمەوە", "ku"),
        ("سوپاس", "ku"),
        ("ez dixwazim pasaporta xwe nû bikim", "ku"),
        ("Çawa dikarim nasnameyê bistînim", "ku"),
        ("slaw min nasnamay nwem dawet", "ku"),
        ("تحجي كردي؟", "ku"),
        ("اكو احد يحجي بالكردي", "ku"),
        ("تعرف انكليزي؟", "en"),
        ("اني كردي واريد جواز", "ar"),
        ("link", "other"),
        ("online", "other"),
        ("how do I renew my passport?", "en"),
        ("passport renewal fees", "en"),
        ("where do I get my hawiya", "en"),
        ("shlon atala3 jawaz", "arabizi"),
        ("shgad el rsoom", "arabizi"),
        ("6ala3et natijat alsadis", "arabizi"),
        ("از کجا باید گذرنامه بگیرم این را", "other"),
        ("merhaba pasaport almak istiyorum", "other"),
        ("bonjour je voudrais un passeport", "other"),
        ("😀", "other"),
        ("123", "other"),
        ("", "other"),
    ],
)
def test_guess(text: str, language: str) -> None:
    assert guess(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "my 2nd card",
        "covid19 test result",
        "I lost my passport, what should I do?",
        "windows7 is old",
        "4G internet is slow in area 51",
        "the agent took extra money",
        "hello",
        "Thank you so much",
        "electricity bill payment",
        "b2b mp3 h2o",
    ],
)
def test_english_is_not_arabizi(text: str) -> None:
    assert not looks_arabizi(text)


@given(st.text(max_size=120))
def test_never_raises(text: str) -> None:
    assert guess(text) in ("ar", "ku", "en", "arabizi", "other")
