"""What each side understands: held-out accuracy, and the lines that both take for a question to the catalogue."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.errors import BenchError
from bench.sides import Client, Stock
from evaluation.cases import Case, read_cases
from evaluation.engine import EngineError, parse_all
from foundation.settings import ROOT
from ops.prepare import ENGINE_PYTHON

DEVSET: Final = ROOT / "nlu" / "devset"
ACTION_INTENTS_PREFIX: Final = "ask_"
FALLBACK: Final = "nlu_fallback"
OUT_OF_SCOPE: Final = "out_of_scope"


def stock_intents(side: Stock, port: int, texts: Sequence[str]) -> list[str]:
    """What stock Rasa's pipeline takes each text for.

    Raises:
        BenchError: It refuses to say.
    """
    client = Client(port)
    found = []
    for text in texts:
        status, body = client.send(side.parse(text))
        if status != 200:
            raise BenchError(f"stock Rasa answered a parse with status {status}")
        found.append(_name(json.loads(body)["intent"]["name"]))
    client.close()
    return found


def our_intents(environment: Mapping[str, str], model: Path, texts: Sequence[str]) -> list[str]:
    """What our pipeline takes each text for.

    Raises:
        BenchError: The model cannot be asked.
    """
    try:
        return [_name(parse.intent) for parse in parse_all(texts, ENGINE_PYTHON, model, environment)]
    except EngineError as error:
        raise BenchError(f"our model could not be asked: {error}") from error


def _name(intent: str | None) -> str:
    # A line that the pipeline hands to its fallback is one that the assistant says it does not understand.
    return OUT_OF_SCOPE if intent in (None, FALLBACK) else str(intent)


def held_out() -> list[Case]:
    """The labelled lines that no training author has written from."""
    return read_cases(DEVSET / "heldout.jsonl")


def question_lines() -> list[str]:
    """Development lines that are questions to the catalogue: each causes one custom action."""
    return [case.text for case in read_cases(DEVSET / "dev.jsonl") if case.intent.startswith(ACTION_INTENTS_PREFIX)]


def accuracy(cases: Sequence[Case], intents: Sequence[str]) -> float:
    """The share of cases with the right intent."""
    hits = sum(case.intent == intent for case, intent in zip(cases, intents, strict=True))
    return hits / len(cases)


def understood_alike(texts: Sequence[str], one: Sequence[str], other: Sequence[str]) -> list[str]:
    """The texts that both sides take for a question to the catalogue, so that both run one custom action for them."""
    return [
        text
        for text, first, second in zip(texts, one, other, strict=True)
        if first.startswith(ACTION_INTENTS_PREFIX) and second.startswith(ACTION_INTENTS_PREFIX)
    ]
