"""A command that another process has started for work in the background: it gives way, and ends with that process."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import Final

NICENESS: Final = 10
"""Turns are served first."""
LOOK_EVERY_SECONDS: Final = 1.0
EXIT_ORPHANED: Final = 75


def give_way() -> None:
    """Lowers this process's priority, and ends it soon after its parent has ended, whatever it is doing."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    parent = os.getppid()
    threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()


def _end_with(parent: int) -> None:
    # Asked for rather than signalled by the kernel: that works on every system, and from a parent with threads.
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_SECONDS)
    os._exit(EXIT_ORPHANED)
