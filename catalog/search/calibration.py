"""From raw scores to the probability that a hit is meant, and from probabilities to a verdict.

The coefficients are fitted by `python -m bench.calibrate_search` on the development set and the out-of-scope training
lines; fit them again after a change of the features. Measured figures: `docs/adr/0004-search.md`.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from catalog.search.evidence import Evidence
from catalog.search.features import Floats
from catalog.search.result import Verdict

FEATURES: Final = ("pooled", "local", "margin", "nearest_line", "coverage", "known")
COEFFICIENTS: Final = (11.3, 3.98, 5.55, -1.73, -0.42, 1.68)
INTERCEPT: Final = -5.27

SURE_AT_LEAST: Final = 0.60
SURE_AHEAD_BY: Final = 0.25
"""To be sure of, the first hit must be this likely, and this much likelier than the second."""
TORN_AT_LEAST: Final = 0.15
"""A first hit less likely than this is nothing."""


def probabilities(features: Floats) -> Floats:
    """The probability of each candidate; `features` has shape (candidates, len(FEATURES))."""
    logits = features @ np.array(COEFFICIENTS, np.float32) + INTERCEPT
    chances: Floats = (1 / (1 + np.exp(-logits))).astype(np.float32)
    return chances


def verdict(scores: Sequence[float], evidence: Evidence = Evidence.ENOUGH) -> Verdict:
    """The verdict on hits with these probabilities, highest first, for the first of which there is this evidence."""
    if not scores or scores[0] < TORN_AT_LEAST or evidence in (Evidence.AGAINST, Evidence.NONE):
        return Verdict.NOTHING
    if evidence is Evidence.SCANT:
        return Verdict.TORN
    second = scores[1] if len(scores) > 1 else 0.0
    if scores[0] >= SURE_AT_LEAST and scores[0] - second >= SURE_AHEAD_BY:
        return Verdict.SURE
    return Verdict.TORN
