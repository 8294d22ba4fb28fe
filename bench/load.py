"""Conversations of several citizens at once, and what their turns take."""

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from bench.sides import Client, Side


@dataclass(frozen=True, slots=True)
class Round:
    """What one run of conversations took."""

    seconds: float
    latencies_ms: Sequence[float]
    failures: int
    """Turns with another status than 200, with no answer, or with no connection."""

    @property
    def turns_per_second(self) -> float:
        """Turns that were answered, by the time of all."""
        return (len(self.latencies_ms) - self.failures) / self.seconds


@dataclass(slots=True)
class _Tally:
    latencies_ms: list[float] = field(default_factory=list)
    failures: int = 0


def converse(side: Side, port: int, conversations: Sequence[Sequence[str]], at_once: int, prefix: str) -> Round:
    """Runs conversations, `at_once` at a time, each turn after the answer to the one before.

    Args:
        side: Whom to talk to.
        port: Where it listens.
        conversations: The texts of each.
        at_once: How many citizens write at the same time.
        prefix: Begins the senders' names; another for every call, so that every conversation is new.
    """
    waiting: SimpleQueue[tuple[str, Sequence[str]]] = SimpleQueue()
    for number, texts in enumerate(conversations):
        waiting.put((f"{prefix}-{number}", texts))
    tallies = [_Tally() for _ in range(at_once)]
    workers = [threading.Thread(target=_work, args=(side, port, waiting, tally), daemon=True) for tally in tallies]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - started
    latencies = [latency for tally in tallies for latency in tally.latencies_ms]
    return Round(seconds, latencies, sum(tally.failures for tally in tallies))


def _work(side: Side, port: int, waiting: "SimpleQueue[tuple[str, Sequence[str]]]", tally: _Tally) -> None:
    client = Client(port)
    while True:
        try:
            sender, texts = waiting.get_nowait()
        except Empty:
            break
        for number, text in enumerate(texts):
            latency, answered = timed_turn(side, client, sender, f"{sender}-{number}", text)
            tally.latencies_ms.append(latency)
            tally.failures += not answered
    client.close()


def timed_turn(side: Side, client: Client, sender: str, message_id: str, text: str) -> tuple[float, bool]:
    """One turn; what it took in ms and whether it was answered."""
    request = side.turn(sender, message_id, text)
    started = time.perf_counter()
    try:
        status, body = client.send(request)
    except (OSError, http.client.HTTPException):
        return (time.perf_counter() - started) * 1000, False
    latency = (time.perf_counter() - started) * 1000
    return latency, status == http.client.OK and bool(side.answers(body))
