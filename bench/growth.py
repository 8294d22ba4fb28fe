"""What a turn costs when the database is full, against an empty one."""

import itertools
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bench.database import prepared
from bench.fill import fill, fill_engine
from bench.processes import memory_mb
from bench.product import Citizen, Product, product
from bench.stats import median, percentile

CONVERSATIONS: Final = 100_000
MESSAGES: Final = 1_000_000
SERVICES: Final = 10_000
ROUNDS: Final = 30
TURNS: Final = 5
WARM_UP_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class GrowthFigures:
    """Turns through the chat API on both databases."""

    empty_p50_ms: float
    full_p50_ms: float
    empty_p95_ms: float
    full_p95_ms: float
    fill_seconds: float
    database_mb: float
    full_memory_mb: Mapping[str, float]

    @property
    def ratio(self) -> float:
        """Full over empty, at the median."""
        return self.full_p50_ms / self.empty_p50_ms

    def as_json(self) -> dict[str, Any]:
        """For the results file."""
        return asdict(self)


def measure(model: Path, work: Path, texts: Sequence[str], now: datetime, share: float = 1.0) -> GrowthFigures:
    """Runs the product twice, on an empty and on a full database, and talks to both by turns.

    Args:
        model: Our model's archive.
        work: Folder for files of this run.
        texts: What citizens write.
        now: The time of the newest made-up message.
        share: How much of the full size to fill; 1 is what the figure means.

    Raises:
        BenchError: A process did not start, or did not answer.
    """
    empty = prepared(work, "empty")
    full = prepared(work, "full")
    database = work / "full.db"
    conversations = int(CONVERSATIONS * share)
    started = time.monotonic()
    print(f"  filling {database.name}", flush=True)
    fill(database, conversations, int(MESSAGES * share), int(SERVICES * share), now)
    with product(full, model, work, "full") as running:
        _conversation(running, texts)
    fill_engine(work / "full-engine.db", conversations)
    seconds = time.monotonic() - started
    with ExitStack() as stack:
        running_full = stack.enter_context(product(full, model, work, "full"))
        running_empty = stack.enter_context(product(empty, model, work, "empty"))
        lines = itertools.cycle(texts)
        times: dict[str, list[float]] = {"empty": [], "full": []}
        for number in range(WARM_UP_ROUNDS + ROUNDS):
            said = [next(lines) for _ in range(TURNS)]
            sides = (("empty", running_empty), ("full", running_full))
            for name, running in sides if number % 2 else reversed(sides):
                took = _conversation(running, said)
                if number >= WARM_UP_ROUNDS:
                    times[name] += took
        memory = {name: _memory(running_full, name) for name in ("bot", "engine", "actions")}
    return GrowthFigures(
        empty_p50_ms=round(median(times["empty"]), 2),
        full_p50_ms=round(median(times["full"]), 2),
        empty_p95_ms=round(percentile(times["empty"], 0.95), 2),
        full_p95_ms=round(percentile(times["full"], 0.95), 2),
        fill_seconds=round(seconds, 1),
        database_mb=round(database.stat().st_size / 2**20, 1),
        full_memory_mb=memory,
    )


def _conversation(running: Product, texts: Sequence[str]) -> list[float]:
    citizen = Citizen(running.bot.port)
    took = []
    for text in texts[:TURNS]:
        started = time.perf_counter()
        citizen.says(text)
        took.append((time.perf_counter() - started) * 1000)
    citizen.close()
    return took


def _memory(running: Product, name: str) -> float:
    return round(memory_mb(getattr(running, name).pid), 1)
