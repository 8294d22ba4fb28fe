"""How a line fares between two models."""

import pytest

from evaluation.cases import Case
from evaluation.compare import Verdict, compared, learned, verdict
from evaluation.score import Prediction


@pytest.mark.parametrize(
    ("live", "candidate", "found"),
    [
        ("ask_fee", "ask_fee", Verdict.RIGHT),
        ("greet", "ask_fee", Verdict.BETTER),
        ("ask_fee", "greet", Verdict.WORSE),
        ("greet", "thank", Verdict.OTHER),
        ("greet", "greet", Verdict.WRONG),
    ],
)
def test_verdicts(live: str, candidate: str, found: Verdict) -> None:
    assert verdict(Case(text="شكد الرسوم", intent="ask_fee"), live, candidate) is found


def test_lines_that_both_get_right_are_only_counted() -> None:
    cases = [Case(text=text, intent="ask_fee") for text in ("شكد", "بيش")]
    live = [Prediction(case, "ask_fee", 1.0, (), 1.0) for case in cases]
    candidate = [live[0], Prediction(cases[1], "greet", 1.0, (), 1.0)]
    found = compared(live, candidate)
    assert found["counts"] == {"right": 1, "worse": 1}
    assert found["lines"] == [
        {"text": "بيش", "verdict": "worse", "expected": "ask_fee", "live": "ask_fee", "candidate": "greet"}
    ]
    assert (found["live"]["intent_accuracy"], found["candidate"]["intent_accuracy"]) == (1.0, 0.5)


def test_added_examples_are_counted_by_themselves() -> None:
    cases = [Case(text=text, intent="ask_fee") for text in ("شكد", "بيش")]
    live = [Prediction(case, "greet", 1.0, (), 1.0) for case in cases]
    found = learned(live, [Prediction(cases[0], "ask_fee", 1.0, (), 1.0), live[1]])
    assert (found["n"], found["live"], found["candidate"]) == (2, 0, 1)
    assert [line["verdict"] for line in found["lines"]] == ["better", "wrong"]
