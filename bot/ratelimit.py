"""At most so many messages a minute from one citizen: a sliding window, in this process or in Redis."""

from collections import OrderedDict, deque
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

WINDOW_SECONDS = 60.0
TRACKED_CITIZENS = 50_000
"""How many citizens this process remembers; those silent longest are forgotten first."""


class Allowance(Enum):
    """What the limiter says of a message; the first refusal of a window is told to the citizen."""

    GRANTED = auto()
    REFUSED_FIRST = auto()
    REFUSED = auto()


class RateLimiter(Protocol):
    """Counts messages."""

    async def hit(self, key: str, at: datetime) -> Allowance:
        """Counts a message of `key` that came `at`; a refused one does not count."""

    async def close(self) -> None:
        """Lets go of connections."""


class MemoryRateLimiter:
    """A window for each citizen, in this process."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._windows: OrderedDict[str, deque[float]] = OrderedDict()
        self._told: dict[str, float] = {}

    async def hit(self, key: str, at: datetime) -> Allowance:
        """See `RateLimiter.hit`."""
        now = at.timestamp()
        window = self._windows.setdefault(key, deque())
        self._windows.move_to_end(key)
        while window and window[0] <= now - WINDOW_SECONDS:
            window.popleft()
        if len(window) < self._per_minute:
            window.append(now)
            self._told.pop(key, None)
            self._forget()
            return Allowance.GRANTED
        if key in self._told:
            return Allowance.REFUSED
        self._told[key] = now
        return Allowance.REFUSED_FIRST

    async def close(self) -> None:
        """Nothing to let go of."""

    def _forget(self) -> None:
        while len(self._windows) > TRACKED_CITIZENS:
            key, _ = self._windows.popitem(last=False)
            self._told.pop(key, None)
