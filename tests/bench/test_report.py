"""The table, the last line, the comparison."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.compare import AT_ONCE, Measured
from bench.load import Round
from bench.long_conversation import Growth
from bench.report import FIGURES, against_goals, comparison, last_line, save, side_by_side, table


def side(seconds: float, latency_ms: float) -> Measured:
    """Twenty turns in `seconds`, each `latency_ms`, at every load."""
    done = Round(seconds, [latency_ms] * 20, 0)
    return Measured(
        ready_seconds=[seconds],
        peak_memory_mb=100 * seconds,
        rounds={load: [done, done, done] for load in AT_ONCE},
        accuracy=0.5,
        growth=Growth(early_ms=10, late_ms=11, late_turn=500, curve={5: 10.0}),
    )


def test_the_last_line_has_the_contracts_keys_in_order() -> None:
    line = last_line({"engine_speedup": 11.123456, "growth_ratio": None})
    assert "\n" not in line
    found = json.loads(line)
    assert tuple(found) == FIGURES
    assert found["engine_speedup"] == 11.1235
    assert [name for name, value in found.items() if value is not None] == ["engine_speedup"]


def test_the_last_line_knows_no_other_figures() -> None:
    with pytest.raises(KeyError, match="speed"):
        last_line({"speed": 1.0})


def test_the_comparison_is_ours_over_stock() -> None:
    found = comparison(side(1, 10), side(10, 100))
    assert found["engine_speedup"] == pytest.approx(10)
    assert found["p95_ratio"] == pytest.approx(0.1)
    assert found["memory_ratio"] == pytest.approx(0.1)
    assert found["ready_ratio"] == pytest.approx(0.1)
    assert found["turn500_over_turn5"] == pytest.approx(1.1)
    assert set(found) <= set(FIGURES)


def test_the_least_flattering_load_counts() -> None:
    ours, stock = side(1, 10), side(10, 100)
    ours.rounds[AT_ONCE[-1]] = [Round(2, [50.0] * 20, 0)]
    found = comparison(ours, stock)
    assert found["engine_speedup"] == pytest.approx(5)
    assert found["p95_ratio"] == pytest.approx(0.5)


def test_failed_turns_do_not_count_as_turns() -> None:
    assert Round(2, [1.0] * 10, 4).turns_per_second == 3


def test_a_missed_goal_is_said() -> None:
    lines = against_goals({"engine_speedup": 9.9, "burst4_s": 0.2, "accuracy_ours": 0.8, "accuracy_stock": 0.9})
    by_name = {line.split()[0]: line for line in lines.splitlines() if line.strip()}
    assert by_name["engine_speedup"].endswith("MISSED")
    assert by_name["accuracy_ours"].endswith("MISSED")
    assert by_name["burst4_s"].endswith("met")
    assert "–" in by_name["growth_ratio"]


def test_tables_are_aligned_and_complete() -> None:
    assert table([("", "a"), ("row", "10")]).splitlines()[-1] == "row  10"
    text = side_by_side(side(1, 10), side(10, 100))
    assert "stock Rasa" in text
    assert "peak memory" in text


def test_results_are_saved_under_their_time(tmp_path: Path) -> None:
    file = save(tmp_path / "results", datetime(2026, 11, 23, 4, 5, tzinfo=UTC), {"figures": {"burst4_s": 0.1}})
    assert file.name == "2026-11-23T0405.json"
    assert json.loads(file.read_text(encoding="utf-8"))["figures"] == {"burst4_s": 0.1}
