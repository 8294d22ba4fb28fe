"""What is read of a message before its signature is checked, and what is not."""

import cbor2
import pytest
from cbor2 import CBORTag

from casework.certificates.envelope import kid_of

PROTECTED = cbor2.dumps({1: -7, 4: b"key"})


def message(*parts: object) -> bytes:
    """A message with these parts."""
    return cbor2.dumps(CBORTag(18, list(parts)))


@pytest.mark.parametrize(
    ("protected", "unprotected"), [(PROTECTED, {}), (b"", {4: b"key"}), (cbor2.dumps({1: -7}), {4: b"key", "x": [1]})]
)
def test_the_key_is_named_in_either_header(protected: bytes, unprotected: dict[object, object]) -> None:
    assert kid_of(message(protected, unprotected, b"payload", b"signature")) == b"key"


@pytest.mark.parametrize(
    "signed",
    [
        b"",
        message(PROTECTED, {}, b""),
        message(PROTECTED, {}, b"", b"", b""),
        message(PROTECTED, {}, b"", b"") + b"\0",
        cbor2.dumps([PROTECTED, {}, b"", b""]),
        cbor2.dumps(CBORTag(98, [PROTECTED, {}, b"", b""])),
        message(PROTECTED, {9: CBORTag(35, "(a+)+$")}, b"", b""),
        message(cbor2.dumps({4: b"key", 9: CBORTag(35, "(a+)+$")}), {}, b"", b""),
        message(CBORTag(35, "(a+)+$"), {}, b"", b""),
        message(cbor2.dumps({4: b"key", 9: CBORTag(5, [9**9, 1])}), {}, b"", b""),
        message(PROTECTED, {9: [[[[[1]]]]]}, b"", b""),
        message(PROTECTED, {9: 1.5}, b"", b""),
        message(cbor2.dumps({4: "key"}), {}, b"", b""),
        b"\xd2" + b"\x81" * 7000 + b"\0",
        b"\xd2\x9f\xff",
        b"\xd2\x9b" + b"\xff" * 8,
        b"\xd2\x84\x5b\x7f" + b"\xff" * 7,
    ],
)
def test_all_else_is_refused_without_being_decoded(signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(_: bytes) -> None:
        pytest.fail("decoded")

    monkeypatch.setattr(cbor2, "loads", decoded)
    with pytest.raises(ValueError):  # noqa: PT011  # whichever it is
        kid_of(signed)
