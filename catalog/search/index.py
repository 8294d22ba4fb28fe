"""The search index: immutable, made from the entries' texts, with cheap successors when some entries change.

A query is scored in three steps. The pooled vectors of all entries (what is telling about each, over all its lines)
give the candidates; a ridge regression over the candidates' lines that are nearest to the query weighs what sets them
apart; a logistic model turns these and a few more figures into a probability.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from scipy import linalg
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from arabic.arabizi import Vocabulary
from arabic.normalise import normalise
from catalog.search import calibration
from catalog.search.evidence import ENTRIES_CACHED, EntryWords, Evidence, Rarity, stems, weigh
from catalog.search.features import Floats, Ids, Line, Matrix, SparseVector, Vectoriser
from catalog.search.query import read
from catalog.search.result import EntryKind, Hit, SearchResult, Verdict
from catalog.search.segment import Segment, Weights, kernel, make_segment

GATHERED: Final = 40
"""Entries of a segment whose pooled scores are worked out exactly."""
CANDIDATES: Final = 8
"""Entries that are told apart by their lines."""
CANDIDATES_AT_LEAST: Final = 4
WORTH_A_LOOK: Final = 0.5
"""Entries with less than this share of the best pooled score have no chance: fewer candidates, less time."""
LINES_OF_A_CANDIDATE: Final = 10
RIDGE: Final = 0.7
POOLED_WEIGHT: Final = 2.0
"""Weight of the pooled score against the lines' in the order of hits."""
LINES_OF_AN_ENTRY: Final = 200
"""More lines of one entry are not indexed."""
SMALL: Final = 20
"""Up to so many entries a change rebuilds all; beyond it, changed entries are kept in a segment of their own."""
FRAGMENTED_FROM: Final = 20
FRAGMENTED_SHARE: Final = 0.04
"""With more changed entries than both of these the index is fragmented."""


# Products of such small matrices gain nothing from BLAS threads, which spin against each other on busy cores: 89 ms
# instead of 0.5 ms were measured for one kernel.
threadpool_limits(1, user_api="blas")


@dataclass(frozen=True, slots=True)
class EntryText:
    """What is indexed of one entry: its name, its description and all phrases."""

    code: str
    kind: EntryKind
    texts: tuple[str, ...]

    def lines(self) -> list[Line]:
        """The different non-empty lines; at least one, so that every entry has a row."""
        normalised = dict.fromkeys(filter(None, map(normalise, self.texts)))
        return [Line.of(text) for text in list(normalised)[:LINES_OF_AN_ENTRY]] or [Line((), ())]


@dataclass(frozen=True, slots=True)
class _Block:
    """A segment with the entries that its rows stand for; rows of `gone` codes are passed over."""

    segment: Segment
    entries: tuple[EntryText, ...]
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Candidate:
    block: _Block
    row: int
    pooled: float
    coverage: float

    @property
    def entry(self) -> EntryText:
        return self.block.entries[self.row]


@lru_cache(maxsize=ENTRIES_CACHED)
def _words_of(entry: EntryText) -> EntryWords:
    return EntryWords.of([line.words for line in entry.lines()])


