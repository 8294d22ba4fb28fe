"""Example lines of the intents: those that are shipped in `nlu/data`, and what editors changed of them in the console.

Used by both environments: the console shows and checks the lines, the trainer writes the data that it trains from. A
line is known by its `key`, so that another spelling of it is the same line.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from arabic import normalise

ROOT: Final = Path(__file__).resolve().parent
DATA: Final = ROOT / "data"
DEVSET: Final = ROOT / "devset"
COMPOSED: Final = "composed.yml"
"""Made by `nlu.compose` from the catalogue: nobody edits it."""

Lines = dict[str, list[str]]
"""Intent to its lines."""


class ExamplesError(ValueError):
    """A file of examples or of changes cannot be read; the text names it."""


@dataclass(frozen=True)
class Changes:
    """What the console adds to the shipped lines and takes from them, by intent; `number` is that of the model."""

    number: int = 0
    added: Mapping[str, Sequence[str]] = field(default_factory=dict)
    removed: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def to_json(self) -> str:
        """The same bytes for the same changes."""
        value = {"number": self.number, "added": self.added, "removed": self.removed}
        return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n"

    @classmethod
    def read(cls, path: Path) -> Changes:
        """Reads what `to_json` wrote.

        Raises:
            ExamplesError: The file cannot be read, or holds something else.
        """
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            return cls(int(value["number"]), _lists(value["added"]), _lists(value["removed"]))
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ExamplesError(f"{path} holds no changes of examples") from error


def key(text: str) -> str:
    """By what a line is known: its normal spelling."""
    return normalise(text)


def read_file(path: Path) -> Lines:
    """The lines of a file of training data, by intent; empty for one that holds rules or stories.

    Raises:
        ExamplesError: It is no training data.
    """
    try:
        content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  # a safe loader
        found: Lines = {}
        for block in content.get("nlu") or ():
            lines = (line.strip() for line in block["examples"].splitlines())
            found.setdefault(block["intent"], []).extend(line.removeprefix("-").strip() for line in lines if line)
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise ExamplesError(f"{path} is no training data") from error
    return found


def read_folder(folder: Path = DATA, *, composed: bool = False) -> Lines:
    """The lines of all files of a folder, without those that are composed; with `composed`, those alone."""
    found: Lines = {}
    for path in sorted(folder.glob("*.yml")):
        if (path.name == COMPOSED) == composed:
            for intent, lines in read_file(path).items():
                found.setdefault(intent, []).extend(lines)
    return found


def write_changed(data: Sequence[Path], changes: Changes, out: Path) -> None:
    """Writes training data with the changes taken in.

    Args:
        data: Files and folders of training data.
        changes: What is added and removed; lines of an intent that has no file of its own get one.
        out: A folder, which is made.

    Raises:
        ExamplesError: A file is no training data.
    """
    out.mkdir(parents=True)
    removed = {intent: {key(line) for line in lines} for intent, lines in changes.removed.items()}
    waiting = {intent: list(lines) for intent, lines in changes.added.items()}
    for number, path in enumerate(_files(data)):
        target = out / f"{number:03}-{path.name}"
        lines = {} if path.name == COMPOSED else read_file(path)
        if not (lines.keys() & (removed.keys() | waiting.keys())):
            shutil.copyfile(path, target)
            continue
        changed = {
            intent: _changed(shipped, removed.get(intent, set()), waiting.pop(intent, []))
            for intent, shipped in lines.items()
        }
        target.write_text(as_yaml(changed), encoding="utf-8")
    if waiting:
        (out / "added.yml").write_text(as_yaml(waiting), encoding="utf-8")


def as_yaml(lines: Mapping[str, Sequence[str]]) -> str:
    """The lines as training data for Rasa."""
    text = 'version: "3.1"\n\nnlu:\n'
    for intent, found in lines.items():
        text += f"  - intent: {intent}\n    examples: |\n" + "".join(f"      - {line}\n" for line in found)
    return text


def _changed(shipped: Sequence[str], removed: set[str], added: Sequence[str]) -> list[str]:
    kept = [line for line in shipped if key(line) not in removed]
    there = {key(line) for line in kept}
    return [*kept, *(line for line in added if key(line) not in there)]


def _files(data: Sequence[Path]) -> Iterator[Path]:
    for path in data:
        yield from sorted(path.rglob("*.yml")) if path.is_dir() else (path,)


def _lists(value: Mapping[str, Sequence[str]]) -> Lines:
    return {str(intent): [str(line) for line in lines] for intent, lines in value.items()}


_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
