"""Citizens who write while processes die: on Telegram several messages at once, in the web chat with repeats."""

import asyncio
import json
import random
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

import httpx

from bench.chaos.questions import Question, bare
from tests.telegram_emulator.citizen import Person
from tests.telegram_emulator.state import Telegram

BURST_MAX: Final = 4
"""Messages that a citizen on Telegram writes without waiting."""
CLIENT_SHORTEST_SECONDS, CLIENT_LONGEST_SECONDS = 2.0, 15.0
"""A web client waits a random time between these for an answer, then posts again; the bot itself waits ten."""
CLIENT_PAUSE_SECONDS: Final = 0.4
TWICE_AT_ONCE: Final = 0.15
"""Share of the web messages that are posted to both bots at the same time."""
EVENTS_QUIET_SECONDS: Final = 3.0
"""A stream that brings nothing for so long has brought all."""
LOOK_SECONDS: Final = 0.2
LATER_SECONDS: Final = 5.0
"""Citizens do not all write at the moment of a kill, but within this time after it."""

Progress = Callable[[], float]
"""The part of a run that is over, 0 to 1: citizens write evenly over it."""


async def _reach(progress: Progress, part: float, rng: random.Random) -> None:
    if progress() >= part:
        return
    while progress() < part:  # noqa: ASYNC110  # kills tell nobody
        await asyncio.sleep(LOOK_SECONDS)
    await asyncio.sleep(rng.uniform(0.0, LATER_SECONDS))


class TelegramCitizen:
    """Writes bursts at random moments."""

    def __init__(self, telegram: Telegram, chat: int, questions: Sequence[Question]) -> None:
        self.questions = questions
        self.written = 0
        self._person = Person(telegram, chat)

    async def write(self, progress: Progress, rng: random.Random) -> None:
        """Writes everything."""
        bursts: list[Sequence[Question]] = []
        left = list(self.questions)
        while left:
            size = rng.randint(1, BURST_MAX)
            bursts.append(left[:size])
            left = left[size:]
        for part, burst in zip(sorted(rng.random() for _ in bursts), bursts, strict=True):
            await _reach(progress, part, rng)
            for question in burst:
                self._person.says(question.text)
                self.written += 1

    async def read(self) -> Sequence[str]:
        """What was delivered, in order."""
        return [bare(message["text"]) for message in self._person.received]


class WebCitizen:
    """Posts one message after the other, each until it is accepted, like the page does.

    Args:
        http: A client without an address.
        urls: Where the bots listen.
        token: The conversation.
        questions: What is asked.
        statuses: Counts what the bots answered.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        urls: Sequence[str],
        token: str,
        questions: Sequence[Question],
        statuses: Counter[str],
    ) -> None:
        self.questions = questions
        self.written = 0
        self._http = http
        self._urls = urls
        self._token = token
        self._statuses = statuses
        self._seen: dict[int, str] = {}

    async def write(self, progress: Progress, rng: random.Random) -> None:
        """Writes everything, as fast as it is accepted."""
        for part, question in zip(sorted(rng.random() for _ in self.questions), self.questions, strict=True):
            await _reach(progress, part, rng)
            body = {"text": question.text, "client_message_id": secrets.token_hex(8)}
            self.written += 1
            while True:
                targets = rng.sample(self._urls, len(self._urls))
                if rng.random() > TWICE_AT_ONCE:
                    del targets[1:]
                patience = rng.uniform(CLIENT_SHORTEST_SECONDS, CLIENT_LONGEST_SECONDS)
                if any(await asyncio.gather(*(self._post(url, body, patience) for url in targets))):
                    break
                await asyncio.sleep(rng.uniform(0.0, 2 * CLIENT_PAUSE_SECONDS))

    async def read(self) -> Sequence[str]:
        """All that the page has shown: answers to posts, and late ones from the event stream, by their numbers."""
        for url in self._urls:
            try:
                await self._read_events(url)
                break
            except httpx.HTTPError as error:
                self._statuses[type(error).__name__] += 1
        return [self._seen[number] for number in sorted(self._seen)]

    async def _post(self, url: str, body: dict[str, str], patience_seconds: float) -> bool:
        try:
            response = await self._http.post(
                f"{url}/api/chat/{self._token}/messages", json=body, timeout=patience_seconds
            )
        except httpx.HTTPError as error:
            self._statuses[type(error).__name__] += 1
            return False
        self._statuses[str(response.status_code)] += 1
        if response.status_code != httpx.codes.OK:
            return False
        self._show(response.json()["messages"])
        return True

    async def _read_events(self, url: str) -> None:
        timeout = httpx.Timeout(CLIENT_LONGEST_SECONDS, read=EVENTS_QUIET_SECONDS)
        try:
            async with self._http.stream("GET", f"{url}/api/chat/{self._token}/events", timeout=timeout) as stream:
                async for line in stream.aiter_lines():
                    if line.startswith("data:"):
                        self._show([json.loads(line.removeprefix("data:"))])
        except httpx.ReadTimeout:
            return

    def _show(self, messages: Sequence[dict[str, Any]]) -> None:
        for message in messages:
            self._seen[message["id"]] = bare(message["text"])
