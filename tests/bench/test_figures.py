"""Figures of the whole path, of bursts, and of processes."""

import http.client
import os
import sys
from pathlib import Path

import pytest

from bench.burst import in_order
from bench.errors import BenchError
from bench.path import Said, figures
from bench.processes import cpu_seconds, memory_mb, peak_memory_mb, serving
from ops.ports import free_port


def test_answers_of_a_chat_belong_to_its_messages_in_order() -> None:
    said = [Said(1, 0.0), Said(2, 0.1), Said(1, 10.0), Said(2, 10.1)]
    found = figures(said, {1: [0.2, 10.1, 10.2], 2: [10.6]}, {})
    assert (found.messages, found.lost, found.doubled) == (4, 1, 1)
    assert found.p50_ms == pytest.approx(200)
    assert found.p99_ms == pytest.approx(10_500)


def test_when_nothing_is_answered_all_is_lost() -> None:
    found = figures([Said(1, 0.0), Said(2, 1.0)], {}, {})
    assert (found.lost, found.doubled, found.messages_per_second) == (2, 0, 0)


def lines(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    """A transcript."""
    return [{"author": author, "text": text} for author, text in pairs]


def test_order_of_a_transcript() -> None:
    good = lines(("citizen", "a"), ("assistant", "1"), ("citizen", "b"), ("assistant", "2"), ("assistant", "3"))
    assert in_order(good, ["a", "b"])
    assert not in_order(good, ["b", "a"])
    assert not in_order(lines(("citizen", "a"), ("citizen", "b"), ("assistant", "1")), ["a", "b"])
    assert not in_order(lines(("citizen", "a")), ["a"])
    assert not in_order([], [])


def test_a_process_is_weighed() -> None:
    assert 1 < memory_mb(os.getpid()) <= peak_memory_mb(os.getpid())
    assert cpu_seconds(os.getpid()) > 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "health").write_text("ok")
    return tmp_path


def test_a_server_runs_for_the_length_of_the_block(folder: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with serving("files", command, dict(os.environ), port, "/health", folder / "log", cwd=folder) as served:
        assert served.ready_seconds > 0
        assert memory_mb(served.pid) > 1
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    with pytest.raises(OSError, match="refused"):
        connection.request("GET", "/health")


def test_a_server_that_ends_is_named_with_its_last_line(folder: Path) -> None:
    command = [sys.executable, "-c", "print('no luck'); raise SystemExit(3)"]
    with (
        pytest.raises(BenchError, match="files did not start: no luck"),
        serving("files", command, dict(os.environ), free_port(), "/health", folder / "log"),
    ):
        pass
