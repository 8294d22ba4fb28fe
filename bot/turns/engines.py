"""Which engine takes the next call, where there are several on one database."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

FIRST_REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 30.0


@dataclass(slots=True)
class _Engine:
    """One engine: failures in a row, and until when it is asked last (on the monotonic clock)."""

    url: str
    failures: int = 0
    rests_until: float = 0.0


class Engines:
    """Engines in turn; one that could not be reached comes last for a while, and is never given up.

    Any of them can take any turn, since what they remember is in their database; so nothing is gained by sending a
    conversation to the same one.
    """

    def __init__(self, urls: str, now: Callable[[], float] = time.monotonic) -> None:
        """Args: addresses with commas between them, and a clock in seconds."""
        self._engines = [_Engine(url.strip().rstrip("/")) for url in urls.split(",") if url.strip()]
        self._now = now
        self._next = 0

    @property
    def urls(self) -> Sequence[str]:
        """All of them."""
        return [engine.url for engine in self._engines]

    def order(self) -> Sequence[str]:
        """In which order to ask this time."""
        first, self._next = self._next, (self._next + 1) % len(self._engines)
        now = self._now()
        turned = self._engines[first:] + self._engines[:first]
        return [engine.url for engine in sorted(turned, key=lambda engine: engine.rests_until > now)]

    def answered(self, url: str) -> None:
        """It can be reached."""
        engine = self._find(url)
        engine.failures, engine.rests_until = 0, 0.0

    def failed(self, url: str) -> None:
        """It could not be reached."""
        engine = self._find(url)
        rest = min(FIRST_REST_SECONDS * (1 << min(engine.failures, 16)), LONGEST_REST_SECONDS)
        engine.failures += 1
        engine.rests_until = self._now() + rest

    def _find(self, url: str) -> _Engine:
        return next(engine for engine in self._engines if engine.url == url)
