"""Odd values of JSON: texts of all kinds of characters, numbers without end, wrong types, deep nesting."""

import json
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st

DEEPEST = 3_000
"""Python's own limit for nested JSON lies between none and this."""
_LINES = (
    "شنو المستمسكات المطلوبة للجواز؟",
    "/start",
    "/start svc_loan-01",
    "/restart{",
    '/ask_service{"service": "loan-01"}',
    "رقمي 07701234567 و هويتي 199012345678",
    "٠٧٧٠١٢٣٤٥٦٧ A12345678 ali@example.com",
    "⟦phone:1a2b3c4d⟧",
    "چۆنی باشی؟ من پاسپۆرتم دەوێت",
    "How do I renew my passport?",
    "{text} %s %(a)s {0} {",
    "\u0000",
    "سؤال\u0000جواب",
    "\ud83d",
    "سؤال \udc00 \ud800",
    "\u202e\u2066سؤال\u2069\u200b\u200f",
    "ه\u0655" * 50,
    "👨‍👩‍👧‍👦🏳️‍🌈" * 20,
    "https://ur.gov.iq/" + "a" * 300,
    "سطر\n\n" * 40,
    "' OR 1=1 --",
    "\ufdfa" * 700,
    "\uffff\ufffe\U0010ffff",
)
_any_character = st.characters(exclude_categories=())
texts = st.one_of(
    st.text(max_size=60),
    st.text(_any_character, max_size=40),
    st.text(st.sampled_from("ابتثجحخ ؟،\n0٣۴/{}⟦⟧\u0000\u200f\ud800"), max_size=60),
    st.sampled_from(_LINES),
    st.builds(lambda line, times: line * times, st.sampled_from(_LINES), st.integers(1, 400)),
)
numbers = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 2**64, 10**400, 1e308, -0.0]),
    st.floats(),
    st.booleans(),
)
scalars = st.one_of(st.none(), numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
"""Any JSON."""


@st.composite
def nested(draw: st.DrawFn) -> Any:
    """JSON in JSON in JSON."""
    depth = draw(st.one_of(st.integers(1, 200), st.integers(800, 1_000), st.integers(1, DEEPEST)))
    value: Any = draw(scalars)
    in_list = draw(st.booleans())
    for _ in range(depth):
        value = [value] if in_list else {"message": value}
    return value


odd = st.one_of(values, values, values, nested())
"""What takes a field's place."""


@contextmanager
def deep() -> Iterator[None]:
    """Lets this side read and write what lies deeper than Python allows by default."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + 2 * DEEPEST)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def encode(value: object) -> bytes:
    """JSON as a sender may write it: lone surrogates as escapes, nested deeper than Python writes by itself."""
    with deep():
        return json.dumps(value).encode()


@st.composite
def broken(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes that once were JSON."""
    body = draw(whole)
    seed = random.Random(draw(st.integers(0, 2**32)))
    how = draw(st.sampled_from(["cut", "flip", "noise", "brackets", "digits", "utf-16", "bom"]))
    match how:
        case "cut":
            return body[: seed.randint(0, len(body))]
        case "flip":
            at = seed.randrange(len(body) or 1)
            return body[:at] + bytes([seed.randrange(256)]) + body[at + 1 :]
        case "noise":
            return draw(st.binary(max_size=80))
        case "brackets":
            return draw(st.sampled_from([b"[", b'{"a":'])) * seed.randint(1, 20_000)
        case "digits":
            return b'{"update_id": ' + b"9" * seed.randint(1, 6_000) + b"}"
        case "utf-16":
            return body.decode("utf-8", "replace").encode("utf-16")
        case _:
            return b"\xef\xbb\xbf" + body


@st.composite
def mutated(draw: st.DrawFn, whole: st.SearchStrategy[Any]) -> Any:
    """A sound value with some of its parts replaced, removed or added."""
    value = draw(whole)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(value))
        if not places:
            break
        parent, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(["replace", "replace", "remove", "add", "null"])):
            case "replace":
                parent[key] = draw(odd)
            case "null":
                parent[key] = None
            case "remove":
                del parent[key]
            case _:
                if isinstance(parent, dict):
                    parent[draw(texts)] = draw(odd)
                else:
                    parent.append(draw(odd))
    return value


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every part of a value, as its container and its key; not those that lie very deep."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(found) < 200:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        for key in keys:
            found.append((one, key))
            waiting.append(one[key])
    return found
