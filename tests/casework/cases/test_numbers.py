"""Tracking numbers: read aloud, typed in any way, wrong ones known without a look-up."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases import numbers
from casework.cases.numbers import Fault, Typed
from citizens.vault.recognise import find as identifiers

NUMBER = "1234567894"
SHOWN = "R-123-456-7894"


@pytest.mark.parametrize(
    "typed",
    [
        SHOWN,
        "r1234567894",
        "R 123 456 7894",
        "١٢٣٤٥٦٧٨٩٤",
        "ر-١٢٣-٤٥٦-٧٨٩٤",
        "ر ١٢٣ ٤٥٦ ٧٨٩٤",
        "راء ۱۲۳ ۴۵۶ ۷۸۹۴",
        "1-2-3-4-5-6-7-8-9-4",
        "وين وصلت شكواي رقم R-123-456-7894؟",
        "شكواي ١٢٣٤٥٦٧٨٩٤ قدمتها قبل 3 ايام",
        "قدمتها 2026/11/12 ورقمها 123 456 7894",
        "R–123–456–7894",
        "R-123-456-7894 12/11",
    ],
)
def test_is_read_however_it_is_typed(typed: str) -> None:
    assert numbers.find(typed).number == NUMBER


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("R-123-456-7895", Fault.CHECK),
        ("R-124-356-7894", Fault.CHECK),
        ("٠٧٧٠١٢٣٤٥٦٧", Fault.LENGTH),
        ("R-123", Fault.LENGTH),
        ("123456789", Fault.LENGTH),
        ("قبل 3 ايام", Fault.NONE_TYPED),
        ("وين وصلت شكواي", Fault.NONE_TYPED),
        ("", Fault.NONE_TYPED),
    ],
)
def test_what_is_wrong_is_told_apart(typed: str, fault: Fault) -> None:
    found = numbers.find(typed)
    assert (found.number, found.fault) == (None, fault)


def test_shown_in_groups_and_read_back() -> None:
    assert numbers.show(NUMBER) == SHOWN
    for _ in range(200):
        fresh = numbers.new()
        assert numbers.find(numbers.show(fresh)) == Typed(fresh, None, 10)
        assert not identifiers(numbers.show(fresh)), "the vault would hide it"
        assert not identifiers(fresh), "the vault would hide it"


def test_every_wrong_digit_and_every_exchange_is_found() -> None:
    for place, digit in itertools.product(range(10), "0123456789"):
        wrong = NUMBER[:place] + digit + NUMBER[place + 1 :]
        assert numbers.is_right(wrong) == (wrong == NUMBER)
    for place in range(9):
        exchanged = NUMBER[:place] + NUMBER[place + 1] + NUMBER[place] + NUMBER[place + 2 :]
        assert exchanged == NUMBER or not numbers.is_right(exchanged)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    found = numbers.find(text)
    assert (found.number is None) != (found.fault is None)
