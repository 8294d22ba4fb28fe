"""Ports of this machine for processes that tests and measurements start."""

import random
import socket
from collections.abc import Iterator
from typing import Final

HOST: Final = "127.0.0.1"
FIRST: Final = 20_000
LAST: Final = 32_000
"""Below the ports the system gives to outgoing connections (32,768 and up on Linux): a port chosen there can be gone
before its server listens."""

_random: Final = random.SystemRandom()
_given: Final[set[int]] = set()
"""Ports that this process has chosen: one whose server has not started yet looks free."""


def free_port() -> int:
    """A port between `FIRST` and `LAST` that nothing listens on now, never the same twice.

    Raises:
        OSError: All are taken.
    """
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """As many different ones."""
    candidates = _candidates()
    chosen = [next(candidates) for _ in range(count)]
    _given.update(chosen)
    return chosen


def _candidates() -> Iterator[int]:
    for port in _random.sample(range(FIRST, LAST), LAST - FIRST):
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        yield port
    raise OSError(f"no free port between {FIRST} and {LAST}")
