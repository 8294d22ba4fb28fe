"""The unique certificate identifier."""

import pytest

from casework.certificates.identifier import (
    check_character,
    identifier_hash,
    is_identifier,
    make_identifier,
    revocation_hash,
)


def test_the_check_character_of_the_specification() -> None:
    assert check_character("URN:UVCI:01:SE:EHM/C878/123456789ABC") == "B"


def test_identifiers_are_ours_and_differ() -> None:
    made = {make_identifier() for _ in range(1000)}
    assert len(made) == 1000
    assert all(is_identifier(one) and len(one) <= 80 for one in made)


def test_one_wrong_character_is_noticed() -> None:
    good = make_identifier()
    for place in range(len("URN:UVCI:01:IQ:"), len(good)):
        other = "B" if good[place] != "B" else "C"
        assert not is_identifier(good[:place] + other + good[place + 1 :])


@pytest.mark.parametrize("text", ["", "#", "URN:UVCI:01:IQ:", "URN:UVCI:01:SE:EHM/C878/123456789ABC#B", "٣#A"])
def test_what_is_none(text: str) -> None:
    assert not is_identifier(text)


def test_the_entry_of_a_revocation_list() -> None:
    # echo -n abc | sha256sum begins with ba7816bf 8f01cfea 414140de 5dae2223
    assert revocation_hash(identifier_hash("abc")) == "ungWv48Bz+pBQUDeXa4iIw=="
