"""What a complaint is probably about where the rules of `opening` see nothing: learnt from examples.

A complement naive Bayes (Rennie et al., 2003) over words and pieces of words, which are what survives of a word in
dialect and misspelling. It is made of a few hundred lines when first needed; scikit-learn has the same but would double
the memory of the process that needs it.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from casework.cases.models import Kind
from casework.cases.opening import folded

SURE_FROM: Final = 0.33
"""Probability; below it the kind is asked. Of 40 sentences by somebody who had seen no example, the rules alone name
28 and err in 4; with this, 33 and 5. Whatever is understood is shown to be confirmed."""
SMOOTHING: Final = 0.3
_PIECES: Final = range(3, 6)
_FILE: Final = Path(__file__).with_name("opening_examples.tsv")


def guess(text: str) -> Kind | None:
    """The kind of a complaint that was told in a sentence; None where it is not sure.

    What complains of nothing gets a kind as well: to be asked only of what was told.
    """
    model = _model()
    weights = model.weighed(folded(text))
    if not weights:
        return None
    scores = {
        kind: sum(weight * of_kind[name] for name, weight in weights.items()) for kind, of_kind in model.of.items()
    }
    best = max(scores, key=scores.__getitem__)
    probability = 1 / sum(math.exp(score - scores[best]) for score in scores.values())
    return best if probability >= SURE_FROM else None


class _Model:
    def __init__(self, examples: list[tuple[Kind, str]]) -> None:
        found = [(kind, set(_features(text))) for kind, text in examples]
        seen = Counter(name for _, names in found for name in names)
        self._rarity = {name: math.log((1 + len(found)) / (1 + times)) + 1 for name, times in seen.items()}
        by_kind: dict[Kind, Counter[str]] = {}
        for kind, text in examples:
            by_kind.setdefault(kind, Counter()).update(self.weighed(text))
        whole = sum(by_kind.values(), Counter[str]())
        self.of: Mapping[Kind, Mapping[str, float]] = {
            kind: _against(whole, of_kind) for kind, of_kind in by_kind.items()
        }

    def weighed(self, text: str) -> dict[str, float]:
        """The features that are known, the rare ones heavier; of length 1 together."""
        known = {name: self._rarity[name] for name in set(_features(text)) if name in self._rarity}
        length = math.sqrt(sum(weight * weight for weight in known.values()))
        return {name: weight / length for name, weight in known.items()}


def _against(whole: Mapping[str, float], of_kind: Mapping[str, float]) -> Mapping[str, float]:
    """How little each feature belongs to all the other kinds together."""
    rest = {name: weight - of_kind.get(name, 0) + SMOOTHING for name, weight in whole.items()}
    total = sum(rest.values())
    return {name: -math.log(weight / total) for name, weight in rest.items()}


def _features(text: str) -> Iterator[str]:
    words = text.split()
    for word in words:
        yield f"#{word}"
        padded = f" {word} "
        for length in _PIECES:
            yield from (padded[start : start + length] for start in range(len(padded) - length + 1))
    yield from (f"#{first} {second}" for first, second in pairwise(words))


@lru_cache(maxsize=1)
def _model() -> _Model:
    lines = [line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return _Model([(Kind(kind), folded(text)) for kind, text in lines])
