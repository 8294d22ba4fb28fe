"""Lines as sparse vectors: character n-grams of the words as typed, and of their consonants.

Both kinds are functions of single words, so a matrix of lines is (lines × words) · (words × n-grams): the n-grams of a
word are cut once, however many lines hold it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from arabic.skeleton import word_skeleton

SHORTEST: Final = 2
LONGEST: Final = 5
"""Letters in an n-gram, word borders counted."""
SKELETON_LENGTH: Final = 0.55
"""Length of the consonants' part of a vector; that of the part as typed is 1."""

WORDS_CACHED: Final = 50_000
"""Words whose n-grams are kept; most words of a message have been seen before."""

Ids = NDArray[np.int32]
Floats = NDArray[np.float32]
Matrix = Any  # scipy ships no types: a `scipy.sparse.csr_matrix` of float32


@dataclass(frozen=True, slots=True)
class Line:
    """A normalised line: its words, and the consonants of its words (from Latin letters where it was Arabizi)."""

    words: tuple[str, ...]
    skeletons: tuple[str, ...]

    @classmethod
    def of(cls, normalised: str) -> "Line":
        """The line of a normalised text."""
        words = tuple(normalised.split())
        return cls(words, tuple(filter(None, map(word_skeleton, words))))


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Column ids and values of a line's vector; `known` is the share (0 to 1) of its n-gram weight that has columns."""

    ids: Ids
    values: Floats
    known: float


@lru_cache(maxsize=WORDS_CACHED)
def _pieces(word: str, mark: str = "") -> tuple[str, ...]:
    bordered = f" {word} "
    return tuple(
        mark + bordered[start : start + size]
        for size in range(SHORTEST, min(LONGEST, len(bordered)) + 1)
        for start in range(len(bordered) - size + 1)
    )


def _bone_pieces(bones: str) -> tuple[str, ...]:
    return _pieces(bones, "~")


class Vectoriser:
    """N-grams and their weights, fixed by the lines it was fitted on; later n-grams are added as rare ones."""

    def __init__(self) -> None:
        """Knows no n-gram yet."""
        self._columns: dict[str, int] = {}
        self._idf: Floats = np.zeros(0, np.float32)
        self._lines_fitted = 0

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self._columns)

    def fit(self, lines: Sequence[Line]) -> Matrix:
        """Learn the n-grams and their inverse document frequencies.

        Args:
            lines: All phrases of the catalogue.

        Returns:
            The lines' vectors, shape (lines, width), float32; each row's two parts have lengths 1 and SKELETON_LENGTH.
        """
        self._columns, self._lines_fitted = {}, len(lines)
        typed, bones = self._counted(lines)
        documents = np.bincount(np.concatenate([typed.indices, bones.indices]), minlength=self.width)
        self._idf = self._idf_of(documents)
        return self._weighted(typed, 1.0) + self._weighted(bones, SKELETON_LENGTH)

    def extended(self, lines: Sequence[Line]) -> tuple["Vectoriser", Matrix]:
        """A vectoriser that knows the n-grams of later lines too, in columns at the end, and these lines' vectors.

        This object stays as it is: other threads may be using it.
        """
        larger = Vectoriser()
        larger._columns, larger._lines_fitted = dict(self._columns), self._lines_fitted
        typed, bones = larger._counted(lines)
        added = np.ones(larger.width - self.width)
        larger._idf = np.concatenate([self._idf, self._idf_of(added)])
        return larger, larger._weighted(typed, 1.0) + larger._weighted(bones, SKELETON_LENGTH)

    def vector(self, line: Line) -> SparseVector:
        """A query's vector; n-grams that no phrase has are left out."""
        typed_ids, typed, known = self._part(line.words, _pieces, 1.0)
        bone_ids, bones, _ = self._part(line.skeletons, _bone_pieces, SKELETON_LENGTH)
        return SparseVector(np.concatenate([typed_ids, bone_ids]), np.concatenate([typed, bones]), known)

    def _part(
        self, words: tuple[str, ...], cut: Callable[[str], tuple[str, ...]], length: float
    ) -> tuple[Ids, Floats, float]:
        columns = self._columns
        pieces = [piece for word in words for piece in cut(word)]
        found = [columns[piece] for piece in pieces if piece in columns]
        ids, counts = np.unique(np.array(found, np.int32), return_counts=True)
        values = (1 + np.log(counts)) * self._idf[ids]
        norm = float(np.linalg.norm(values)) or 1.0
        unknown = (len(pieces) - len(found)) * float(self._idf_of(np.zeros(1))[0]) ** 2
        known = norm**2 / (norm**2 + unknown) if found else 0.0
        return ids, (values * (length / norm)).astype(np.float32), known

    def _idf_of(self, documents: NDArray[Any]) -> Floats:
        idf: Floats = (np.log((1 + self._lines_fitted) / (1 + documents)) + 1).astype(np.float32)
        return idf

    def _counted(self, lines: Sequence[Line]) -> tuple[Matrix, Matrix]:
        typed = self._products([line.words for line in lines], _pieces)
        bones = self._products([line.skeletons for line in lines], _bone_pieces)
        for counts in (typed, bones):
            counts.resize(len(lines), self.width)
        return typed, bones

    def _products(self, texts: Sequence[tuple[str, ...]], cut: Callable[[str], tuple[str, ...]]) -> Matrix:
        words: dict[str, int] = {}
        of_lines = [words.setdefault(word, len(words)) for text in texts for word in text]
        columns = self._columns
        of_words: list[int] = []
        ends = [0]
        for word in words:
            of_words += [columns.setdefault(piece, len(columns)) for piece in cut(word)]
            ends.append(len(of_words))
        line_ends = np.concatenate([[0], np.cumsum([len(text) for text in texts])])
        in_lines = _counts(of_lines, line_ends, (len(texts), len(words)))
        in_words = _counts(of_words, ends, (len(words), len(columns)))
        return sparse.csr_matrix(in_lines @ in_words)

    def _weighted(self, counts: Matrix, length: float) -> Matrix:
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        values = (1 + np.log(counts.data)) * self._idf[counts.indices]
        norms = np.sqrt(np.bincount(rows, values**2, counts.shape[0]))
        values = (values * (length / norms[rows])).astype(np.float32)
        return sparse.csr_matrix((values, counts.indices, counts.indptr), counts.shape)


def _counts(ids: Sequence[int], ends: Any, shape: tuple[int, int]) -> Matrix:
    ones = np.ones(len(ids), np.float32)
    return sparse.csr_matrix((ones, np.array(ids, np.int32), np.asarray(ends, np.int64)), shape)
