"""How far a training is: from the trainer's own lines, and between them from the time that a step usually takes."""

import math
import re
from dataclasses import dataclass
from typing import Final

from catalog.training.models import Step

_LINE: Final = re.compile(r"\[ *[\d.]+ s\] (.*)")


@dataclass(frozen=True, slots=True)
class _Part:
    begins: str
    """With what the line begins that announces the step."""
    step: Step
    percent: int
    """Where the step begins."""
    usual_seconds: float


_PARTS: Final = (
    _Part("loading", Step.STARTING, 2, 4.0),
    _Part("reading", Step.READING, 12, 10.0),
    _Part("training component 'ArabicIntentClassifier'", Step.LEARNING, 30, 25.0),
    _Part("trained component 'ArabicIntentClassifier'", Step.PACKING, 78, 5.0),
    _Part("comparing", Step.COMPARING, 86, 12.0),
)
_END: Final = 99


class Progress:
    """Follows one training.

    Args:
        now: Seconds on the caller's clock, here and below.
    """

    def __init__(self, now: float) -> None:
        self._part = 0
        self._since = now

    def read(self, line: str, now: float) -> None:
        """Takes in a line of the trainer; one that says nothing new is passed over."""
        found = _LINE.fullmatch(line.strip())
        for number, part in enumerate(_PARTS):
            if found and number > self._part and found[1].startswith(part.begins):
                self._part, self._since = number, now

    def compares(self, now: float) -> None:
        """The training is over, the comparison begins."""
        self._part, self._since = len(_PARTS) - 1, now

    @property
    def step(self) -> Step:
        """What is being done."""
        return _PARTS[self._part].step

    def percent(self, now: float) -> int:
        """How far it is, 0 to 99; it never waits at the end of a step, however long that takes."""
        part = _PARTS[self._part]
        end = _PARTS[self._part + 1].percent if self._part + 1 < len(_PARTS) else _END
        share = 1 - math.exp(-max(0.0, now - self._since) / part.usual_seconds)
        return int(part.percent + (end - part.percent) * share)
