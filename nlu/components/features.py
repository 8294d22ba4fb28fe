"""Lines as sparse vectors of character, word and consonant n-grams, first and last words, and length; TF-IDF weights.

Most of it depends on one word only, so the columns of a word are looked up once and remembered: that is
what makes a line cost tens of microseconds. The vocabulary is an array of strings, kept without pickle.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from arabic.skeleton import word_skeleton

_REMEMBERED_WORDS = 20_000  # words whose columns stay in memory, about 15 MB when full
_LENGTHS = (1, 2, 3, 5, 8, 13, 21, 40)  # words: a line has a length term for each of these that it reaches
_SKELETON_GRAMS = (2, 4)  # shortest and longest n-gram of consonants


@dataclass(frozen=True)
class FeatureSettings:
    """Which n-grams make a vector, and how much each family counts.

    Attributes:
        char_min: Shortest character n-gram; word borders count as characters.
        char_max: Longest character n-gram.
        word_weight: Weight of words and word pairs beside the characters' 1.0; 0 leaves them out.
        skeleton_weight: Weight of the n-grams of the consonants; 0 leaves them out.
        edge_weight: Weight of the first and the last two words, where questions say what they ask; 0 leaves them out.
        length_weight: Weight of the number of words (a greeting is short); 0 leaves it out.
        min_count: Lines in which an n-gram must occur to be kept.
    """

    char_min: int = 2
    char_max: int = 5
    word_weight: float = 0.3
    skeleton_weight: float = 0.9
    edge_weight: float = 0.3
    length_weight: float = 0.3
    min_count: int = 1


def _grams(word: str, shortest: int, longest: int) -> list[str]:
    bounded = f" {word} "
    return [
        bounded[start : start + size]
        for size in range(shortest, longest + 1)
        for start in range(len(bounded) - size + 1)
    ]


class LineVectors:
    """TF-IDF vectors of normalised lines; each family of n-grams has its own unit length times its weight."""

    families = ("c", "e", "l", "s", "w")  # characters, edges, length, skeletons, words; in the order of the columns

    def __init__(self, settings: FeatureSettings, terms: Sequence[str], idf: np.ndarray) -> None:
        """Use a vocabulary that `fit` has made.

        Args:
            settings: As given to `fit`.
            terms: (columns,) n-grams, each with its family's letter before it, sorted by family.
            idf: (columns,) inverse document frequencies, float32.
        """
        self.settings = settings
        self.terms = list(terms)
        self.idf = np.asarray(idf, dtype=np.float32)
        self._column = {term: place for place, term in enumerate(self.terms)}
        letters = np.array([term[0] for term in self.terms], dtype="U1")
        self._bounds = np.searchsorted(letters, [*self.families, chr(0x7F)])
        self._weights = (
            1.0,
            settings.edge_weight,
            settings.length_weight,
            settings.skeleton_weight,
            settings.word_weight,
        )
        self._known: dict[str, tuple[np.ndarray, int]] = {}

    @staticmethod
    def word_terms(word: str, settings: FeatureSettings) -> list[str]:
        """The n-grams of one word, with their family's letter before them."""
        terms = ["c" + gram for gram in _grams(word, settings.char_min, settings.char_max)]
        if settings.word_weight:
            terms.append("w" + word)
        if settings.skeleton_weight and (bones := word_skeleton(word)):
            terms += ["s" + gram for gram in _grams(bones, *_SKELETON_GRAMS)]
        return terms

    @staticmethod
    def line_terms(words: Sequence[str], settings: FeatureSettings) -> list[str]:
        """The terms of a line that no single word has: word pairs, first and last words, length."""
        terms = []
        if settings.word_weight:
            terms += [f"w{left} {right}" for left, right in itertools.pairwise(words)]
        if settings.edge_weight and words:
            terms += [f"ea{words[0]}", f"ez{words[-1]}", f"ea{' '.join(words[:2])}", f"ez{' '.join(words[-2:])}"]
        if settings.length_weight:
            terms += [f"l{length}" for length in _LENGTHS if len(words) >= length]
        return terms

    @classmethod
    def fit(cls, lines: Iterable[str], settings: FeatureSettings) -> LineVectors:
        """Collect the vocabulary of some normalised lines."""
        counts: Counter[str] = Counter()
        by_word: dict[str, list[str]] = {}
        total = 0
        for line in lines:
            words = line.split()
            total += 1
            found: set[str] = set()
            for word in words:
                if word not in by_word:
                    by_word[word] = cls.word_terms(word, settings)
                found.update(by_word[word])
            found.update(cls.line_terms(words, settings))
            counts.update(found)
        kept = sorted(term for term, count in counts.items() if count >= settings.min_count)
        idf = [math.log((1 + total) / (1 + counts[term])) + 1 for term in kept]
        return cls(settings, kept, np.array(idf, dtype=np.float32))

    def _columns(self, word: str) -> tuple[np.ndarray, int]:
        """The columns of a word and the number of its character n-grams, known or not."""
        if (known := self._known.get(word)) is None:
            terms = self.word_terms(word, self.settings)
            columns = [self._column[term] for term in terms if term in self._column]
            known = np.array(columns, dtype=np.int64), sum(term[0] == "c" for term in terms)
            if len(self._known) < _REMEMBERED_WORDS:
                self._known[word] = known
        return known

    def row(self, line: str) -> tuple[np.ndarray, np.ndarray, float]:
        """One normalised line.

        Returns:
            Column numbers (ascending), their values (float32), and the share of the line's character n-grams that the
            vocabulary knows (0..1; 1 for an empty line).
        """
        words = line.split()
        looked_up = [self._columns(word) for word in words]
        parts = [columns for columns, _ in looked_up]
        of_line = (self._column.get(term) for term in self.line_terms(words, self.settings))
        parts.append(np.array([column for column in of_line if column is not None], dtype=np.int64))
        columns, counts = np.unique(np.concatenate(parts), return_counts=True)
        values = self.idf[columns] * (1 + np.log(counts)).astype(np.float32)
        edges = np.searchsorted(columns, self._bounds)
        characters = 0
        for place, weight in enumerate(self._weights):
            family = slice(edges[place], edges[place + 1])
            if place == 0:
                characters = int(counts[family].sum())
            length = math.sqrt(float(values[family] @ values[family]))
            if length:
                values[family] *= weight / length
        asked = sum(number for _, number in looked_up)
        return columns, values, characters / asked if asked else 1.0

    def matrix(self, lines: Sequence[str]) -> sparse.csr_matrix:
        """(lines, columns) float32 matrix of normalised lines."""
        rows = [self.row(line) for line in lines]
        borders = np.cumsum([0, *(len(columns) for columns, _, _ in rows)])
        empty = np.empty(0)
        columns = np.concatenate([columns for columns, _, _ in rows] or [empty.astype(np.int64)])
        values = np.concatenate([values for _, values, _ in rows] or [empty.astype(np.float32)])
        return sparse.csr_matrix((values, columns, borders), shape=(len(rows), len(self.terms)))