class SearchIndex:
    """Finds the entry that a sentence means. Immutable, so that threads may share it."""

    def __init__(
        self,
        vectoriser: Vectoriser,
        weights: Weights,
        main: _Block,
        changed: _Block | None,
        vocabulary: Vocabulary,
        rarity: Rarity,
    ) -> None:
        """For `build` and `updated` only."""
        self._vectoriser = vectoriser
        self._weights = weights
        self._main = main
        self._changed = changed
        self.vocabulary = vocabulary
        self._rarity = rarity

    @classmethod
    def build(cls, entries: Iterable[EntryText]) -> "SearchIndex":
        """Index all entries (about 0.2 s for 100 entries of 40 lines, 8 s for 10,000 of 10)."""
        listed = tuple(entries)
        lines = [entry.lines() for entry in listed]
        vectoriser = Vectoriser()
        matrix = vectoriser.fit([line for of_entry in lines for line in of_entry])
        segment, weights = make_segment(matrix, [len(of_entry) for of_entry in lines], None)
        vocabulary = Vocabulary(text for entry in listed for text in entry.texts)
        rarity = Rarity(frozenset(word for line in of_entry for word in stems(line.words)) for of_entry in lines)
        return cls(vectoriser, weights, _Block(segment, listed), None, vocabulary, rarity)

    def updated(self, changed: Mapping[str, EntryText], removed: Iterable[str]) -> "SearchIndex":
        """The index after a change; this one stays as it is.

        Args:
            changed: Entries that are new or differ, by code.
            removed: Codes of entries that are no more.
        """
        removed = frozenset(removed)
        later = {entry.code: entry for entry in self._changed.entries} if self._changed else {}
        later = {code: entry for code, entry in {**later, **changed}.items() if code not in removed}
        gone = self._main.gone | frozenset(changed) | removed  # of the main segment's rows
        if len(self._main.entries) + len(later) <= SMALL:
            kept = [entry for entry in self._main.entries if entry.code not in gone]
            return SearchIndex.build([*kept, *later.values()])
        main = _Block(self._main.segment, self._main.entries, gone)
        if not later:
            return SearchIndex(self._vectoriser, self._weights, main, None, self.vocabulary, self._rarity)
        listed = tuple(later.values())
        lines = [entry.lines() for entry in listed]
        vectoriser, matrix = self._vectoriser.extended([line for of_entry in lines for line in of_entry])
        segment, _ = make_segment(matrix, [len(of_entry) for of_entry in lines], self._weights)
        return SearchIndex(vectoriser, self._weights, main, _Block(segment, listed), self.vocabulary, self._rarity)

    @cached_property
    def entries(self) -> dict[str, EntryText]:
        """All entries, by code."""
        later = self._changed.entries if self._changed else ()
        kept = (entry for entry in self._main.entries if entry.code not in self._main.gone)
        return {entry.code: entry for entry in (*kept, *later)}

    @property
    def is_fragmented(self) -> bool:
        """Whether so much has changed that `build` over all entries would serve better."""
        changed = len(self._changed.entries) if self._changed else 0
        return changed > max(FRAGMENTED_FROM, FRAGMENTED_SHARE * len(self._main.entries))

    def __len__(self) -> int:
        return len(self.entries)

    def search(self, text: str, limit: int = 5) -> SearchResult:
        """Find the entries that a sentence may mean.

        Args:
            text: A message as typed: dialect or standard Arabic, Arabizi, with typing errors, long or short.
            limit: The most hits to return; never more than `CANDIDATES`.

        Returns:
            Hits, best first, with the probability that each is meant, and a verdict on them. The hits of a "nothing"
            are the nearest entries.
        """
        query = read(text, self.vocabulary)
        readings = [self._scored(line) for line in query.lines]
        hits = max(readings, key=lambda found: found[0].score if found else 0.0)[:limit]
        if not query.names_something or not hits:
            return SearchResult(tuple(hits), Verdict.NOTHING, query.names_something, Evidence.AGAINST)
        evidence = self._evidence(query.words, hits[0].code)
        verdict = calibration.verdict([hit.score for hit in hits], evidence)
        return SearchResult(tuple(hits), verdict, query.names_something, evidence)

    def evidence(self, words: Sequence[str], code: str) -> Evidence:
        """What normalised words say for the entry `code`; cheap beside a search."""
        return weigh(words, _words_of(self.entries[code]), self._rarity)

    def _evidence(self, words: Sequence[str], code: str) -> Evidence:
        if not words:
            return Evidence.ENOUGH
        return self.evidence(words, code)

    def _scored(self, line: Line) -> list[Hit]:
        codes, kinds, features = self.features(line)
        scores = calibration.probabilities(features)
        hits = [Hit(*each) for each in zip(codes, map(float, scores), kinds, strict=True)]
        return sorted(hits, key=lambda hit: -hit.score)

    def knows_any(self, words: Iterable[str]) -> bool:
        """Whether the catalogue has one of these normalised words, those that can name nothing left out."""
        return any(map(self._rarity.knows, stems(words)))

    def nearest(self, text: str, limit: int = 3) -> tuple[Hit, ...]:
        """The nearest entries, whatever the verdict."""
        return self.search(text, limit).hits

    def features(self, line: Line) -> tuple[list[str], list[EntryKind], Floats]:
        """The candidates for a line with their figures.

        Returns:
            Their codes, their kinds, and their features, shape (candidates, len(calibration.FEATURES)).
        """
        vector = self._vectoriser.vector(line)
        dense = np.zeros(self._vectoriser.width, np.float32)
        dense[vector.ids] = vector.values
        candidates = self._candidates(vector, dense)
        if not candidates:
            return [], [], np.zeros((0, len(calibration.FEATURES)), np.float32)
        local, nearest = self._told_apart(candidates, dense)
        pooled = np.array([candidate.pooled for candidate in candidates], np.float32)
        scores = POOLED_WEIGHT * pooled + local
        second, first = np.sort(np.concatenate([[0.0, 0.0], scores]))[-2:]
        best_other = np.full(len(scores), first, np.float32)
        best_other[scores.argmax()] = second
        weight = float(vector.values @ vector.values) or 1.0
        coverage = np.array([candidate.coverage / weight for candidate in candidates], np.float32) * vector.known
        known = np.full(len(scores), vector.known, np.float32)
        features = np.stack([pooled, local, scores - best_other, nearest, coverage, known], axis=1)
        codes = [candidate.entry.code for candidate in candidates]
        return codes, [candidate.entry.kind for candidate in candidates], features

    def _candidates(self, vector: SparseVector, dense: Floats) -> list[_Candidate]:
        found: list[_Candidate] = []
        for block in filter(None, (self._main, self._changed)):
            if not len(block.segment):
                continue
            near = block.segment.gather(vector, dense, GATHERED + len(block.gone))
            for row, score, share in zip(near.entries, near.scores, near.coverage, strict=True):
                if score > 0 and block.entries[row].code not in block.gone:
                    found.append(_Candidate(block, int(row), float(score), float(share)))
        found.sort(key=lambda candidate: -candidate.pooled)
        worth = sum(candidate.pooled >= WORTH_A_LOOK * found[0].pooled for candidate in found[:CANDIDATES])
        return found[: max(worth, CANDIDATES_AT_LEAST)]

    def _told_apart(self, candidates: Sequence[_Candidate], dense: Floats) -> tuple[Floats, Floats]:
        """Each candidate's ridge score over the candidates' nearest lines, and the cosine of its nearest line."""
        blocks: list[tuple[Matrix, Ids]] = []
        cosines: list[Floats] = []
        for candidate in candidates:
            lines = candidate.block.segment.lines
            ids, near = candidate.block.segment.nearest_lines(candidate.row, dense, LINES_OF_A_CANDIDATE)
            blocks.append((lines, ids))
            cosines.append(near)
        products = kernel(blocks)
        products[np.diag_indices_from(products)] += RIDGE
        weights = linalg.solve(products, np.concatenate(cosines), assume_a="pos", check_finite=False)
        owner = np.repeat(np.arange(len(candidates)), [len(near) for near in cosines])
        local = np.bincount(owner, weights, len(candidates)).astype(np.float32)
        return local, np.array([near[0] for near in cosines], np.float32)
