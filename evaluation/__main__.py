"""`python -m evaluation CASES [--out predictions.jsonl] [--errors]`."""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from catalog.search import LiveIndex, SearchResult
from evaluation.cases import Case, CasesError, read_cases
from evaluation.engine import EngineError, Parse, parse_all
from evaluation.score import Prediction, by_variety, figures, predict
from foundation.database import make_engine, make_session_factory
from foundation.settings import get_settings
from ops.errors import OpsError
from ops.prepare import ENGINE_PYTHON, MODEL, child_environment, load_catalogue, migrate

COLUMNS = (
    "n",
    "intent_accuracy",
    "intent_macro_f1",
    "service_hit1",
    "service_hit3",
    "out_of_scope_recall",
    "in_scope_refused",
    "ms_per_line_p50",
    "ms_per_line_p95",
)


def main(
    cases: Annotated[Path, typer.Argument(help="labelled lines, one JSON object a line")],
    out: Annotated[Path | None, typer.Option(help="write a prediction a line to this file")] = None,
    errors: Annotated[bool, typer.Option(help="print the lines that were judged wrong")] = False,
) -> None:
    """Scores the trained model and the service search; prints a table and, last, one JSON object."""
    try:
        predictions = evaluate(read_cases(cases))
    except (CasesError, EngineError, OpsError) as error:
        print(f"eval: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    if out:
        out.write_text("".join(_line(prediction) for prediction in predictions), encoding="utf-8")
    if errors:
        _print_errors(predictions)
    _print_table(predictions)
    print(json.dumps({**figures(predictions), "by_variety": by_variety(predictions)}, ensure_ascii=False))


def evaluate(cases: list[Case]) -> list[Prediction]:
    """A prediction for every case, in order."""
    return [predict(case, *understood) for case, understood in zip(cases, understand(cases), strict=True)]


def understand(cases: list[Case]) -> list[tuple[Parse, SearchResult, float]]:
    """For every case the classifier's answer, the search's answer, and the search's time in milliseconds."""
    environment = child_environment({})
    migrate(environment)
    load_catalogue(environment)
    texts = [case.text for case in cases]
    parses = parse_all(texts, ENGINE_PYTHON, MODEL, environment)
    searches = asyncio.run(search_all(texts))
    return [(parse, found, ms) for parse, (found, ms) in zip(parses, searches, strict=True)]


async def search_all(texts: Sequence[str]) -> list[tuple[SearchResult, float]]:
    """The search's answer for every text, and its time in milliseconds."""
    database = make_engine(get_settings().database_url)
    index = LiveIndex(make_session_factory(database))
    await index.start()
    try:
        return [await _timed(index, text) for text in texts]
    finally:
        await index.stop()
        await database.dispose()


async def _timed(index: LiveIndex, text: str) -> tuple[SearchResult, float]:
    started = time.perf_counter()
    found = await index.search(text)
    return found, (time.perf_counter() - started) * 1000


def _line(prediction: Prediction) -> str:
    record: dict[str, Any] = prediction.case.model_dump()
    record["predicted_intent"] = prediction.intent
    record["confidence"] = round(prediction.confidence, 4)
    record["predicted_services"] = list(prediction.services)
    return json.dumps(record, ensure_ascii=False) + "\n"


def _print_errors(predictions: list[Prediction]) -> None:
    for prediction in predictions:
        case = prediction.case
        wrong_service = case.service is not None and case.service not in prediction.services[:1]
        if case.intent != prediction.intent or wrong_service:
            print(f"{case.intent} → {prediction.intent} | {case.service} → {prediction.services} | {case.text}")


def _print_table(predictions: list[Prediction]) -> None:
    rows = {**by_variety(predictions), "all": figures(predictions)}
    width = max(map(len, rows))
    print(" " * width, *(f"{column:>19}" for column in COLUMNS))
    for name, row in rows.items():
        cells = (("–" if row[column] is None else row[column]) for column in COLUMNS)
        print(f"{name:<{width}}", *(f"{cell:>19}" for cell in cells))


if __name__ == "__main__":
    typer.run(main)
