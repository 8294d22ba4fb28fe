"""One run: the product starts, citizens write, everything is killed again and again, and all is counted."""

import asyncio
import os
import random
import secrets
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import httpx

from bench.chaos import tally
from bench.chaos.citizens import TelegramCitizen, WebCitizen
from bench.chaos.fleet import Fleet, Member
from bench.chaos.questions import Question, learn
from bench.chaos.storage import Database, Storage, storage
from bench.product import UNLIMITED_PER_MINUTE
from foundation.database import make_engine, make_session_factory
from foundation.settings import Settings
from ops.ports import free_port
from ops.run import children
from tests.bot.serving import serving
from tests.telegram_emulator.server import make_server
from tests.telegram_emulator.state import TOKEN, Telegram

BOTS: Final = 2
FIRST_CHAT: Final = 100_000
ON_TELEGRAM: Final = 0.75
"""Share of the citizens who write on Telegram; the others use the web chat."""
WEIGHTS: Final = {"bot": 2.0, "engine": 2.0, "actions": 1.5, "database": 2.0}
"""How often each is killed, against the others; each bot counts."""
WHILE_STARTING: Final = 0.25
"""Share of the kills that may hit a process before it serves again."""
ALL_AT_ONCE: Final = 0.06
"""Share of the kills that hit everything at the same moment."""
ALL_SERVING: Final = 0.6
"""Share of the kills before which everything may come up again, so that they hit work and not only an outage."""
COMING_UP_SECONDS: Final = 20.0
"""How long they wait for that."""
LOOK_SECONDS: Final = 0.5
REPORT_SECONDS: Final = 30.0
CLIENTS: Final = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a run is.

    Attributes:
        messages: How many are written in all.
        citizens: By how many.
        kills: How many kills there are at least.
        seed: Decides all that is random but the moments at which the machine gets to it.
        pause_seconds: Shortest and longest time between two kills.
        last_answers_seconds: Time for what is still under way after the last kill and the last message.
    """

    messages: int = 2_000
    citizens: int = 200
    kills: int = 60
    seed: int = 1
    pause_seconds: tuple[float, float] = (2.0, 8.0)
    last_answers_seconds: float = 240.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run counted; the first six are the contract's."""

    messages: int
    kills: int
    lost: int
    acted_twice: int
    out_of_order: int
    sent_twice: int
    details: Mapping[str, Any] = field(default_factory=dict)

    def contract(self) -> dict[str, int]:
        """The object that is printed last."""
        figures = asdict(self)
        del figures["details"]
        return figures


async def run(database: Database, plan: Plan, work: Path, admin: str) -> Outcome:
    """Runs it.

    Args:
        database: What the product runs on.
        plan: How large.
        work: Folder for databases and logs.
        admin: See `bench.chaos.storage.storage`.

    Raises:
        BenchError: The product could not be started.
    """
    with storage(database, work, admin) as store:
        telegram = Telegram()
        async with serving(make_server(telegram)) as telegram_url:
            rng = random.Random(plan.seed)
            members = _members(store, telegram_url)
            fleet = Fleet(members, work / "log", rng)
            try:
                await fleet.start()
                async with httpx.AsyncClient(
                    limits=httpx.Limits(max_connections=CLIENTS), timeout=30.0, trust_env=False
                ) as http:
                    return await _Chaos(plan, store, telegram, fleet, http, rng).outcome()
            finally:
                await fleet.stop()


def _members(store: Storage, telegram_url: str) -> list[Member]:
    environment = {
        **store.environment,
        "ENGINE_PORT": str(free_port()),
        "ACTIONS_PORT": str(free_port()),
        "ENGINE_URL": "",
        "ENGINE_TOKEN": secrets.token_urlsafe(32),
        "RATE_LIMIT_PER_MINUTE": str(UNLIMITED_PER_MINUTE),
        "NEW_CONVERSATIONS_PER_MINUTE": str(UNLIMITED_PER_MINUTE),
        "NEW_CONVERSATIONS_PER_MINUTE_PER_ADDRESS": str(UNLIMITED_PER_MINUTE),
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE_URL": telegram_url,
        "TELEGRAM_WEBHOOK_URL": "",
    }
    members: list[Member] = []
    for number in range(1, BOTS + 1):
        own = {**environment, "PORT": str(free_port())}
        settings = Settings(
            _env_file=None,
            port=int(own["PORT"]),
            engine_port=int(own["ENGINE_PORT"]),
            actions_port=int(own["ACTIONS_PORT"]),
        )
        for child in children(settings, own):
            if child.name == "bot":
                members.append(Member(replace(child, name=f"bot-{number}"), own))
            elif number == 1:
                members.append(Member(child, own))
    return members


