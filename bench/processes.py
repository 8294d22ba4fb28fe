"""Processes under measurement: started, waited for, weighed and stopped."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.errors import BenchError
from foundation.settings import ROOT
from ops.ports import HOST
from ops.supervisor import die_with_parent

READY_TIMEOUT_SECONDS: Final = 300.0
READY_POLL_SECONDS: Final = 0.02
STOP_TIMEOUT_SECONDS: Final = 15.0
_KIB_PER_MB: Final = 1024


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    name: str
    port: int
    pid: int
    ready_seconds: float
    """From the start of the process to its first answer to a health request."""


@contextmanager
def serving(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    port: int,
    health_path: str,
    log: Path,
    cwd: Path = ROOT,
) -> Iterator[Served]:
    """Runs a server for the length of a `with` block.

    Args:
        name: What it is called in messages.
        command: How it is started; it listens on `port`.
        environment: All its environment variables.
        port: Where it listens on this machine.
        health_path: A path that answers 200 once it can serve.
        log: Where its output goes.
        cwd: Its working directory.

    Raises:
        BenchError: It ended before it was ready, or took longer than `READY_TIMEOUT_SECONDS`.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        started = time.monotonic()
        process = subprocess.Popen(
            list(command),
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )
    try:
        _wait_ready(name, process, port, health_path, log, started)
        yield Served(name, port, process.pid, time.monotonic() - started)
    finally:
        _stop(process)


def _wait_ready(
    name: str, process: subprocess.Popen[bytes], port: int, health_path: str, log: Path, started: float
) -> None:
    while time.monotonic() - started < READY_TIMEOUT_SECONDS:
        if process.poll() is not None:
            lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise BenchError(f"{name} did not start: {lines[-1][-300:] if lines else 'it said nothing'} ({log})")
        if _answers(port, health_path):
            return
        time.sleep(READY_POLL_SECONDS)
    raise BenchError(f"{name} was not ready after {READY_TIMEOUT_SECONDS:.0f} s: see {log}")


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        # The process leads its own session, so this reaches its children and nothing else.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def peak_memory_mb(pid: int) -> float:
    """The most physical memory that a process and its children have held so far, in MiB."""
    return sum(_status_mb(one, "VmHWM") for one in _with_children(pid))


def memory_mb(pid: int) -> float:
    """The physical memory that a process and its children hold now, in MiB."""
    return sum(_status_mb(one, "VmRSS") for one in _with_children(pid))


def cpu_seconds(pid: int) -> float:
    """The processor time that a process and its children have used so far."""
    total = 0
    for one in _with_children(pid):
        fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def busy_ms(pid: int) -> float:
    """The processor time of all threads of a process so far, in ms, to the microsecond; 0 once it has ended."""
    total = 0
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return total / 1e6


def _with_children(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += _with_children(int(child))
    return found


def _status_mb(pid: int, field: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) / _KIB_PER_MB
    return 0.0
