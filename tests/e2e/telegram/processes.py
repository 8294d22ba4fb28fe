"""Servers beside the test, and the product's own processes."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from ops.ports import free_ports
from tests.e2e.conftest import Product

STEP_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
"""Restarts take long on a loaded machine; what works does not wait for it."""
GRACEFUL_SECONDS = 2


def until(condition: Callable[[], object], what: str) -> None:
    """Waits until `condition` holds; fails naming `what`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(STEP_SECONDS)


@contextmanager
def serving_beside(app: FastAPI) -> Iterator[str]:
    """Serves `app` in a thread; gives its address."""
    (port,) = free_ports(1)
    server = uvicorn.Server(
        uvicorn.Config(
            app, "127.0.0.1", port, log_level="critical", loop="asyncio", ws="none", timeout_graceful_shutdown=2
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, "the server")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


def kill(product: Product, module: str) -> None:
    """Kills one of the product's processes, as a crash does; the supervisor starts it again.

    Args:
        product: A running product.
        module: What it runs, like `bot`.
    """
    found = subprocess.run(
        ["pgrep", "-P", str(product.process.pid), "-f", f" -m {module}( |$)"],
        check=True,
        capture_output=True,
        text=True,
    )
    for pid in found.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