class _Chaos:
    """What happens while the product runs."""

    def __init__(
        self,
        plan: Plan,
        store: Storage,
        telegram: Telegram,
        fleet: Fleet,
        http: httpx.AsyncClient,
        rng: random.Random,
    ) -> None:
        self._plan = plan
        self._store = store
        self._telegram = telegram
        self._fleet = fleet
        self._http = http
        self._rng = rng
        self._urls = [
            member.child.health_url.rpartition("/")[0]
            for member in fleet.members
            if member.child.name.startswith("bot")
        ]
        self._kills: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._database = make_engine(store.environment["DATABASE_URL"])
        self._engine_database = make_engine(store.engine_url)

    async def outcome(self) -> Outcome:
        """From the first question to the count."""
        load = os.getloadavg()[0]
        began = time.monotonic()
        try:
            each = -(-self._plan.messages // self._plan.citizens)
            async with httpx.AsyncClient(base_url=self._urls[0], timeout=30.0, trust_env=False) as http:
                questions = await learn(http, max(2 * each, each + 5), self._rng)
            citizens = await self._citizens(questions)
            before = await self._stored()
            telegram_before = len(self._telegram.sent)
            killing = asyncio.create_task(self._kill())
            reporting = asyncio.create_task(self._report(citizens, began))
            try:
                seeds = [self._rng.random() for _ in citizens]
                await asyncio.gather(
                    *(one.write(self._progress, random.Random(seed)) for one, seed in zip(citizens, seeds, strict=True))
                )
                await killing
                quiet_seconds = await self._until_quiet(citizens)
            finally:
                killing.cancel()
                reporting.cancel()
            found = await self._count(citizens, before, telegram_before)
            times = {
                "seconds": round(time.monotonic() - began),
                "seconds_after_the_last_kill": round(quiet_seconds, 1),
                "load_before": round(load, 1),
                "load_after": round(os.getloadavg()[0], 1),
            }
            return replace(found, details={**found.details, **times})
        finally:
            await self._database.dispose()
            await self._engine_database.dispose()

    async def _citizens(self, questions: Sequence[Question]) -> list[TelegramCitizen | WebCitizen]:
        plan = self._plan
        citizens: list[TelegramCitizen | WebCitizen] = []
        for number in range(plan.citizens):
            count = plan.messages // plan.citizens + (number < plan.messages % plan.citizens)
            asked = self._rng.sample(questions, count)
            if number < plan.citizens * ON_TELEGRAM:
                citizens.append(TelegramCitizen(self._telegram, FIRST_CHAT + number, asked))
            else:
                opened = await self._http.post(f"{self._urls[number % BOTS]}/api/chat/conversations")
                token = opened.json()["conversation"]
                citizens.append(WebCitizen(self._http, self._urls, token, asked, self._statuses))
        return citizens

    def _progress(self) -> float:
        """The part of the killing that is over, 0 to 1."""
        return self._kills.total() / self._plan.kills if self._plan.kills else 1.0

    async def _kill(self) -> None:
        while self._kills.total() < self._plan.kills:
            if self._rng.random() < ALL_SERVING:
                await self._fleet.come_up(COMING_UP_SECONDS)
            await asyncio.sleep(self._rng.uniform(*self._plan.pause_seconds))
            if self._rng.random() < ALL_AT_ONCE:
                for member in self._fleet.members:
                    self._kills[member.child.name] += self._fleet.kill(member)
                await self._cut()
                continue
            targets: list[Member | None] = [
                member
                for member in self._fleet.members
                if member.serves or (not member.killed and self._rng.random() < WHILE_STARTING)
            ]
            if self._store.name is not None:
                targets.append(None)
            if not targets:
                continue
            weights = [WEIGHTS[one.child.name.partition("-")[0] if one else "database"] for one in targets]
            target = self._rng.choices(targets, weights)[0]
            if target is None:
                await self._cut()
            else:
                self._kills[target.child.name] += self._fleet.kill(target)

    async def _cut(self) -> None:
        if self._store.name is not None and await self._store.cut():
            self._kills["database"] += 1

    async def _until_quiet(self, citizens: Sequence[TelegramCitizen | WebCitizen]) -> float:
        """Waits until all is answered or the time is over; returns how long that took."""
        began = time.monotonic()
        while time.monotonic() - began < self._plan.last_answers_seconds:
            async with make_session_factory(self._database)() as session:
                if not self._telegram.updates and not await tally.waiting(session):
                    break
            await asyncio.sleep(LOOK_SECONDS)
        await self._fleet.all_serve()
        return time.monotonic() - began

    async def _report(self, citizens: Sequence[TelegramCitizen | WebCitizen], began: float) -> None:
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            written = sum(one.written for one in citizens)
            print(
                f"  {time.monotonic() - began:.0f} s: {written} messages written, {self._kills.total()} kills, "
                f"{len(self._telegram.sent)} replies at Telegram (load average {os.getloadavg()[0]:.1f})",
                flush=True,
            )

    async def _stored(self) -> int:
        async with make_session_factory(self._database)() as session:
            return await tally.stored(session)

    async def _count(
        self, citizens: Sequence[TelegramCitizen | WebCitizen], before: int, telegram_before: int
    ) -> Outcome:
        messages = sum(one.written for one in citizens)
        seen = [tally.compare([question.answer for question in one.questions], await one.read()) for one in citizens]
        async with (
            make_session_factory(self._database)() as session,
            make_session_factory(self._engine_database)() as engine_session,
        ):
            kept = await tally.read(session, before + messages)
            made_twice, forgotten = await tally.engine_turns(session, engine_session)
        lost = sum(one.lost for one in seen)
        return Outcome(
            messages=messages,
            kills=self._kills.total(),
            lost=lost + forgotten,
            acted_twice=kept.doubled + made_twice,
            out_of_order=sum(one.out_of_order for one in seen) + kept.swapped,
            sent_twice=max(0, len(self._telegram.sent) - telegram_before - kept.parts_sent),
            details={
                "kills": dict(self._kills),
                "ended_by_themselves": {one.child.name: one.ends for one in self._fleet.members if one.ends},
                "web_statuses": dict(self._statuses),
                "engine_turns_made_twice": made_twice,
                "engine_turns_forgotten": forgotten,
                "answers_not_shown": lost,
                "answers_shown_twice": sum(one.repeats for one in seen),
                "quarantined": kept.quarantined,
            },
        )
