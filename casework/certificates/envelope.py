"""The outside of a COSE_Sign1 message, read before anything of it is believed.

A general CBOR decoder acts on what it reads: a tag may make it compile a pattern or compute a large number. What
strangers send is therefore walked through first by this reader, which knows no tags, and has every length given.
Source: RFC 8949, section 3; RFC 9052, sections 3 and 4.2.
"""

from typing import Any

_SIGN1 = 0xD2
"""Tag 18 in its only short form."""
_UNSIGNED, _BYTES, _SIMPLE = 0, 2, 7
"""Kinds of items; 1 is negative, 3 text, 4 an array, 5 a map, 6 a tag."""
_CONSTANTS: dict[int, bool | None] = {20: False, 21: True, 22: None}
_MAX_DEPTH = 4
_KID = 4


def kid_of(signed: bytes) -> bytes:
    """The name of the key with which a message says that it is signed; the signature is not checked.

    Raises:
        ValueError: It is not one whole COSE_Sign1 message of plain values that names a key.
    """
    if signed[:1] != bytes([_SIGN1]):
        raise ValueError("not a COSE_Sign1")
    match _whole(signed[1:]):
        case [bytes(protected), dict(unprotected), bytes(), bytes()]:
            pass
        case _:
            raise ValueError("not a COSE_Sign1")
    headers = _whole(protected) if protected else {}
    if not isinstance(headers, dict):
        raise ValueError("no headers")
    kid = headers.get(_KID, unprotected.get(_KID))
    if not isinstance(kid, bytes):
        raise ValueError("names no key")
    return kid


def _whole(data: bytes) -> Any:
    value, end = _item(data, 0, 0)
    if end != len(data):
        raise ValueError("more than one item")
    return value


def _item(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if at >= len(data) or depth > _MAX_DEPTH:
        raise ValueError("too short or too deep")
    major, low = data[at] >> 5, data[at] & 0x1F
    if major == _SIMPLE:
        if low not in _CONSTANTS:
            raise ValueError("not a plain value")
        return _CONSTANTS[low], at + 1
    number, at = _number(data, at + 1, low)
    match major:
        case 0 | 1:
            return (number if major == _UNSIGNED else -1 - number), at
        case 2 | 3:
            if number > len(data) - at:
                raise ValueError("too short")
            part = data[at : at + number]
            return (part if major == _BYTES else part.decode()), at + number
        case 4:
            return _array(data, at, depth, number)
        case 5:
            return _map(data, at, depth, number)
    raise ValueError("a tag")


def _number(data: bytes, at: int, low: int) -> tuple[int, int]:
    if low < 24:
        return low, at
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(low)
    if size is None or size > len(data) - at:
        raise ValueError("no length, or too short")
    return int.from_bytes(data[at : at + size], "big"), at + size


def _array(data: bytes, at: int, depth: int, count: int) -> tuple[list[Any], int]:
    values = []
    for _ in range(count):
        value, at = _item(data, at, depth + 1)
        values.append(value)
    return values, at


def _map(data: bytes, at: int, depth: int, count: int) -> tuple[dict[int | str, Any], int]:
    values: dict[int | str, Any] = {}
    for _ in range(count):
        key, at = _item(data, at, depth + 1)
        if not isinstance(key, int | str) or key in values:
            raise ValueError("not a header")
        values[key], at = _item(data, at, depth + 1)
    return values, at
