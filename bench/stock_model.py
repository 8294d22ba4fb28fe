"""Stock Rasa's model: trained on the project's own domain, rules and lines; kept until one of them changes."""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from bench.errors import BenchError
from foundation.settings import ROOT, VAR

STOCK: Final = ROOT / "bench" / "stock"
STOCK_PYTHON: Final = STOCK / ".venv" / "bin" / "python"
KEPT: Final = VAR / "bench" / "stock"
DOMAIN: Final = ROOT / "domain.yml"
DATA: Final = ROOT / "nlu" / "data"
RULES: Final = DATA / "rules.yml"
DEFAULT_EPOCHS: Final = 100
NICENESS: Final = 10
"""Training runs for minutes; other work on the machine goes first."""


def stories_from_rules(rules: dict[str, Any]) -> dict[str, Any]:
    """The rules' conversations as stories.

    The project's dialogue is written as rules only, and stock Rasa's two neural policies learn from stories only:
    without these they would stay untrained, and the comparison would not be with Rasa's default policies.

    Args:
        rules: The content of a file of rules.

    Returns:
        The content of a file of stories, one a rule. Rules with conditions or that wait for no input are left out: they
        have no counterpart.
    """
    stories = [
        {"story": rule["rule"], "steps": rule["steps"]}
        for rule in rules.get("rules", [])
        if "condition" not in rule and any("intent" in step for step in rule["steps"])
    ]
    return {"version": "3.1", "stories": stories}


def with_epochs(config: dict[str, Any], epochs: int) -> dict[str, Any]:
    """The configuration with `epochs` wherever it names epochs."""

    def changed(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**one, "epochs": epochs} if "epochs" in one else one for one in components]

    return {**config, "pipeline": changed(config["pipeline"]), "policies": changed(config["policies"])}


def input_hash(files: Iterable[Path], extra: str = "") -> str:
    """Sums up names and contents of `files`; 16 hexadecimal characters."""
    digest = hashlib.sha256(extra.encode())
    for file in files:
        content = file.read_bytes()
        digest.update(f"\n{file.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _inputs() -> Iterator[Path]:
    yield from (STOCK / "config.yml", STOCK / "requirements.lock", DOMAIN)
    yield from sorted(DATA.glob("*.yml"))


def ensure_model(epochs: int = DEFAULT_EPOCHS, with_stories: bool = True) -> Path:
    """Trains stock Rasa if this has not been done for these inputs; says so, with progress in a log.

    Args:
        epochs: Epochs of its neural components; Rasa's default is 100.
        with_stories: Whether the neural policies get the rules as stories.

    Returns:
        The model's archive.

    Raises:
        BenchError: Training failed.
    """
    kind = "stories" if with_stories else "rules"
    home = KEPT / f"{input_hash(_inputs(), f'{epochs} {kind}')}-{kind}"
    model = home / "stock.tar.gz"
    if model.is_file():
        return model
    work = home.with_suffix(".part")
    shutil.rmtree(work, ignore_errors=True)
    data = work / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("__pycache__"))
    if with_stories:
        rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
        (data / "stories.yml").write_text(
            yaml.safe_dump(stories_from_rules(rules), allow_unicode=True), encoding="utf-8"
        )
    config = with_epochs(yaml.safe_load((STOCK / "config.yml").read_text(encoding="utf-8")), epochs)
    (work / "config.yml").write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
    _train(work, data)
    work.rename(home)
    return model


def _train(work: Path, data: Path) -> None:
    log = work / "training.log"
    command = [str(STOCK_PYTHON), "-m", "rasa", "train", "--config", str(work / "config.yml"), "--domain", str(DOMAIN)]
    command += ["--data", str(data), "--out", str(work), "--fixed-model-name", "stock"]
    print(f"Training stock Rasa (minutes; progress in {log.relative_to(ROOT)}) ...", flush=True)
    started = time.monotonic()
    with log.open("wb") as out:
        niced = ["nice", "-n", str(NICENESS), *command]
        done = subprocess.run(niced, cwd=work, env=stock_environment(), stdout=out, stderr=out, check=False)
    if done.returncode != 0 or not (work / "stock.tar.gz").is_file():
        raise BenchError(f"stock Rasa was not trained: see {log.relative_to(ROOT)}")
    print(f"Stock Rasa trained in {time.monotonic() - started:.0f} s", flush=True)


def stock_environment() -> dict[str, str]:
    """The environment of stock Rasa's processes: nothing set but that it does not call home."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    # Rasa's training cache is shared by both kinds of model: the understanding part is trained once.
    return {**kept, "RASA_TELEMETRY_ENABLED": "false", "RASA_CACHE_DIRECTORY": str(KEPT / "cache")}
