"""Sample numbers in what people type, and in what is typed to make the search slow."""

import time

import pytest

from casework.results import sample_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("BGD-2026-004512", "BGD2026004512"),
        ("رقم العينة bgd/2026/٠٠٤٥١٢ وشكراً", "BGD2026004512"),
        ("BGD 2026 004512", "BGD2026004512"),
        ("العينة 45121", "45121"),
        ("s.no#A12-345", "SNOA12345"),
        ("شكراً", None),
    ],
)
def test_found_in_a_sentence(text: str, number: str | None) -> None:
    assert sample_number.find(text) == number


@pytest.mark.parametrize("part", ["a", "a ", "a-", "aaaaaa", "aB.", "1 ", "a1", "1a-", "_", "aaaaaa#"])
@pytest.mark.parametrize("chars", [60, sample_number.TEXT_MAX_CHARS, 4000])
def test_hostile_text_takes_no_time(part: str, chars: int) -> None:
    began = time.process_time()
    sample_number.find((part * chars)[: chars - 1] + "!")
    assert time.process_time() - began < 0.1
