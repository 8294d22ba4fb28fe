"""Names in the letters of a passport's machine-readable zone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.certificates.names import NAME_MAX_CHARS, machine_letters, read_name


@pytest.mark.parametrize(
    ("name", "given", "surname", "given_letters", "surname_letters"),
    [
        ("محمود عبد الرحيم", "محمود", "عبد الرحيم", "MXHMWD", "EBD<ALRXHYM"),  # the example of ICAO Doc 9303
        ("زينب كاظم جواد الموسوي", "زينب كاظم جواد", "الموسوي", "ZYNB<KAXZZM<JWAD", "ALMWSWY"),
        ("أحمد", "", "أحمد", "", "XAEXHMD"),
        ("علي حسين أبو شامة", "علي حسين", "أبو شامة", "ELY<XHSYN", "XAEBW<XSHAMXAH"),
        ("عبد الله", "", "عبد الله", "", "EBD<ALLH"),
        ("مُحَمَّد چاسب گيلان", "مُحَمَّد چاسب", "گيلان", "MXHMMD<XCASB", "XGGYLAN"),
        ("حمزة پروين", "حمزة", "پروين", "XHMZXAH", "PRWYN"),
        ("  زينــب \u202b الموسوي\u202c 12", "زينب", "الموسوي", "ZYNB", "ALMWSWY"),
        ("ئاسۆ ڕێبوار", "ئاسۆ", "ڕێبوار", "XIASW", "RYBWAR"),
    ],
)
def test_names(name: str, given: str, surname: str, given_letters: str, surname_letters: str) -> None:
    read = read_name(name)
    assert (read.given, read.surname) == (given, surname)
    assert (read.given_letters, read.surname_letters) == (given_letters, surname_letters)


def test_the_spelling_of_the_passport_goes_first() -> None:
    read = read_name("زينب كاظم الموسوي", "Zainab Kadhim Al-Müsawi O'Neill")
    assert (read.given, read.surname) == ("زينب كاظم", "الموسوي")
    assert (read.given_letters, read.surname_letters) == ("ZAINAB<KADHIM<AL<MUSAWI", "ONEILL")


@pytest.mark.parametrize("name", ["", "   ", "123", "«»", "😀"])
def test_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        read_name(name)


@given(st.text(max_size=300))
def test_letters_are_always_those_of_the_schema(name: str) -> None:
    letters = machine_letters(name)
    assert re.fullmatch(r"[A-Z<]*", letters)
    assert len(letters) <= NAME_MAX_CHARS


def test_a_long_name_ends_at_a_word() -> None:
    read = read_name(" ".join(["شمس"] * 60))
    assert len(read.given) <= NAME_MAX_CHARS
    assert read.given.endswith("شمس")
    assert read.given_letters.endswith("XSHMS")
