"""The lines that come with the product: those of `nlu/data`, and those of the test sets, with which nobody trains."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nlu import examples


@dataclass(frozen=True, slots=True)
class Shipped:
    """What is known of the files.

    Attributes:
        lines: Intent to its lines by digest, without those composed from the catalogue; of several spellings of one
            line, the first.
        intent_of: Digest of each line, composed ones too, to the intent that has it.
        tested: Digests of the lines of the test sets.
        composed: Intent to how many lines are composed for it.
    """

    lines: Mapping[str, Mapping[str, str]]
    intent_of: Mapping[str, str]
    tested: frozenset[str]
    composed: Mapping[str, int]

    def of(self, intent: str) -> Mapping[str, str]:
        """The intent's lines by digest."""
        return self.lines.get(intent, {})


def digest_of(text: str) -> str:
    """By what a line is known in the database."""
    return hashlib.sha256(examples.key(text).encode()).hexdigest()


def shipped(data: Path = examples.DATA, devset: Path = examples.DEVSET) -> Shipped:
    """The files as they are now; read again when one of them has changed. Takes half a second the first time.

    Raises:
        nlu.examples.ExamplesError: A file is no training data.
    """
    files = (*sorted(data.glob("*.yml")), *sorted(devset.glob("*.jsonl")))
    return _read(data, devset, tuple((file.name, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=1)
def _read(data: Path, devset: Path, _stamps: tuple[tuple[str, int], ...]) -> Shipped:
    lines = {intent: _by_digest(each) for intent, each in examples.read_folder(data).items()}
    composed = {intent: _by_digest(each) for intent, each in examples.read_folder(data, composed=True).items()}
    intent_of: dict[str, str] = {}
    for found in (lines, composed):
        for intent, by_digest in found.items():
            for digest in by_digest:
                intent_of.setdefault(digest, intent)
    tested = {
        digest_of(json.loads(line)["text"])
        for file in devset.glob("*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    }
    return Shipped(lines, intent_of, frozenset(tested), {intent: len(each) for intent, each in composed.items()})


def _by_digest(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        found.setdefault(digest_of(line), line)
    return found
