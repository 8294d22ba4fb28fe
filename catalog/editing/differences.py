"""What differs between two states of an entry, field by field."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from catalog.editing.fields import CONFIDENCES, fields_of, label_of
from catalog.editing.models import Body, Kind

Change = Literal["same", "gone", "new"]
REWRITTEN_BELOW: Final = 0.5
"""A text that has less in common with the one before (0 to 1, by words) is shown beside it as a whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, or a line of a list, and what became of it."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs; `listed` fields have a piece a line, others a piece a stretch of words."""

    name: str
    label: str
    listed: bool
    pieces: tuple[Piece, ...]


def differences(kind: Kind, before: Body | None, after: Body) -> list[Difference]:
    """The fields that differ; all that are filled if there was nothing before."""
    found = []
    for field in fields_of(kind):
        old, new = (before or {}).get(field.name), after.get(field.name)
        if (old or "") == (new or "") and not (field.shape == "yes" and old != new and before is not None):
            continue
        if field.shape in ("lines", "ticks"):
            pieces = _lines(kind, field.shape == "ticks", old or [], new or [])
        elif field.shape == "yes":
            pieces = _yes(old, new)
        else:
            pieces = _words(_shown(field.name, old), _shown(field.name, new))
        found.append(Difference(field.name, field.label, field.shape in ("lines", "ticks"), pieces))
    return found


def _shown(name: str, value: object) -> str:
    text = str(value or "")
    return next((title for code, title in CONFIDENCES.items() if code == text), text) if name == "confidence" else text


def _yes(old: object, new: object) -> tuple[Piece, ...]:
    now = Piece("new", "نعم" if new else "لا")
    return (now,) if old is None else (Piece("gone", "نعم" if old else "لا"), now)


def _lines(kind: Kind, names: bool, old: Sequence[str], new: Sequence[str]) -> tuple[Piece, ...]:
    if names:
        old, new = [label_of(kind, each) for each in old], [label_of(kind, each) for each in new]
    return tuple(_matched(old, new, "\n"))


def _words(old: str, new: str) -> tuple[Piece, ...]:
    if SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio() < REWRITTEN_BELOW:
        both = (Piece("gone", old), Piece("new", new))
        return tuple(piece for piece in both if piece.text)
    return tuple(_matched(old.split(" ") if old else [], new.split(" ") if new else [], " ", joined=True))


def _matched(old: Sequence[str], new: Sequence[str], glue: str, *, joined: bool = False) -> list[Piece]:
    pieces: list[Piece] = []

    def put(change: Change, parts: Sequence[str]) -> None:
        if joined and parts:
            pieces.append(Piece(change, glue.join(parts)))
        elif parts:
            pieces.extend(Piece(change, part) for part in parts)

    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            put("same", old[a:b])
        else:
            put("gone", old[a:b])
            put("new", new[c:d])
    return pieces
