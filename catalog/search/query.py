"""What a citizen typed, made ready for the search."""

import re
from dataclasses import dataclass
from typing import Final

from arabic.arabizi import Vocabulary, to_arabic
from arabic.language import looks_arabizi
from arabic.normalise import normalise
from arabic.skeleton import skeleton
from catalog.search.features import Line
from catalog.words import is_empty, without_greeting

HEAD_WORDS: Final = 60
TAIL_WORDS: Final = 60
"""Of a longer message only so many words of its beginning and of its end are read."""
LONG_WORDS: Final = 25
"""In a message of more words than this the request is usually the last sentence, which is then read alone too."""
LAST_WORDS: Final = 20
MAX_CHARS: Final = 4000

_SENTENCES = re.compile(r"[.!?؟…\n]+")


@dataclass(frozen=True, slots=True)
class Query:
    """Readings of a message, the whole first.

    Attributes:
        lines: The readings.
        names_something: False when no word of it can name an entry.
        words: Its normalised words; empty for Arabizi, whose spelling in Arabic letters is itself a guess.
    """

    lines: tuple[Line, ...]
    names_something: bool
    words: tuple[str, ...] = ()


def read(text: str, vocabulary: Vocabulary) -> Query:
    """Normalise a message, spell Arabizi in Arabic letters, and find the end of a long one.

    Args:
        text: A message as typed.
        vocabulary: The catalogue's words, for Arabizi.
    """
    if len(text) > MAX_CHARS:
        text = text[: MAX_CHARS // 2] + " " + text[-MAX_CHARS // 2 :]
    if looks_arabizi(text):
        words = tuple(normalise(to_arabic(text)).split())
        spelled = tuple(normalise(to_arabic(text, vocabulary)).split())
        line = Line(_cut(words) + _cut(spelled), _cut(tuple(skeleton(text).split())))
        return Query((line,), not all(map(is_empty, words)))
    words = _cut(without_greeting(tuple(normalise(text).split())))
    readings = [Line.of(" ".join(words))]
    if len(words) > LONG_WORDS and (last := _last_sentence(text)):
        readings.append(Line.of(" ".join(last)))
        readings.append(Line.of(" ".join(words + last)))
    return Query(tuple(readings), not all(map(is_empty, words)), words)


def _cut(words: tuple[str, ...]) -> tuple[str, ...]:
    return words if len(words) <= HEAD_WORDS + TAIL_WORDS else words[:HEAD_WORDS] + words[-TAIL_WORDS:]


def _last_sentence(text: str) -> tuple[str, ...]:
    sentences = [normalise(part).split() for part in _SENTENCES.split(text)]
    for words in reversed(sentences):
        if not all(map(is_empty, words)):
            return tuple(words[-LAST_WORDS:])
    return ()
