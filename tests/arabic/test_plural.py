"""Numbers and their nouns."""

import pytest

from arabic.plural import DAY, MESSAGE, lasted


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "لا رسائل"), (1, "رسالة واحدة"), (2, "رسالتان"), (3, "3 رسائل"), (10, "10 رسائل"), (11, "11 رسالة"),
        (99, "99 رسالة"), (100, "100 رسالة"), (102, "102 رسالة"), (103, "103 رسائل"), (1011, "1,011 رسالة"),
    ],
)  # fmt: skip
def test_messages(number: int, text: str) -> None:
    assert MESSAGE.count(number) == text


def test_days_take_the_accusative() -> None:
    assert DAY.count(11) == "11 يوماً"
    assert DAY.count(200) == "200 يوم"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "أقل من دقيقة"), (60, "دقيقة"), (125, "دقيقتين"), (3599, "59 دقيقة"), (7200, "ساعتين"), (864000, "10 أيام")],
)
def test_lengths_of_time(seconds: int, text: str) -> None:
    assert lasted(seconds) == text
