"""The supervisor over real processes: a small web server stands for a child."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from ops import supervisor as module
from ops.errors import OpsError
from ops.ports import free_port
from ops.supervisor import Child, Supervisor


def web_server(port: int, directory: Path) -> Child:
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(directory)]
    return Child("web", command, f"http://127.0.0.1:{port}/")


async def test_starts_restarts_what_was_killed_and_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "BACKOFF_FIRST_SECONDS", 0.1)
    child = web_server(free_port(), tmp_path)
    supervisor = Supervisor([child], os.environ, tmp_path / "log")
    assert await supervisor.start()
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    for _ in range(100):
        await asyncio.sleep(0.05)
        if child.process.pid != first:
            break
    assert child.process.pid != first
    assert "web was killed by SIGKILL; starting it again" in capsys.readouterr().out
    await supervisor.shut_down()
    assert child.process.returncode is not None


async def test_a_child_that_ends_at_start_is_named_with_its_last_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('the model is broken')"]
    supervisor = Supervisor([Child("engine", command, "http://127.0.0.1:9/")], os.environ, tmp_path)
    with pytest.raises(OpsError, match="engine did not start: the model is broken"):
        await supervisor.start()
    await supervisor.shut_down()


async def test_stop_during_start_ends_the_wait(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    supervisor = Supervisor([Child("slow", command, "http://127.0.0.1:9/")], os.environ, tmp_path)
    asyncio.get_running_loop().call_later(0.2, supervisor.stop)
    assert not await supervisor.start()
    await supervisor.shut_down()
