"""Any update: stored or refused, never a crash, and every message of words answered."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz import GIVEN, INPUTS, TIMEOUT_SECONDS
from tests.fuzz.target import Target
from tests.fuzz.updates import bodies

SHARE = 0.3
"""Of all inputs, on each database."""


@pytest.mark.timeout(TIMEOUT_SECONDS)
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_updates(target: Target, counted: Counter[str]) -> None:
    @settings(
        max_examples=int(INPUTS * SHARE),
        deadline=None,
        database=None,
        derandomize=not GIVEN,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(bodies)
    def deliver(body: bytes) -> None:
        answered = target.webhook(body)
        assert answered is not None
        counted[f"update {answered.status}"] += 1
        assert answered.status in (200, 400, 413), answered.body

    deliver()
    assert target.complaints() == []
