"""The whole path: emulated Telegram → bot, durable inbox → engine → actions → durable outbox → emulated Telegram.

The emulator and all citizens live in this process; it stands for what is outside.
"""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import uvicorn

from bench.processes import HOST, cpu_seconds, free_port
from bench.product import Product, product
from bench.stats import percentile
from tests.telegram_emulator.citizen import Person
from tests.telegram_emulator.server import make_server
from tests.telegram_emulator.state import TOKEN, Telegram

MESSAGES_PER_SECOND: Final = 30
"""All that Telegram lets a bot send."""
CITIZENS: Final = 300
"""Each writes every ten seconds: faster than most, slower than the one message a second that a chat may be sent."""
FIRST_CHAT: Final = 100_000
LAST_ANSWERS_SECONDS: Final = 30.0
"""Time for what is still under way when the last message has been written."""
STEP_SECONDS: Final = 0.05
START_SECONDS: Final = 30.0
SEED: Final = 30


@dataclass(slots=True)
class Said:
    """One message of a citizen and what came back."""

    chat: int
    at: float
    """On the monotonic clock, seconds."""
    answers: list[tuple[float, str]] = field(default_factory=list)
    """When, and what."""


@dataclass(frozen=True, slots=True)
class PathFigures:
    """What the whole path did."""

    messages: int
    seconds: float
    messages_per_second: float
    """Answered messages, from the first message to the last answer."""
    p50_ms: float
    p95_ms: float
    p99_ms: float
    lost: int
    doubled: int
    cpu_share: dict[str, float]
    """Process → share of one core."""

    def as_json(self) -> dict[str, Any]:
        """For the results file."""
        return asdict(self)


class _Telegram(Telegram):
    """Notes when each message was delivered."""

    def __init__(self) -> None:
        super().__init__()
        self.delivered: dict[int, list[tuple[float, str]]] = {}

    def record(self, method: str, parameters: dict[str, Any], *, accepted: bool) -> None:
        # The emulator keeps every call; ten minutes of them would be kept for nothing.
        if method == "sendMessage" and accepted:
            chat = int(parameters["chat_id"])
            self.delivered.setdefault(chat, []).append((time.monotonic(), str(parameters["text"])))


def measure(
    environment: Mapping[str, str], model: Path, work: Path, texts: Sequence[str], seconds: float
) -> PathFigures:
    """Writes `MESSAGES_PER_SECOND` for `seconds` and follows every message to its answer.

    Args:
        environment: Settings of the product's processes.
        model: Our model's archive.
        work: Folder for files of this run.
        texts: What citizens write.
        seconds: How long.

    Raises:
        BenchError: A process did not start.
    """
    return asyncio.run(_measure(environment, model, work, texts, seconds))


async def _measure(
    environment: Mapping[str, str], model: Path, work: Path, texts: Sequence[str], seconds: float
) -> PathFigures:
    telegram = _Telegram()
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(make_server(telegram), host=HOST, port=port, log_level="warning", access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    settings = {
        **environment,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE_URL": f"http://{HOST}:{port}",
        "TELEGRAM_WEBHOOK_URL": "",
    }
    try:
        with ExitStack() as stack:
            # Starting blocks; the emulator must answer meanwhile.
            running = await asyncio.to_thread(stack.enter_context, product(settings, model, work, "path"))
            try:
                await _until_polled(telegram)
                await _talk(telegram, texts, CITIZENS / MESSAGES_PER_SECOND, "warm-up")
                telegram.delivered.clear()
                before = _cpu(running)
                started = time.monotonic()
                said = await _talk(telegram, texts, seconds, "measured")
                after = _cpu(running)
                took = time.monotonic() - started
                share = {name: round((after[name] - before[name]) / took, 3) for name in after}
            finally:
                await asyncio.to_thread(stack.close)
    finally:
        server.should_exit = True
        await serving
    return figures(said, telegram.delivered, share)


async def _until_polled(telegram: Telegram) -> None:
    async with asyncio.timeout(START_SECONDS):
        while not telegram.polls:  # noqa: ASYNC110  # the emulator tells nobody
            await asyncio.sleep(STEP_SECONDS)


async def _talk(telegram: _Telegram, texts: Sequence[str], seconds: float, what: str) -> list[Said]:
    chosen = random.Random(SEED)
    people = [Person(telegram, FIRST_CHAT + number) for number in range(CITIZENS)]
    total = int(seconds * MESSAGES_PER_SECOND)
    said: list[Said] = []
    started = time.monotonic()
    for number in range(total):
        await asyncio.sleep(max(0.0, started + number / MESSAGES_PER_SECOND - time.monotonic()))
        person = people[number % CITIZENS]
        said.append(Said(person.id, time.monotonic()))
        person.says(chosen.choice(texts))
    deadline = time.monotonic() + LAST_ANSWERS_SECONDS
    while time.monotonic() < deadline and sum(map(len, telegram.delivered.values())) < total:  # noqa: ASYNC110
        await asyncio.sleep(STEP_SECONDS)
    await asyncio.sleep(1.0)  # what comes twice comes after that
    print(f"  whole path, {what}: {total} messages written", flush=True)
    return said


def _cpu(running: Product) -> dict[str, float]:
    return {name: cpu_seconds(getattr(running, name).pid) for name in ("bot", "engine", "actions")}


def figures(
    said: Sequence[Said], delivered: Mapping[int, Sequence[tuple[float, str]]], cpu_share: dict[str, float]
) -> PathFigures:
    """Matches answers to messages: an answer belongs to the last message of its chat before it.

    Args:
        said: Messages in the order in which they were written.
        delivered: Chat → when and what was delivered to it, in order.
        cpu_share: Passed on.
    """
    by_chat: dict[int, list[Said]] = {}
    for one in said:
        by_chat.setdefault(one.chat, []).append(one)
    for chat, answers in delivered.items():
        for at, text in answers:
            before = [one for one in by_chat.get(chat, []) if one.at <= at]
            if before:
                before[-1].answers.append((at, text))
    answered = [one for one in said if one.answers]
    latencies = [(one.answers[0][0] - one.at) * 1000 for one in answered] or [float("inf")]
    seconds = max((one.answers[-1][0] for one in answered), default=said[-1].at) - said[0].at
    doubled = sum(len(one.answers) - len({text for _, text in one.answers}) for one in said)
    return PathFigures(
        messages=len(said),
        seconds=round(seconds, 2),
        messages_per_second=round(len(answered) / seconds, 2),
        p50_ms=round(percentile(latencies, 0.5), 1),
        p95_ms=round(percentile(latencies, 0.95), 1),
        p99_ms=round(percentile(latencies, 0.99), 1),
        lost=len(said) - len(answered),
        doubled=doubled,
        cpu_share=cpu_share,
    )
