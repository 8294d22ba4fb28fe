"""Four quick messages of one citizen: how long until the last is answered, and whether the answers come in order."""

import threading
import time
import uuid
from collections.abc import Sequence
from typing import Any, Final

from bench.errors import BenchError
from bench.load import timed_turn
from bench.product import Citizen
from bench.sides import Client, Side
from bench.stats import median

MESSAGES: Final = 4
APART_SECONDS: Final = 0.01
"""So that they arrive in a known order."""
REST_SECONDS: Final = 0.3


def quick_messages(side: Side, port: int, texts: Sequence[str], rounds: int) -> float:
    """Sends bursts straight to an engine.

    Args:
        side: Whom to talk to.
        port: Where it listens.
        texts: At least `MESSAGES` texts.
        rounds: How many bursts, each of another citizen.

    Returns:
        Median seconds from the first message to the last answer.

    Raises:
        BenchError: A message was not answered.
    """
    return median([_burst(side, port, texts) for _ in range(rounds)])


def _burst(side: Side, port: int, texts: Sequence[str]) -> float:
    sender = f"burst-{uuid.uuid4().hex}"
    answered: list[bool] = []

    def send(number: int) -> None:
        client = Client(port)
        answered.append(timed_turn(side, client, sender, f"{sender}-{number}", texts[number])[1])
        client.close()

    threads = [threading.Thread(target=send, args=(number,), daemon=True) for number in range(MESSAGES)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
        time.sleep(APART_SECONDS)
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if len(answered) != MESSAGES or not all(answered):
        raise BenchError(f"{side.name}: a quick message was not answered")
    time.sleep(REST_SECONDS)
    return seconds


def quick_chat(port: int, texts: Sequence[str], rounds: int) -> tuple[float, bool]:
    """Sends bursts to the product's chat API, as four quick messages of one citizen in one conversation.

    Args:
        port: Where the bot listens.
        texts: At least `MESSAGES` different texts.
        rounds: How many bursts, each of another citizen.

    Returns:
        Median seconds from the first message to the last answer; whether every transcript holds messages and answers in
        the order in which the messages were sent.

    Raises:
        BenchError: A message was not answered.
    """
    found = [_chat_burst(port, texts[:MESSAGES]) for _ in range(rounds)]
    return median([seconds for seconds, _ in found]), all(ordered for _, ordered in found)


def _chat_burst(port: int, texts: Sequence[str]) -> tuple[float, bool]:
    first = Citizen(port)
    hands = [first, *(Citizen(port, first.conversation) for _ in texts[1:])]
    answered: list[bool] = []

    def send(hand: Citizen, text: str) -> None:
        answered.append(bool(hand.says(text)))

    threads = [threading.Thread(target=send, args=pair, daemon=True) for pair in zip(hands, texts, strict=True)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
        time.sleep(APART_SECONDS)
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if len(answered) != len(texts) or not all(answered):
        raise BenchError("a quick message was not answered by the bot")
    lines = first.transcript()
    for hand in hands:
        hand.close()
    time.sleep(REST_SECONDS)
    return seconds, in_order(lines, texts)


def in_order(transcript: Sequence[dict[str, Any]], texts: Sequence[str]) -> bool:
    """Whether a transcript holds these texts of the citizen, in this order, each answered before the next one."""
    authors = [line["author"] for line in transcript]
    said = [line["text"] for line in transcript if line["author"] == "citizen"]
    alternate = all(
        authors[place + 1] == "assistant" for place, author in enumerate(authors[:-1]) if author == "citizen"
    )
    return said == list(texts) and alternate and bool(authors) and authors[-1] == "assistant"
