"""Stands for the engine's interpreter: `python -m nlu.engine.train` and `nlu.engine.parse`, in a fraction of a second.

A model of it is its changes as JSON in a tar's place. It takes every line for what it was added to, else for its kind
in the test set. FAKE_ENGINE chooses a failure: `train_fails`, `train_hangs`, `parse_fails`.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from nlu.engine import background

HANGS_SECONDS = 60.0


def main() -> int:
    """Runs the command named by the first two arguments."""
    parser = argparse.ArgumentParser()
    for name in ("--config", "--domain", "--data", "--changes", "--models", "--model"):
        parser.add_argument(name, type=Path)
    for name in ("--force", "--background"):
        parser.add_argument(name, action="store_true")
    command, arguments = sys.argv[2], parser.parse_args(sys.argv[3:])
    if arguments.background:
        background.give_way()
    return _train(arguments) if command == "nlu.engine.train" else _parse(arguments)


def _train(arguments: argparse.Namespace) -> int:
    wanted = os.environ.get("FAKE_ENGINE")
    print("[   0.0 s] loading Rasa", flush=True)
    print("[   0.1 s] training component 'ArabicIntentClassifier'", flush=True)
    if wanted == "train_hangs":
        (arguments.models / "pid").write_text(str(os.getpid()))
        time.sleep(HANGS_SECONDS)
    if wanted == "train_fails":
        print("train: secret details", file=sys.stderr)
        return 1
    changes = arguments.changes.read_text("utf-8")
    (arguments.models / "current.changes.json").write_text(changes, "utf-8")
    (arguments.models / "current.fingerprint").write_text("fingerprint\n")
    (arguments.models / "current.tar.gz").write_text(changes, "utf-8")
    return 0


def _parse(arguments: argparse.Namespace) -> int:
    if os.environ.get("FAKE_ENGINE") == "parse_fails":
        print("parse: secret details", file=sys.stderr)
        return 3
    text = arguments.model.read_text("utf-8")
    added = json.loads(text)["added"] if text.startswith("{") else {}
    for line in sys.stdin:
        asked = json.loads(line)["text"]
        intent = next((name for name, lines in added.items() if any(one in asked for one in lines)), "greet")
        print(json.dumps({"intent": intent, "confidence": 0.9, "ranking": [[intent, 0.9]], "ms": 1.0}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
