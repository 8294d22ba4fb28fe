"""Compares two models line by line: `python -m evaluation.compare LIVE CANDIDATE CASES [--out compared.json]`.

Both are asked the labelled lines, and both answers are decided upon with the same search over the catalogue, so what
differs is the models. Writes `{"live": figures, "candidate": figures, "counts": {verdict: lines}, "lines": [...]}`;
lines that both get right are only counted. With `--changes` the examples that the candidate was given are asked too
and counted by themselves (`added`): figures over lines that a model was trained with would flatter it.
"""

import asyncio
import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from catalog.search import SearchResult
from evaluation.__main__ import search_all
from evaluation.cases import Case, read_cases
from evaluation.engine import Parse, parse_all
from evaluation.score import Prediction, figures, predict
from nlu.engine import background as low_priority
from nlu.examples import Changes
from ops.prepare import ENGINE_PYTHON

ADDED_MAX = 500
"""So many of the examples are asked."""


class Verdict(StrEnum):
    """What the candidate does with a line against the live model."""

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"
    """Both are wrong, each in its own way."""
    WRONG = "wrong"
    """Both are wrong alike."""
    RIGHT = "right"


def verdict(case: Case, live: str, candidate: str) -> Verdict:
    """How a line fares: `live` and `candidate` are the intents acted on."""
    if live == candidate:
        return Verdict.RIGHT if candidate == case.intent else Verdict.WRONG
    if candidate == case.intent:
        return Verdict.BETTER
    return Verdict.WORSE if live == case.intent else Verdict.OTHER


def compared(live: Sequence[Prediction], candidate: Sequence[Prediction]) -> dict[str, Any]:
    """The comparison of the same cases' predictions, in the same order."""
    lines = [_fares(before, after) for before, after in zip(live, candidate, strict=True)]
    counts = Counter(line["verdict"] for line in lines)
    differ = [line for line in lines if line["verdict"] != Verdict.RIGHT]
    return {"live": figures(live), "candidate": figures(candidate), "counts": dict(counts), "lines": differ}


def learned(live: Sequence[Prediction], candidate: Sequence[Prediction]) -> dict[str, Any]:
    """How many of the examples that the candidate was given each of them understands, and which."""
    right = [sum(one.intent == one.case.intent for one in each) for each in (live, candidate)]
    lines = [_fares(before, after) for before, after in zip(live, candidate, strict=True)]
    return {"n": len(lines), "live": right[0], "candidate": right[1], "lines": lines}


def _fares(before: Prediction, after: Prediction) -> dict[str, str]:
    found = verdict(after.case, before.intent, after.intent)
    said = {"expected": after.case.intent, "live": before.intent, "candidate": after.intent}
    return {"text": after.case.text, "verdict": found.value, **said}


def parses(
    cases: Sequence[Case], added: Sequence[Case], python: Path, model: Path, *, background: bool, keep: bool
) -> list[Parse]:
    """The model's answers to the cases and then to the examples; with `keep`, those to the cases are asked once for
    each model and set of cases, and kept beside the model."""
    texts, more = [case.text for case in cases], [case.text for case in added]
    asked = hashlib.sha256(model.read_bytes() + json.dumps(texts).encode()).hexdigest()
    kept = model.with_name(f"parses-{asked[:16]}.json")
    if keep and kept.exists():
        known = [Parse(intent, sure, tuple(map(tuple, ranking)), ms) for intent, sure, ranking, ms in _load(kept)]
        return [*known, *(parse_all(more, python, model, os.environ, background=background) if more else ())]
    found = parse_all([*texts, *more], python, model, os.environ, background=background)
    if keep:
        rows = [(one.intent, one.confidence, one.ranking, one.ms) for one in found[: len(texts)]]
        _store(kept, json.dumps(rows, ensure_ascii=False))
    return found


def main(
    live: Annotated[Path, typer.Argument(help="archive of the model in use")],
    candidate: Annotated[Path, typer.Argument(help="archive of the other one")],
    cases: Annotated[Path, typer.Argument(help="labelled lines, one JSON object a line")],
    out: Annotated[Path | None, typer.Option(help="write the comparison to this file")] = None,
    python: Annotated[Path, typer.Option(help="the engine's interpreter")] = ENGINE_PYTHON,
    changes: Annotated[Path | None, typer.Option(help="examples that the candidate was given besides")] = None,
    keep: Annotated[bool, typer.Option(help="keep each model's answers beside it, and take those kept")] = False,
    background: Annotated[bool, typer.Option(help="give way to others; end when the starter has ended")] = False,
) -> None:
    """Compares two models; prints the figures, or writes everything."""
    if background:
        low_priority.give_way()
    asked = read_cases(cases)
    added = _added(changes) if changes else []
    everything = [*asked, *added]
    searches = asyncio.run(search_all([case.text for case in everything]))
    before, after = (
        _predictions(everything, parses(asked, added, python, model, background=background, keep=keep), searches)
        for model in (live, candidate)
    )
    number = len(asked)
    found = compared(before[:number], after[:number]) | {"added": learned(before[number:], after[number:])}
    if out:
        _store(out, json.dumps(found, ensure_ascii=False))
        return
    print(json.dumps({name: found[name] for name in ("live", "candidate", "counts")}, ensure_ascii=False, indent=1))


def _added(changes: Path) -> list[Case]:
    lines = [Case(text=line, intent=intent) for intent, each in Changes.read(changes).added.items() for line in each]
    return lines[:ADDED_MAX]


def _predictions(
    cases: Sequence[Case], parsed: Sequence[Parse], searches: Sequence[tuple[SearchResult, float]]
) -> list[Prediction]:
    return [predict(case, parse, found, ms) for case, parse, (found, ms) in zip(cases, parsed, searches, strict=True)]


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _store(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


if __name__ == "__main__":
    typer.run(main)
