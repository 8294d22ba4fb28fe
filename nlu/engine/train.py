"""Trains the model, unless the one that is there was trained from the same inputs.

    python -m nlu.engine.train [--force]

composes the lines that come from the catalogue (`nlu.compose`), reads `config.yml`, `domain.yml` and `nlu/data`, and
puts `models/current.tar.gz` in place in one step: a process that loads it sees the old model or the new one. What it
was trained from is noted beside it, as `models/current.fingerprint`.
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
import time
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from nlu.compose.__main__ import main as compose
from nlu.engine import lean

MODEL_NAME: Final = "current.tar.gz"
FINGERPRINT_NAME: Final = "current.fingerprint"
EXIT_FAILED: Final = 1
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


def fingerprint(inputs: Iterable[Path]) -> str:
    """Sums up the content of all input files.

    Args:
        inputs: Files and folders; those that do not exist count as absent.

    Returns:
        A SHA-256 in hexadecimal that changes with any name or byte.
    """
    digest = hashlib.sha256(f"rasa {lean.RASA_VERSION}; python {sys.version_info[:2]}".encode())
    for file in _files(inputs):
        content = file.read_bytes()
        digest.update(f"\n{file.as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def is_current(models: Path, wanted: str) -> bool:
    """Says whether the model that is there was trained from inputs with this fingerprint."""
    noted = models / FINGERPRINT_NAME
    return (models / MODEL_NAME).is_file() and noted.is_file() and noted.read_text(encoding="ascii").strip() == wanted


class _Progress(logging.Handler):
    """Prints a line when the training of a component begins and ends."""

    def __init__(self, started: float) -> None:
        super().__init__(logging.INFO)
        self._started = started

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().replace("Starting to train", "training").replace("Finished training", "trained")
        _say(text.rstrip("."), self._started)


def _say(text: str, started: float) -> None:
    progress = sys.__stdout__ or sys.stderr
    progress.write(f"[{time.monotonic() - started:6.1f} s] {text}" + "\n")
    progress.flush()


def train(config: Path, domain: Path, data: list[Path], models: Path, force: bool = False) -> bool:
    """Trains the model if it is stale.

    Args:
        config: Pipeline and policies.
        domain: Intents, slots, forms, responses, actions.
        data: Files and folders of training data.
        models: Folder of the model.
        force: Whether to train in any case.

    Returns:
        Whether a model was trained.

    Raises:
        TrainingError: An input is missing, or Rasa refuses the inputs.
    """
    started = time.monotonic()
    for path in (config, domain, *data):
        if not path.exists():
            raise TrainingError(f"{path} is missing")
    wanted = fingerprint([config, domain, *data, *CODE_INPUTS])
    if not force and is_current(models, wanted):
        _say(f"{models / MODEL_NAME} is up to date", started)
        return False
    models.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".training-", dir=models))
    try:
        _say("loading Rasa", started)
        archive = _train_in(work, config, domain, data, started)
        os.replace(archive, models / MODEL_NAME)
        noted = work / FINGERPRINT_NAME
        noted.write_text(wanted + "\n", encoding="ascii")
        os.replace(noted, models / FINGERPRINT_NAME)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _say(f"{models / MODEL_NAME} is ready", started)
    return True


def _train_in(work: Path, config: Path, domain: Path, data: list[Path], started: float) -> Path:
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
    hooks.addHandler(_Progress(started))
    _say("reading the training data", started)
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
    arguments = parser.parse_args(argv)
    if arguments.data is None:
        compose()
    try:
        train(
            arguments.config, arguments.domain, arguments.data or [Path("nlu/data")], arguments.models, arguments.force
        )
    except (TrainingError, lean.UnsupportedRasaError) as error:
        sys.stderr.write(f"train: {error}\n")
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
