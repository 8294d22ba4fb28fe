"""A block of indexed entries: the vectors of their lines, and one pooled vector an entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from catalog.search.features import Floats, Ids, Matrix, SparseVector

COMMON_SHARE: Final = 0.1
"""An n-gram of more than this share of the entries is left out when candidates are gathered from a large segment."""
LARGE: Final = 1000
"""Entries from which on common n-grams are left out; below it nothing is gained."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How telling each n-gram is of an entry, from the number of entries that have it."""

    entries: int
    telling: Floats

    @classmethod
    def of(cls, sums: Matrix) -> "Weights":
        """Weights of the columns of per-entry sums, shape (entries, columns)."""
        entries = sums.shape[0]
        return cls(entries, _telling(entries, np.bincount(sums.indices, minlength=sums.shape[1])))

    def widened(self, width: int) -> "Weights":
        """The same with columns at the end that no entry had."""
        added = np.zeros(width - len(self.telling))
        return Weights(self.entries, np.concatenate([self.telling, _telling(self.entries, added)]))


def _telling(entries: int, having: NDArray[Any]) -> Floats:
    telling: Floats = (np.log((1 + entries) / (1 + having)) + 0.5).astype(np.float32)
    return telling


def sums_of_entries(lines: Matrix, ends: NDArray[np.int64]) -> Matrix:
    """The sum of each entry's line vectors, shape (entries, columns); `ends` holds where each entry's lines end."""
    entries = len(ends) - 1
    ones = np.ones(lines.shape[0], np.float32)
    adder = sparse.csr_matrix((ones, np.arange(lines.shape[0]), ends), (entries, lines.shape[0]))
    return sparse.csr_matrix(adder @ lines)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Entries (row numbers), their pooled scores, and how much of the query's squared length each one has."""

    entries: Ids
    scores: NDArray[Any]
    coverage: NDArray[Any]


class Segment:
    """Some entries, ready to be scored. Immutable."""

    def __init__(self, lines: Matrix, ends: NDArray[np.int64], sums: Matrix, weights: Weights) -> None:
        """Pool the entries' vectors.

        Args:
            lines: Vectors of all lines, an entry's lines together, shape (lines, columns).
            ends: Where each entry's lines begin and end, shape (entries + 1,).
            sums: `sums_of_entries(lines, ends)`.
            weights: Of the columns; those of the main segment serve later ones too.
        """
        self.lines = lines
        self.ends = ends
        values = np.sqrt(sums.data) * weights.telling[sums.indices]
        rows = np.repeat(np.arange(sums.shape[0]), np.diff(sums.indptr))
        norms = np.sqrt(np.bincount(rows, values**2, sums.shape[0]))
        values = (values / np.maximum(norms[rows], np.finfo(np.float32).tiny)).astype(np.float32)
        self.pooled = sparse.csr_matrix((values, sums.indices, sums.indptr), sums.shape)
        self._by_column = self.pooled.tocsc()
        self._column_lengths = np.diff(self._by_column.indptr)
        self._all_columns_count = len(self) < LARGE
        self._common = self._column_lengths > COMMON_SHARE * len(self)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def gather(self, query: SparseVector, dense: Floats, limit: int) -> Gathered:
        """The entries whose pooled vectors are nearest to the query, at most `limit`, in no order.

        Args:
            query: The query's vector.
            dense: The same, shape (columns or more,).
            limit: The most entries to return.
        """
        ids, values = self._inside(query)
        places, lengths = _places(self._by_column.indptr, ids)
        rows = self._by_column.indices[places]
        products = self._by_column.data[places] * np.repeat(values, lengths)
        scores = np.bincount(rows, products, len(self))
        if self._all_columns_count:
            coverage = np.bincount(rows, np.repeat(values**2, lengths), len(self))
            best = _highest(scores, limit)
            return Gathered(best, scores[best], coverage[best])
        best = _highest(scores, limit)
        return Gathered(best, *self._exactly(best, dense))

    def _inside(self, query: SparseVector) -> tuple[Ids, Floats]:
        """The query's part in this segment's columns, without common n-grams unless it has no others."""
        inside = query.ids < len(self._column_lengths)
        ids, values = query.ids[inside], query.values[inside]
        if self._all_columns_count:
            return ids, values
        telling = ~self._common[ids]
        return (ids[telling], values[telling]) if telling.any() else (ids, values)

    def _exactly(self, entries: Ids, dense: Floats) -> tuple[NDArray[Any], NDArray[Any]]:
        """Scores and coverage of some entries over all columns."""
        places, lengths = _places(self.pooled.indptr, entries)
        mine = dense[self.pooled.indices[places]]
        owner = np.repeat(np.arange(len(entries)), lengths)
        scores = np.bincount(owner, self.pooled.data[places] * mine, len(entries))
        return scores, np.bincount(owner, mine**2, len(entries))

    def nearest_lines(self, entry: int, dense: Floats, limit: int) -> tuple[Ids, Floats]:
        """An entry's lines nearest to the query: row numbers and cosines, nearest first."""
        first, last = self.ends[entry], self.ends[entry + 1]
        start, stop = self.lines.indptr[first], self.lines.indptr[last]
        products = dense[self.lines.indices[start:stop]] * self.lines.data[start:stop]
        cosines = np.add.reduceat(products, self.lines.indptr[first:last] - start)
        order = np.argsort(-cosines)[:limit]
        return (order + first).astype(np.int32), cosines[order]


def kernel(blocks: Sequence[tuple[Matrix, Ids]]) -> NDArray[Any]:
    """Dot products of lines: of each (matrix, row numbers) in turn, shape (lines, lines)."""
    indices: list[Ids] = []
    data: list[Floats] = []
    owners: list[NDArray[Any]] = []
    count = 0
    for lines, rows in blocks:
        places, lengths = _places(lines.indptr, rows)
        indices.append(lines.indices[places])
        data.append(lines.data[places])
        owners.append(np.repeat(np.arange(count, count + len(rows)), lengths))
        count += len(rows)
    numbers, columns = _numbered(np.concatenate(indices))
    dense = np.zeros((count, columns), np.float32)
    dense[np.concatenate(owners), numbers] = np.concatenate(data)
    products: NDArray[Any] = dense @ dense.T
    return products


def _numbered(columns: Ids) -> tuple[NDArray[Any], int]:
    """The different columns numbered from 0, in no order, and how many there are; `np.unique` would sort them."""
    places = np.arange(len(columns))
    last = np.empty(int(columns.max(initial=0)) + 1, np.int64)
    last[columns] = places
    representatives = last[columns]
    numbers = np.cumsum(representatives == places) - 1
    return numbers[representatives], int(numbers[-1]) + 1 if len(numbers) else 0


def _places(indptr: NDArray[Any], rows: Ids) -> tuple[NDArray[Any], NDArray[Any]]:
    """Where the given rows' values lie in a compressed matrix, and how many each has."""
    starts, lengths = indptr[rows], indptr[rows + 1] - indptr[rows]
    return np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum()), lengths


def _highest(scores: NDArray[Any], limit: int) -> Ids:
    if len(scores) <= limit:
        return np.arange(len(scores), dtype=np.int32)
    return np.argpartition(-scores, limit)[:limit].astype(np.int32)


def make_segment(lines: Matrix, counts: Sequence[int], weights: Weights | None) -> tuple[Segment, Weights]:
    """A segment from its lines' vectors and the number of each entry's lines; without weights it has its own."""
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    sums = sums_of_entries(lines, ends)
    weights = Weights.of(sums) if weights is None else weights.widened(lines.shape[1])
    return Segment(lines, ends, sums, weights), weights
