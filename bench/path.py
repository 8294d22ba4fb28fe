"""The whole path: emulated Telegram → bot, durable inbox → engine → actions → durable outbox → emulated Telegram.

The emulator and all citizens live in this process; it stands for what is outside.
"""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import uvicorn

from bench.processes import cpu_seconds
from bench.product import Citizen, Product, product
from bench.stats import percentile
from ops.ports import HOST, free_port
from tests.telegram_emulator.citizen import Person
from tests.telegram_emulator.server import make_server
from tests.telegram_emulator.state import TOKEN, Telegram

MESSAGES_PER_SECOND: Final = 30
"""All that Telegram lets a bot send."""
CITIZENS: Final = 300
"""Each writes every ten seconds: faster than most, slower than the one message a second that a chat may be sent."""
FIRST_CHAT: Final = 100_000
SILENCE_SECONDS: Final = 30.0
"""When nothing has been delivered for so long, what is missing is lost."""
AFTER_LAST_SECONDS: Final = 2.0
"""Time for what might come a second time."""
STEP_SECONDS: Final = 0.05
START_SECONDS: Final = 30.0
AFTERWARDS: Final = "شكد رسوم الجواز"
"""Asked after a line to see whether it left a form open, whose question would be repeated after the answer."""
SEED: Final = 30


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a citizen."""

    chat: int
    at: float
    """On the monotonic clock, seconds."""


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
    cpu_ms_a_message: dict[str, float]
    """Process → processor time."""

    def as_json(self) -> dict[str, Any]:
        """For the results file."""
        return asdict(self)


class _Telegram(Telegram):
    """Notes when messages were delivered."""

    def __init__(self) -> None:
        super().__init__()
        self.delivered: dict[int, list[float]] = {}
        self.deliveries = 0

    def record(self, method: str, parameters: dict[str, Any], *, accepted: bool) -> None:
        # The emulator keeps every call; ten minutes of them would be kept for nothing.
        if method == "sendMessage" and accepted:
            self.delivered.setdefault(int(parameters["chat_id"]), []).append(time.monotonic())
            self.deliveries += 1

    def forget(self) -> None:
        """Begins to count anew."""
        self.delivered.clear()
        self.deliveries = 0


def measure(
    environment: Mapping[str, str], model: Path, work: Path, texts: Sequence[str], seconds: float, per_second: float
) -> PathFigures:
    """Writes `per_second` messages for `seconds` and follows every message to its answer.

    Args:
        environment: Settings of the product's processes.
        model: Our model's archive.
        work: Folder for files of this run.
        texts: What citizens write.
        seconds: How long.
        per_second: How many messages a second, all citizens together.

    Raises:
        BenchError: A process did not start.
    """
    return asyncio.run(_measure(environment, model, work, texts, seconds, per_second))


async def _measure(
    environment: Mapping[str, str], model: Path, work: Path, texts: Sequence[str], seconds: float, per_second: float
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
                once = await asyncio.to_thread(answered_once, running.bot.port, texts)
                await _until_polled(telegram)
                await _talk(telegram, once, CITIZENS, per_second / 2, "warm-up")
                telegram.forget()
                before = _cpu(running)
                said = await _talk(telegram, once, int(seconds * per_second), per_second, "measured")
                after = _cpu(running)
                spent = {name: round((after[name] - before[name]) / len(said) * 1000, 2) for name in after}
            finally:
                await asyncio.to_thread(stack.close)
    finally:
        server.should_exit = True
        await serving
    return figures(said, telegram.delivered, spent)


def answered_once(port: int, texts: Sequence[str]) -> list[str]:
    """The texts that the web chat answers with one message, and that leave no form open.

    Telegram's thirty messages a second are all that the path may send: it must not owe more answers than that.
    """
    return [text for text in texts if _single(port, text)]


def _single(port: int, text: str) -> bool:
    citizen = Citizen(port)
    try:
        return len(citizen.says(text)) == 1 and len(citizen.says(AFTERWARDS)) == 1
    finally:
        citizen.close()


async def _until_polled(telegram: Telegram) -> None:
    async with asyncio.timeout(START_SECONDS):
        while not telegram.polls:  # noqa: ASYNC110  # the emulator tells nobody
            await asyncio.sleep(STEP_SECONDS)


async def _talk(telegram: _Telegram, texts: Sequence[str], messages: int, per_second: float, what: str) -> list[Said]:
    chosen = random.Random(SEED)
    people = [Person(telegram, FIRST_CHAT + number) for number in range(CITIZENS)]
    said: list[Said] = []
    started = time.monotonic()
    for number in range(messages):
        await asyncio.sleep(max(0.0, started + number / per_second - time.monotonic()))
        person = people[number % CITIZENS]
        said.append(Said(person.id, time.monotonic()))
        person.says(chosen.choice(texts))
    print(f"  whole path, {what}: {messages} messages written", flush=True)
    await _drained(telegram, messages)
    return said


async def _drained(telegram: _Telegram, messages: int) -> None:
    """Waits for the last answers: until nothing has come for a while."""
    seen, since = telegram.deliveries, time.monotonic()
    while time.monotonic() - since < (SILENCE_SECONDS if seen < messages else AFTER_LAST_SECONDS):
        await asyncio.sleep(STEP_SECONDS)
        if telegram.deliveries != seen:
            seen, since = telegram.deliveries, time.monotonic()


def _cpu(running: Product) -> dict[str, float]:
    return {name: cpu_seconds(getattr(running, name).pid) for name in ("bot", "engine", "actions")}


def figures(
    said: Sequence[Said], delivered: Mapping[int, Sequence[float]], cpu_ms_a_message: dict[str, float]
) -> PathFigures:
    """Matches answers to messages: a chat's answers come in order, one for each message.

    Args:
        said: Messages in the order in which they were written.
        delivered: Chat → when something was delivered to it, in order.
        cpu_ms_a_message: Passed on.
    """
    waiting: dict[int, list[float]] = {}
    for one in said:
        waiting.setdefault(one.chat, []).append(one.at)
    answered = [
        (answer, message)
        for chat, messages in waiting.items()
        for answer, message in zip(delivered.get(chat, ()), messages, strict=False)
    ]
    latencies = [(answer - message) * 1000 for answer, message in answered] or [float("inf")]
    seconds = max((answer for answer, _ in answered), default=said[-1].at) - said[0].at
    surplus = [len(times) - len(waiting.get(chat, ())) for chat, times in delivered.items()]
    return PathFigures(
        messages=len(said),
        seconds=round(seconds, 2),
        messages_per_second=round(len(answered) / seconds, 2),
        p50_ms=round(percentile(latencies, 0.5), 1),
        p95_ms=round(percentile(latencies, 0.95), 1),
        p99_ms=round(percentile(latencies, 0.99), 1),
        lost=len(said) - len(answered),
        doubled=sum(max(0, more) for more in surplus),
        cpu_ms_a_message=cpu_ms_a_message,
    )
