"""What a turn costs late in a long conversation, against early in a short one."""

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.errors import BenchError
from bench.load import timed_turn
from bench.sides import Client, Side
from bench.stats import median

EARLY: Final = 5
LATE: Final = 500
AROUND: Final = 20
"""The last turns of the long conversation that count."""
SHORT_TURNS: Final = 7
"""Turns of each short conversation; those around `EARLY` count."""
GIVE_UP_TURN_MS: Final = 3_000.0
GIVE_UP_SECONDS: Final = 120.0
WINDOW: Final = 5


@dataclass(frozen=True, slots=True)
class Growth:
    """How a turn's cost grew."""

    early_ms: float
    late_ms: float
    late_turn: int
    """The last turn that was reached."""
    curve: dict[int, float]
    """Turn → median latency of the turns around it, in ms."""

    @property
    def ratio(self) -> float:
        """Late over early."""
        return self.late_ms / self.early_ms


def measure(side: Side, port: int, texts: Sequence[str], prefix: str, turns: int = LATE) -> Growth:
    """Holds one long conversation; short ones run between its last turns, so that noise meets both.

    Stops before `turns` where a turn takes longer than `GIVE_UP_TURN_MS` or all take longer than `GIVE_UP_SECONDS`.

    Args:
        side: Whom to talk to.
        port: Where it listens.
        texts: Taken in turn.
        prefix: Begins the senders' names.
        turns: Turns of the long conversation.

    Raises:
        BenchError: A turn was not answered.
    """
    client = Client(port)
    lines = itertools.cycle(texts)

    def turn(sender: str, number: int) -> float:
        latency, answered = timed_turn(side, client, sender, f"{sender}-{number}", next(lines))
        if not answered:
            raise BenchError(f"{side.name}: turn {number} of a long conversation was not answered")
        return latency

    started = time.monotonic()
    long: list[float] = []
    for number in range(1, turns - AROUND + 1):
        long.append(turn(f"{prefix}-long", number))
        if long[-1] > GIVE_UP_TURN_MS or time.monotonic() - started > GIVE_UP_SECONDS:
            break
    early: list[float] = []
    late: list[float] = []
    for step in range(AROUND):
        if len(long) + 1 > turns:
            break
        long.append(turn(f"{prefix}-long", len(long) + 1))
        late.append(long[-1])
        short = [turn(f"{prefix}-short{step}", number) for number in range(1, SHORT_TURNS + 1)]
        early += short[EARLY - 3 : EARLY + 2]
        if time.monotonic() - started > 2 * GIVE_UP_SECONDS:
            break
    client.close()
    return Growth(median(early), median(late), len(long), _curve(long))


def _curve(latencies: Sequence[float]) -> dict[int, float]:
    marks = [EARLY, *range(50, len(latencies) + 1, 50)]
    return {mark: round(median(latencies[max(0, mark - WINDOW) : mark]), 2) for mark in marks if mark <= len(latencies)}
