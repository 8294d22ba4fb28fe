"""Whether what a line says is enough to be sure of an entry: one word that many entries share is not.

The scores of the index measure likeness of letters, so one shared word may score high. Evidence is counted in whole
words: each word that can name something weighs as much as it is rare in the catalogue, and a word that no entry knows
weighs the most.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from arabic.skeleton import word_skeleton
from catalog.words import cancels, is_empty, stem, takes_back

SHARE_AT_LEAST: Final = 0.3
"""Of the weight of a line's words the entry must have this share ..."""
SHARE_COUNTS_TO: Final = 12
"""... unless the line has more words than this: a story says much that no entry does."""
WEIGHT_AT_LEAST: Final = 1.0
"""The weight of the words that the entry has, if no phrase of it is named whole; a unique word weighs 1."""
WEIGHT_OF_ALL_AT_LEAST: Final = 0.7
"""The same for a line of which the entry has nearly all words."""
NEARLY_ALL: Final = 0.9
WORDS_AT_LEAST: Final = 2
STRONG_SHARE: Final = 0.75
STRONG_WEIGHT: Final = 1.5
ALIKE_AT_LEAST: Final = 0.6
"""Two words with this share (0 to 1, Dice) of their letter pairs in common are one word, mistyped or inflected."""
INFLECTION_LETTERS: Final = 2
SKELETON_AT_LEAST: Final = 3
"""Consonants; two words of fewer consonants are not the same for having the same ones."""
WORDS_CACHED: Final = 50_000
ENTRIES_CACHED: Final = 20_000


class Evidence(StrEnum):
    """How much a line says of an entry."""

    STRONG = "strong"
    """Nearly all that the line says is of the entry."""
    ENOUGH = "enough"
    SCANT = "scant"
    """A word that may mean another thing: ask."""
    NONE = "none"
    """No word in common: likeness of letters only."""
    AGAINST = "against"
    """The entry undoes what the line wants («وكالة», «إلغاء وكالة»)."""


@dataclass(frozen=True, slots=True)
class EntryWords:
    """The words of an entry: the stems of each phrase and of all, and their consonants."""

    phrases: frozenset[frozenset[str]]
    stems: frozenset[str]
    skeletons: frozenset[str]
    pairs: Mapping[int, tuple[frozenset[str], ...]]
    """Letters of a stem → the letter pairs of each stem of so many."""
    undoes: bool
    """Its name says that something is cancelled."""
    speaks_of_undoing: bool

    @classmethod
    def of(cls, lines: Sequence[Sequence[str]]) -> "EntryWords":
        """The words of normalised lines, of which the first is the entry's name."""
        phrases = frozenset(telling for line in lines if (telling := frozenset(stems(line))))
        words = frozenset(word for phrase in phrases for word in phrase)
        skeletons = frozenset(filter(_long_enough, map(word_skeleton, words)))
        pairs: dict[int, tuple[frozenset[str], ...]] = {}
        for word in words:
            pairs[len(word)] = (*pairs.get(len(word), ()), _pairs(word))
        undoes = bool(lines and lines[0] and cancels(lines[0][:1]))
        return cls(phrases, words, skeletons, pairs, undoes, any(map(cancels, lines)))

    def has(self, word: str) -> bool:
        """Whether the entry speaks of `word`, a stem, however it is spelled."""
        if word in self.stems or (_long_enough(bones := word_skeleton(word)) and bones in self.skeletons):
            return True
        mine = _pairs(word)
        near = range(len(word) - INFLECTION_LETTERS, len(word) + INFLECTION_LETTERS + 1)
        return any(_share_enough(mine, theirs) for length in near for theirs in self.pairs.get(length, ()))

    def names(self, words: Iterable[str]) -> bool:
        """Whether one of its phrases is wholly made of `words`."""
        said = list(words)
        return any(all(any(alike(word, one) for one in said) for word in phrase) for phrase in self.phrases)


class Rarity:
    """In how many entries each word stands."""

    def __init__(self, entries: Iterable[frozenset[str]]) -> None:
        """Counts the stems of all entries."""
        self._counts: Counter[str] = Counter()
        self._entries = 0
        for words in entries:
            self._entries += 1
            self._counts.update(words)

    def knows(self, word: str) -> bool:
        """Whether any entry has this stem."""
        return word in self._counts

    def weight(self, word: str) -> float:
        """How telling a stem is: 1 where no entry has it, 0 where all have."""
        return math.log((1 + self._entries) / (1 + self._counts[word])) / math.log(1 + max(self._entries, 1))


def stems(words: Iterable[str]) -> list[str]:
    """The stems of the different words that can name something."""
    return list(dict.fromkeys(filter(None, map(_telling, words))))


def weigh(words: Sequence[str], entry: EntryWords, rarity: Rarity) -> Evidence:
    """What the normalised words of a line say for `entry`."""
    undoing = cancels(words)
    if entry.undoes and not takes_back(words):
        return Evidence.AGAINST
    telling = {word: rarity.weight(word) for word in stems(words)}
    shared = {word: weight for word, weight in telling.items() if entry.has(word)}
    if not shared:
        return Evidence.NONE
    if undoing and not entry.speaks_of_undoing:
        return Evidence.SCANT
    weight = sum(shared.values())
    share = weight / (sum(telling.values()) or 1.0)
    if share < SHARE_AT_LEAST and len(telling) <= SHARE_COUNTS_TO:
        return Evidence.SCANT
    needed = WEIGHT_OF_ALL_AT_LEAST if share >= NEARLY_ALL else WEIGHT_AT_LEAST
    if len(shared) >= WORDS_AT_LEAST and weight >= needed:
        return Evidence.STRONG if share >= STRONG_SHARE and weight >= STRONG_WEIGHT else Evidence.ENOUGH
    return Evidence.ENOUGH if entry.names(shared) else Evidence.SCANT


@lru_cache(maxsize=WORDS_CACHED)
def _telling(word: str) -> str:
    return "" if is_empty(word) else stem(word)


def alike(one: str, other: str) -> bool:
    """Whether two stems are spellings of one word."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > INFLECTION_LETTERS:
        return False
    return _share_enough(_pairs(one), _pairs(other))


def _share_enough(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return 2 * len(mine & theirs) >= ALIKE_AT_LEAST * (len(mine) + len(theirs))


@lru_cache(maxsize=WORDS_CACHED)
def _pairs(word: str) -> frozenset[str]:
    bordered = f" {word} "
    return frozenset(bordered[place : place + 2] for place in range(len(bordered) - 1))


def _long_enough(skeleton: str) -> bool:
    return len(skeleton) >= SKELETON_AT_LEAST
