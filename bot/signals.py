"""Wake-ups within this process. They only save waiting: what they announce is in the database, which is polled too."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.models import LaneKind


def conversation_topic(conversation_id: str) -> str:
    """The topic of everything new in a conversation."""
    return f"conversation:{conversation_id}"


def lane_topic(kind: LaneKind) -> str:
    """The topic of work that became ready."""
    return f"lane:{kind.value}"


class Signals:
    """Topics on which tasks of one process wake each other."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def listen(self, topic: str) -> Iterator[asyncio.Event]:
        """An event that is set at each notification of `topic`; the listener clears it."""
        event = asyncio.Event()
        self._listeners.setdefault(topic, set()).add(event)
        try:
            yield event
        finally:
            listeners = self._listeners[topic]
            listeners.discard(event)
            if not listeners:
                del self._listeners[topic]

    def notify(self, topic: str) -> None:
        """Wakes all listeners of `topic`."""
        for event in self._listeners.get(topic, ()):
            event.set()


async def wait_for_signal(event: asyncio.Event, timeout_seconds: float) -> None:
    """Waits until `event` is set, at most `timeout_seconds`, and clears it."""
    try:
        async with asyncio.timeout(timeout_seconds):
            await event.wait()
    except TimeoutError:
        pass
    event.clear()
