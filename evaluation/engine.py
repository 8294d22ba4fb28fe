"""The trained model's answers, from the engine's own environment."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class EngineError(Exception):
    """The model could not be asked; the message is the engine's last line."""


@dataclass(frozen=True, slots=True)
class Parse:
    """The classifier's answer for one line; `ranking` is best first, `ms` is what the parse took."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    ms: float


def parse_all(
    texts: Sequence[str], python: Path, model: Path, environment: Mapping[str, str], *, background: bool = False
) -> list[Parse]:
    """Parses every text, one by one, in one engine process; with `background` it gives way to others.

    Raises:
        EngineError: the process failed or answered fewer lines.
    """
    asked = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    command = [str(python), "-m", "nlu.engine.parse", "--model", str(model)]
    done = subprocess.run(
        [*command, "--background"] if background else command,
        input=asked,
        capture_output=True,
        text=True,
        check=False,
        env=dict(environment),
    )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or len(answers) != len(texts):
        lines = done.stderr.strip().splitlines()
        raise EngineError(lines[-1] if lines else f"{len(answers)} answers for {len(texts)} lines")
    return [_read(answer) for answer in answers]


def _read(answer: dict[str, Any]) -> Parse:
    ranking = tuple((name, confidence) for name, confidence in answer["ranking"])
    return Parse(answer["intent"], answer["confidence"], ranking, answer["ms"])
