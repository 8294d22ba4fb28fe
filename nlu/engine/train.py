"""Trains the model, unless the one that is there was trained from the same inputs.

    python -m nlu.engine.train [--force]

composes the lines that come from the catalogue (`nlu.compose`), reads `config.yml`, `domain.yml` and `nlu/data`, and
puts `models/current.tar.gz` in place in one step: a process that loads it sees the old model or the new one. What it
was trained from is noted beside it, as `models/current.fingerprint`.

A model that was promoted in the console leaves `models/current.changes.json` beside it: the examples that editors added
and removed. They are taken in whenever the model is trained again, so that new shipped data does not undo them.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import logging
import os
import shutil
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from nlu.compose.__main__ import main as compose
from nlu.engine import background, lean
from nlu.examples import Changes, ExamplesError, write_changed

MODEL_NAME: Final = "current.tar.gz"
FINGERPRINT_NAME: Final = "current.fingerprint"
CHANGES_NAME: Final = "current.changes.json"
EXIT_FAILED: Final = 1
STILL_EVERY_SECONDS: Final = 10.0
"""So often a long step of the training says that it goes on."""
CODE_INPUTS: Final = (Path("nlu/components"), Path("arabic"), Path("nlu/requirements.lock"))
"""What decides the model beside its own files: the components' code, and the versions of what they use."""
_IGNORED_FOLDERS: Final = frozenset({"__pycache__"})


class TrainingError(Exception):
    """The model was not trained; the text is one line for people."""


def _files(inputs: Iterable[Path]) -> Iterator[Path]:
    for path in inputs:
        if path.is_dir():
            yield from sorted(
                file for file in path.rglob("*") if file.is_file() and _IGNORED_FOLDERS.isdisjoint(file.parts)
            )
        elif path.is_file():
            yield path


def fingerprint(inputs: Iterable[Path], changes: str = "") -> str:
    """Sums up the content of all input files.

    Args:
        inputs: Files and folders; those that do not exist count as absent.
        changes: What the console changes of the examples, as JSON.

    Returns:
        A SHA-256 in hexadecimal that changes with any name or byte.
    """
    digest = hashlib.sha256(f"rasa {lean.RASA_VERSION}; python {sys.version_info[:2]}".encode())
    for file in _files(inputs):
        content = file.read_bytes()
        digest.update(f"\n{file.as_posix()} {len(content)}\n".encode())
        digest.update(content)
    if changes:
        digest.update(f"\nchanges\n{changes}".encode())
    return digest.hexdigest()


def is_current(models: Path, wanted: str) -> bool:
    """Says whether the model that is there was trained from inputs with this fingerprint."""
    noted = models / FINGERPRINT_NAME
    return (models / MODEL_NAME).is_file() and noted.is_file() and noted.read_text(encoding="ascii").strip() == wanted


class _Progress(logging.Handler):
    """Prints a line when the training of a component begins and ends, and while it takes long."""

    def __init__(self, started: float) -> None:
        super().__init__(logging.INFO)
        self._started = started
        self._last = ""
        self._over = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().replace("Starting to train", "training").replace("Finished training", "trained")
        self.say(text.rstrip("."))

    def say(self, text: str) -> None:
        """Prints what begins or has ended now."""
        self._last = text
        _say(text, self._started)

    def __enter__(self) -> _Progress:
        threading.Thread(target=self._go_on, name="progress", daemon=True).start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._over.set()

    def _go_on(self) -> None:
        while not self._over.wait(STILL_EVERY_SECONDS):
            _say("still at work" if self._last.startswith("trained") else f"still {self._last}", self._started)


def _say(text: str, started: float) -> None:
    progress = sys.__stdout__ or sys.stderr
    progress.write(f"[{time.monotonic() - started:6.1f} s] {text}" + "\n")
    progress.flush()


