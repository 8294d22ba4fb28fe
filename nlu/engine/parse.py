"""Understands lines: JSON objects on standard input, JSON objects on standard output, one a line.

    echo '{"text": "شكد رسوم الجواز"}' | python -m nlu.engine.parse --model models/current.tar.gz

A line `{"text"}` becomes `{"intent", "confidence", "ranking": [[name, confidence], ...], "ms"}`; `ms` is the time of
the understanding alone. Everything that can be done once is done before the first line; a line `{"ready": true}` on
standard error says so. A line that cannot be read becomes `{"error": "bad_line"}`, so that output and input stay in
step.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from typing import IO, Any, Final

from nlu.engine import background, lean

RANKED: Final = 5
EXIT_MODEL: Final = 3


class LineParser:
    """The understanding part of a trained model."""

    def __init__(self, model: str) -> None:
        """Loads the model.

        Args:
            model: Path of the model's archive.

        Raises:
            rasa.exceptions.ModelNotFound: There is no readable model.
        """
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
        from rasa.shared.core.trackers import DialogueStateTracker

        from nlu.engine.agent import load_model, understanding_target

        _, metadata, self._runner = load_model(model)
        self._targets = [understanding_target(metadata)]
        self._message_type = UserMessage
        self._message_key = PLACEHOLDER_MESSAGE
        self._constant = {PLACEHOLDER_TRACKER: DialogueStateTracker("line", [])}

    def parse(self, text: str) -> dict[str, Any]:
        """Understands one text.

        Args:
            text: What a citizen wrote.

        Returns:
            `intent` (None if there is none), `confidence` 0 to 1, `ranking` of at most `RANKED` pairs, `ms`.
        """
        started = time.perf_counter()
        inputs = {self._message_key: [self._message_type(text)], **self._constant}
        message = self._runner.run(inputs, self._targets)[self._targets[0]][0]
        milliseconds = (time.perf_counter() - started) * 1_000
        intent = message.get("intent") or {}
        return {
            "intent": intent.get("name"),
            "confidence": float(intent.get("confidence") or 0.0),
            "ranking": [[one["name"], float(one["confidence"])] for one in message.get("intent_ranking", [])[:RANKED]],
            "ms": round(milliseconds, 3),
        }


def answers(parser: LineParser, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Understands lines, one answer a line.

    Args:
        parser: The loaded model.
        lines: JSON objects with a `text`; empty lines are skipped.
    """
    for line in lines:
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError:
            data = None
        text = data.get("text") if isinstance(data, dict) else None
        yield parser.parse(text) if isinstance(text, str) else {"error": "bad_line"}


def main(argv: list[str] | None = None, source: IO[str] = sys.stdin, target: IO[str] = sys.stdout) -> int:
    """Runs the command.

    Args:
        argv: Command line without the program's name.
        source: Where lines come from.
        target: Where answers go.

    Returns:
        0, or `EXIT_MODEL` if the model cannot be loaded.
    """
    parser = argparse.ArgumentParser(prog="python -m nlu.engine.parse", description="Understands JSON lines.")
    parser.add_argument("--model", default="models/current.tar.gz", help="the trained model's archive")
    parser.add_argument("--background", action="store_true", help="give way to others; end when the starter has ended")
    arguments = parser.parse_args(argv)
    if arguments.background:
        background.give_way()
    lean.install(serving=True)
    warnings.showwarning = lambda *_args, **_kwargs: None
    from nlu.engine import log

    log.configure("WARNING")
    try:
        model = LineParser(arguments.model)
    except Exception as error:
        # A broken archive fails in as many ways as it has parts.
        sys.stderr.write(f"parse: the model {arguments.model} cannot be loaded ({log.where(error)['error']})\n")
        return EXIT_MODEL
    sys.stderr.write('{"ready": true}\n')
    sys.stderr.flush()
    for answer in answers(model, source):
        target.write(json.dumps(answer, ensure_ascii=False) + "\n")
        target.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
