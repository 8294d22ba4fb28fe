"""Percentiles, medians, ratios."""

import pytest

from bench.stats import median, percentile, ratio


def test_a_percentile_is_one_of_the_samples() -> None:
    samples = [float(number) for number in range(100, 0, -1)]
    assert percentile(samples, 0.5) == 50
    assert percentile(samples, 0.95) == 95
    assert percentile(samples, 0) == 1
    assert percentile(samples, 1) == 100
    assert percentile([7.0], 0.95) == 7


@pytest.mark.parametrize(("samples", "share"), [([], 0.5), ([1.0], 1.1), ([1.0], -0.1)])
def test_a_percentile_of_nothing_is_an_error(samples: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(samples, share)


def test_median() -> None:
    assert median([3, 1, 2]) == 2
    with pytest.raises(ValueError, match="median"):
        median([])


def test_a_ratio_of_something_not_measured_is_not_measured() -> None:
    assert ratio(1, 4) == 0.25
    assert ratio(None, 4) is None
    assert ratio(1, None) is None
    assert ratio(1, 0) is None
