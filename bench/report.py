"""What `make bench` says: a table, a results file, and one JSON object as the last line."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bench.compare import AT_ONCE, Measured
from bench.stats import median, ratio

FIGURES: Final = (
    "engine_speedup",
    "p95_ratio",
    "memory_ratio",
    "ready_ratio",
    "accuracy_ours",
    "accuracy_stock",
    "turn500_over_turn5",
    "burst4_s",
    "search_10k_p95_ms",
    "path_msgs_per_s",
    "path_p95_ms",
    "growth_ratio",
)
"""The keys of the last line, in order; a figure that was not measured is null."""

GOALS: Final[Mapping[str, tuple[str, float]]] = {
    "engine_speedup": ("≥", 10),
    "p95_ratio": ("≤", 1 / 8),
    "memory_ratio": ("≤", 0.55),
    "ready_ratio": ("≤", 0.6),
    "turn500_over_turn5": ("≤", 1.2),
    "burst4_s": ("≤", 0.3),
    "path_msgs_per_s": ("≥", 29.5),
    "path_p95_ms": ("≤", 250),
    "growth_ratio": ("≤", 1.3),
}
"""What the project aims at; 30 messages a second are written, so a little less are answered by the end."""


def comparison(ours: Measured, stock: Measured) -> dict[str, float | None]:
    """The figures that compare the two sides. Of the loads that were run, the one least flattering for us counts."""
    speedups = [ours.turns_per_second(load) / stock.turns_per_second(load) for load in AT_ONCE]
    tails = [ours.latency_ms(load, 0.95) / stock.latency_ms(load, 0.95) for load in AT_ONCE]
    return {
        "engine_speedup": min(speedups),
        "p95_ratio": max(tails),
        "memory_ratio": ratio(ours.peak_memory_mb, stock.peak_memory_mb),
        "ready_ratio": ratio(median(ours.ready_seconds), median(stock.ready_seconds)),
        "accuracy_ours": ours.accuracy,
        "accuracy_stock": stock.accuracy,
        "turn500_over_turn5": ours.growth.ratio if ours.growth else None,
    }


def last_line(measured: Mapping[str, float | None]) -> str:
    """The contract's one JSON object.

    Raises:
        KeyError: A figure that the contract does not know.
    """
    unknown = set(measured) - set(FIGURES)
    if unknown:
        raise KeyError(f"not in the contract: {', '.join(sorted(unknown))}")
    rounded = {name: _rounded(measured.get(name)) for name in FIGURES}
    return json.dumps(rounded, ensure_ascii=False)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Text columns of the same width; the first row is the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        first, *others = row
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
        if number == 0:
            lines.append("  ".join("-" * width for width in widths))
    return "\n".join(lines)


def side_by_side(ours: Measured, stock: Measured) -> str:
    """The table of both sides."""
    rows = [("", "ours", "stock Rasa", "ours / stock")]

    def add(title: str, own: float | None, theirs: float | None, digits: int = 1) -> None:
        quotient = ratio(own, theirs)
        rows.append((title, _cell(own, digits), _cell(theirs, digits), _cell(quotient, 3)))

    for load in AT_ONCE:
        add(f"turns/s, {load} at once", ours.turns_per_second(load), stock.turns_per_second(load))
        add(f"p50 ms, {load} at once", ours.latency_ms(load, 0.5), stock.latency_ms(load, 0.5))
        add(f"p95 ms, {load} at once", ours.latency_ms(load, 0.95), stock.latency_ms(load, 0.95))
    add("CPU ms a turn, engine", ours.engine_cpu_ms, stock.engine_cpu_ms, 2)
    add("CPU ms a turn, action server", ours.actions_cpu_ms, stock.actions_cpu_ms, 2)
    add("turns that failed", ours.failures(), stock.failures(), 0)
    add("start to ready, s", median(ours.ready_seconds), median(stock.ready_seconds), 2)
    add("memory when ready, MB", ours.ready_memory_mb, stock.ready_memory_mb, 0)
    add("peak memory, MB", ours.peak_memory_mb, stock.peak_memory_mb, 0)
    add("held-out intent accuracy", ours.accuracy, stock.accuracy, 4)
    if ours.growth and stock.growth:
        add("turn 5, ms", ours.growth.early_ms, stock.growth.early_ms, 2)
        late = f"turn {ours.growth.late_turn} / {stock.growth.late_turn}, ms"
        add(late, ours.growth.late_ms, stock.growth.late_ms, 2)
        add("late over early", ours.growth.ratio, stock.growth.ratio, 2)
    add("4 quick messages, s (ours: whole product)", ours.burst_seconds, stock.burst_seconds, 2)
    return table(rows)


def against_goals(measured: Mapping[str, float | None]) -> str:
    """Each figure beside its goal."""
    rows = [("", "measured", "goal", "")]
    for name in FIGURES:
        value, goal = measured.get(name), GOALS.get(name)
        if name == "accuracy_ours" and measured.get("accuracy_stock") is not None:
            goal = ("≥", measured["accuracy_stock"] or 0.0)
        met = "" if value is None or goal is None else "met" if _meets(value, goal) else "MISSED"
        rows.append((name, _cell(value, 4), f"{goal[0]} {goal[1]:.4g}" if goal else "", met))
    return table(rows)


def _meets(value: float, goal: tuple[str, float]) -> bool:
    return value >= goal[1] if goal[0] == "≥" else value <= goal[1]


def _cell(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def machine() -> dict[str, Any]:
    """Where this was measured, and how busy it was."""
    return {
        "cores": os.cpu_count(),
        "load_average": [round(one, 2) for one in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def save(folder: Path, at: datetime, results: Mapping[str, Any]) -> Path:
    """Writes the results of a run; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{at:%Y-%m-%dT%H%M}.json"
    file.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file
