"""The figures of `make eval`, as the README defines them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from actions.decision import (
    COURTESY_INTENTS,
    OUT_OF_SCOPE,
    SERVICE_INTENTS,
    Understood,
    decide,
    decide_courtesy,
)
from catalog.search import SearchResult
from evaluation.cases import Case
from evaluation.engine import Parse

TOP = 3


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the assistant does with one line, taken alone."""

    case: Case
    intent: str
    confidence: float
    services: tuple[str, ...]
    ms: float


def predict(case: Case, parse: Parse, found: SearchResult, search_ms: float) -> Prediction:
    """The intent acted on and the services found, best first."""
    services = tuple(hit.code for hit in found.hits if hit.kind == "service")[:TOP]
    return Prediction(
        case, acted_on(Understood(parse.intent, parse.ranking), found), parse.confidence, services, parse.ms + search_ms
    )


def acted_on(understood: Understood, found: SearchResult) -> str:
    """The intent that the assistant acts on: `out_of_scope` wherever it would answer with its fallback."""
    if understood.intent in COURTESY_INTENTS and (behind := decide_courtesy(understood, found)):
        return behind.intent
    if understood.intent not in SERVICE_INTENTS and understood.intent != OUT_OF_SCOPE:
        return understood.intent
    return decide(understood, found).intent


def figures(predictions: Sequence[Prediction]) -> dict[str, Any]:
    """All figures over `predictions`; a figure with nothing to measure is None."""
    gold = [prediction.case.intent for prediction in predictions]
    got = [prediction.intent for prediction in predictions]
    labelled = [prediction for prediction in predictions if prediction.case.service]
    inside = [prediction for prediction in predictions if prediction.case.intent != OUT_OF_SCOPE]
    outside = [prediction for prediction in predictions if prediction.case.intent == OUT_OF_SCOPE]
    times = [prediction.ms for prediction in predictions]
    return {
        "n": len(predictions),
        "intent_accuracy": _share([wanted == given for wanted, given in zip(gold, got, strict=True)]),
        "intent_macro_f1": round(
            float(f1_score(gold, got, labels=sorted(set(gold)), average="macro", zero_division=0)), 4
        ),
        "service_n": len(labelled),
        "service_hit1": _share([prediction.case.service in prediction.services[:1] for prediction in labelled]),
        "service_hit3": _share([prediction.case.service in prediction.services for prediction in labelled]),
        "out_of_scope_recall": _share([prediction.intent == OUT_OF_SCOPE for prediction in outside]),
        "in_scope_refused": _share([prediction.intent == OUT_OF_SCOPE for prediction in inside]),
        "ms_per_line_p50": round(float(np.percentile(times, 50)), 2),
        "ms_per_line_p95": round(float(np.percentile(times, 95)), 2),
    }


def by_variety(predictions: Sequence[Prediction]) -> dict[str, dict[str, Any]]:
    """The figures of each variety, in alphabetical order."""
    varieties = sorted({prediction.case.variety for prediction in predictions})
    return {
        variety: figures([prediction for prediction in predictions if prediction.case.variety == variety])
        for variety in varieties
    }


def _share(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 4) if hits else None