def train(
    config: Path, domain: Path, data: list[Path], models: Path, force: bool = False, changes_file: Path | None = None
) -> bool:
    """Trains the model if it is stale.

    Args:
        config: Pipeline and policies.
        domain: Intents, slots, forms, responses, actions.
        data: Files and folders of training data.
        models: Folder of the model.
        force: Whether to train in any case.
        changes_file: What the console changes of the examples; by default, what the model that is there was made with.

    Returns:
        Whether a model was trained.

    Raises:
        TrainingError: An input is missing, or Rasa refuses the inputs.
    """
    started = time.monotonic()
    for path in (config, domain, *data):
        if not path.exists():
            raise TrainingError(f"{path} is missing")
    changes = _changes(changes_file or models / CHANGES_NAME, required=changes_file is not None)
    wanted = fingerprint([config, domain, *data, *CODE_INPUTS], changes.to_json() if changes else "")
    origin = f", with the examples of the console's model {changes.number}" if changes else ""
    if not force and is_current(models, wanted):
        _say(f"{models / MODEL_NAME} is up to date{origin}", started)
        return False
    if changes and changes_file is None:
        _say(f"the shipped inputs have changed: training from them{origin}", started)
    models.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".training-", dir=models))
    try:
        with _Progress(started) as progress:
            progress.say("loading Rasa")
            if changes:
                write_changed(data, changes, work / "data")
                data = [work / "data"]
            archive = _train_in(work, config, domain, data, progress)
        if changes and changes_file is not None:
            (work / CHANGES_NAME).write_text(changes.to_json(), encoding="utf-8")
            os.replace(work / CHANGES_NAME, models / CHANGES_NAME)
        os.replace(archive, models / MODEL_NAME)
        noted = work / FINGERPRINT_NAME
        noted.write_text(wanted + "\n", encoding="ascii")
        os.replace(noted, models / FINGERPRINT_NAME)
    except ExamplesError as error:
        raise TrainingError(str(error)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _say(f"{models / MODEL_NAME} is ready", started)
    return True


def _changes(path: Path, *, required: bool) -> Changes | None:
    if not required and not path.exists():
        return None
    try:
        return Changes.read(path)
    except ExamplesError as error:
        raise TrainingError(f"{error}; without it the model is trained from the shipped data alone") from error


def _train_in(work: Path, config: Path, domain: Path, data: list[Path], progress: _Progress) -> Path:
    # Rasa's own cache compares configurations, not the code of components: the fingerprint above does its work.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["RASA_CACHE_DIRECTORY"] = str(work / "cache")
    os.environ["LOG_LEVEL"] = "ERROR"  # what Rasa looks at before it draws progress bars
    lean.install()
    warnings.showwarning = lambda *_args, **_kwargs: None
    from rasa.exceptions import ModelNotFound
    from rasa.model_training import train as rasa_train
    from rasa.shared.exceptions import RasaException

    from nlu.engine import log

    log.configure("WARNING")
    hooks = logging.getLogger("rasa.engine.training.hooks")
    hooks.setLevel(logging.INFO)
    hooks.propagate = False
    hooks.addHandler(progress)
    progress.say("reading the training data")
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # Rasa names its own file as the model
            result = rasa_train(
                domain=str(domain),
                config=str(config),
                training_files=[str(path) for path in data],
                output=str(work),
                fixed_model_name="new",
                force_training=True,
            )
    except (RasaException, ModelNotFound) as error:
        raise TrainingError(" ".join(str(error).split())) from error
    if result.code != 0 or not result.model:
        raise TrainingError("there is not enough training data, or the domain is empty")
    return Path(result.model)


def main(argv: list[str] | None = None) -> int:
    """Runs the command.

    Args:
        argv: Command line without the program's name.

    Returns:
        0 if the model is up to date now, else `EXIT_FAILED`.
    """
    parser = argparse.ArgumentParser(prog="python -m nlu.engine.train", description="Trains the model if it is stale.")
    parser.add_argument("--config", type=Path, default=Path("config.yml"))
    parser.add_argument("--domain", type=Path, default=Path("domain.yml"))
    parser.add_argument("--data", type=Path, action="append", help="file or folder; repeatable (default: nlu/data)")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--force", action="store_true", help="train even if nothing has changed")
    parser.add_argument("--changes", type=Path, help="examples that the console adds and removes (JSON)")
    parser.add_argument("--background", action="store_true", help="give way to others; end when the starter has ended")
    arguments = parser.parse_args(argv)
    if arguments.background:
        background.give_way()
    if arguments.data is None:
        compose()
    try:
        train(
            arguments.config,
            arguments.domain,
            arguments.data or [Path("nlu/data")],
            arguments.models,
            arguments.force,
            arguments.changes,
        )
    except (TrainingError, lean.UnsupportedRasaError) as error:
        sys.stderr.write(f"train: {error}\n")
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
