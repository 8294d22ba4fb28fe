"""Any request: an answer, never a 5xx or a trace, and every message of words answered."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz import GIVEN, INPUTS, TIMEOUT_SECONDS
from tests.fuzz.requests import Request, requests
from tests.fuzz.target import Answered, Target

SHARE = 0.2
"""Of all inputs, on each database."""
CONVERSATIONS = 5
SHOWN_BYTES = 500


@pytest.mark.timeout(TIMEOUT_SECONDS)
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_requests(target: Target, counted: Counter[str]) -> None:
    tokens = [_opened(target) for _ in range(CONVERSATIONS)]

    @settings(
        max_examples=int(INPUTS * SHARE),
        deadline=None,
        database=None,
        derandomize=not GIVEN,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(tokens))
    def ask(request: Request) -> None:
        answered = target.ask(request.data)
        counted[f"request {answered.status if answered else 'cut off'}"] += 1
        if answered is None:
            assert not request.sound, request.data[:SHOWN_BYTES]
            return
        _check(request, answered)
        if request.says:
            target.posted()

    ask()
    assert target.complaints() == []


def _opened(target: Target) -> str:
    answered = target.ask(
        b"POST /api/chat/conversations HTTP/1.1\r\nHost: b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    )
    assert answered is not None
    token: str = answered.json["conversation"]
    return token


def _check(request: Request, answered: Answered) -> None:
    assert answered.status < 500, answered
    assert b"Traceback" not in answered.body
    if request.says:
        assert answered.status == 200, answered
        assert answered.json["messages"], answered
    if answered.status >= 400 and answered.body and answered.content_type.startswith("application/json"):
        assert set(json.loads(answered.body)) == {"error", "message"}, answered
