"""Figures from samples."""

import math
import statistics
from collections.abc import Sequence


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` (0 to 1) of all samples do not exceed.

    Raises:
        ValueError: No samples, or a share outside 0 to 1.
    """
    if not samples or not 0 <= share <= 1:
        raise ValueError("a percentile needs samples and a share between 0 and 1")
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(samples: Sequence[float]) -> float:
    """The middle of the samples; raises `ValueError` if there are none."""
    if not samples:
        raise ValueError("a median needs samples")
    return statistics.median(samples)


def ratio(ours: float | None, theirs: float | None) -> float | None:
    """Ours over theirs; None where one of them was not measured or theirs is zero."""
    return None if ours is None or not theirs else ours / theirs
