"""Measures the classifier through Rasa's own graph, on any Rasa NLU files.

    python -m nlu.components.benchmark train.yml test.yml            train on one file, test on another
    python -m nlu.components.benchmark all.yml --split 0.2           hold out a fifth of each intent
    python -m nlu.components.benchmark train.yml test.yml --per-intent 10   train on ten lines an intent
    python -m nlu.components.benchmark nlu/data test.jsonl           folders, and lines {"text", "intent"}, work too

Prints the figures of training, then one JSON object: accuracy, macro_f1, calibration_error, ms_p50, ms_p95, train_s.
Run it in the engine's environment, from the project's root; OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 keeps it on one
core. `--config` takes another pipeline.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import structlog
import yaml
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

Line = tuple[str, str]


class NoLinesError(ValueError):
    """A file holds no labelled line."""


def read_lines(path: Path) -> list[Line]:
    """Labelled lines of a Rasa NLU file, a folder of them, or a JSONL file with "text" and "intent".

    Raises:
        NoLinesError: There is none.
    """
    lines: list[Line] = []
    if path.suffix == ".jsonl":
        found = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
        lines = [(line["text"], line["intent"]) for line in found]
    else:
        from rasa.shared.data import get_data_files, is_nlu_file
        from rasa.shared.nlu.constants import INTENT, TEXT
        from rasa.shared.nlu.training_data.loading import load_data

        for file in sorted(get_data_files([str(path)], is_nlu_file)):
            lines += [(example.get(TEXT), example.get(INTENT)) for example in load_data(file).intent_examples]
    if not lines:
        raise NoLinesError(f"{path} has no labelled line")
    return lines


def limited(lines: Sequence[Line], per_intent: int, seed: int) -> list[Line]:
    """At most so many lines of each intent, drawn by chance."""
    shuffled = [lines[place] for place in np.random.default_rng(seed).permutation(len(lines))]
    taken: collections.Counter[str] = collections.Counter()
    kept = []
    for line in shuffled:
        taken[line[1]] += 1
        if taken[line[1]] <= per_intent:
            kept.append(line)
    return kept


def _write_nlu(lines: Sequence[Line], path: Path) -> None:
    by_intent: dict[str, list[str]] = collections.defaultdict(list)
    for text, intent in lines:
        by_intent[intent].append(" ".join(text.split()).replace("[", "(").replace("]", ")"))
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()
    ]
    path.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), encoding="utf-8")


def measure(train: Sequence[Line], test: Sequence[Line], config: Path) -> dict[str, Any]:
    """Train Rasa with the pipeline of a configuration and score it.

    Args:
        train: Labelled lines to learn from.
        test: Labelled lines to judge by.
        config: A Rasa configuration; only its pipeline is used.

    Returns:
        accuracy, macro_f1, calibration_error (0..1), ms_p50, ms_p95 (a whole parse), train_s, and the errors as
        {"text", "intent", "predicted", "confidence"}.
    """
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as folder:
        _write_nlu(train, Path(folder) / "nlu.yml")
        started = time.monotonic()
        model = train_nlu(str(config), str(Path(folder) / "nlu.yml"), folder)
        seconds = time.monotonic() - started
        agent = Agent.load(str(model))
    parsed, elapsed = asyncio.run(_parse(agent, [text for text, _ in test]))
    predicted = [each["intent"]["name"] for each in parsed]
    confidence = np.array([each["intent"]["confidence"] for each in parsed])
    truth = [intent for _, intent in test]
    right = np.array([one == other for one, other in zip(predicted, truth, strict=True)])
    places = np.minimum((confidence * 10).astype(int), 9)
    gaps = [abs(right[places == p].mean() - confidence[places == p].mean()) * (places == p).mean() for p in set(places)]
    return {
        "train_n": len(train),
        "test_n": len(test),
        "intents": len({intent for _, intent in train}),
        "accuracy": round(float(right.mean()), 4),
        "macro_f1": round(float(f1_score(truth, predicted, average="macro", labels=sorted(set(truth)))), 4),
        "calibration_error": round(float(sum(gaps)), 4),
        "ms_p50": round(float(np.percentile(elapsed, 50)), 2),
        "ms_p95": round(float(np.percentile(elapsed, 95)), 2),
        "train_s": round(seconds, 1),
        "errors": [
            {"text": text, "intent": intent, "predicted": guess, "confidence": round(float(sure), 3)}
            for (text, intent), guess, sure in zip(test, predicted, confidence, strict=True)
            if guess != intent
        ],
    }


async def _parse(agent: Any, texts: Sequence[str]) -> tuple[list[dict[str, Any]], list[float]]:
    parsed, elapsed = [], []
    await agent.parse_message("warm up")
    for text in texts:
        started = time.perf_counter()
        parsed.append(await agent.parse_message(text))
        elapsed.append((time.perf_counter() - started) * 1000)
    return parsed, elapsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m nlu.components.benchmark", description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path, help="Rasa NLU file or folder")
    parser.add_argument("test", type=Path, nargs="?", help="Rasa NLU file or JSONL; not with --split")
    parser.add_argument("--split", type=float, metavar="SHARE", help="hold out this share of each intent as the test")
    parser.add_argument("--per-intent", type=int, metavar="N", help="train on at most N lines of each intent")
    parser.add_argument("--config", type=Path, default=Path("config.yml"))
    parser.add_argument("--errors", type=Path, help="write the wrong lines there as JSONL")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if (options.test is None) == (options.split is None):
        parser.error("give a test file or --split, one of them")
    try:
        train = read_lines(options.train)
        if options.split is not None:
            train, test = train_test_split(
                train, test_size=options.split, random_state=options.seed, stratify=[intent for _, intent in train]
            )
        else:
            test = read_lines(options.test)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"Cannot read the lines: {error}\n")
        return 1
    if options.per_intent:
        train = limited(train, options.per_intent, options.seed)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    figures = measure(train, test, options.config)
    errors = figures.pop("errors")
    if options.errors:
        text = "".join(json.dumps(error, ensure_ascii=False) + "\n" for error in errors)
        options.errors.write_text(text, encoding="utf-8")
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
