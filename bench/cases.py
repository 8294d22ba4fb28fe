"""`python -m bench.cases`: a million cases on PostgreSQL; the look-up of one, lists by every filter, the figures.

The database is made for the measurement and dropped after it. Cases are spread as they would be: a few per cent open,
some agents much complained of, a third of the places with most of the cases.
"""

import asyncio
import json
import random
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Final

import psycopg
import typer
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncSession

from bench.bulk import Put, Row, bulk
from bench.stats import percentile
from casework.cases import numbers, repository, service
from casework.cases.accountability import repository as figures
from casework.cases.browse import repository as browse
from casework.cases.browse.filters import Filter
from casework.cases.life import OPEN
from casework.cases.models import Kind, Measure, State
from casework.cases.office import Office
from casework.places import atlas
from foundation.clock import utc_now
from foundation.database import make_engine, make_session_factory
from foundation.datakeys import DataKeys
from foundation.settings import get_settings
from ops.prepare import child_environment, migrate

CASES: Final = 1_000_000
AGENTS: Final = 50_000
CONVERSATIONS: Final = 200_000
LOOKUPS: Final = 2_000
LISTS: Final = 40
PAGE: Final = 50
ADMIN: Final = "postgresql://postgres@127.0.0.1:5432/postgres"
OPEN_SHARE: Final = 0.04
STAFF: Final = 300
COLUMNS: Final = (
    *("number", "kind", "governorate", "district", "agent_id", "text", "anonymous", "conversation_id", "source"),
    *("content_digest", "state", "outcome", "measure", "assignee", "created_at", "changed_at", "due_at", "look_at"),
    *("escalations", "decided_at", "resolution_seconds", "reopened", "supporters", "version"),
)

Timed = Callable[[AsyncSession], Awaitable[object]]


class Measured:
    """Times of one thing, in ms."""

    def __init__(self) -> None:
        self.times: list[float] = []

    async def run(self, session: AsyncSession, work: Timed) -> object:
        """Does it once."""
        started = time.perf_counter()
        done = await work(session)
        self.times.append((time.perf_counter() - started) * 1000)
        return done

    def figures(self) -> dict[str, float]:
        """Median, 95th percentile and worst."""
        return {
            "p50_ms": round(percentile(self.times, 0.5), 2),
            "p95_ms": round(percentile(self.times, 0.95), 2),
            "max_ms": round(max(self.times), 2),
        }


def main(cases: Annotated[int, typer.Option(min=1000, help="How many cases.")] = CASES) -> None:
    """Fills, measures, prints a table and, last, one JSON object."""
    name = f"bench_cases_{secrets.token_hex(4)}"
    url = f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"
    with psycopg.connect(ADMIN, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            migrate(child_environment({"DATABASE_URL": url}))
            started = time.perf_counter()
            with bulk(url) as put:
                sample = fill(put, cases)
            print(f"{cases:,} cases in {time.perf_counter() - started:.0f} s")
            found = asyncio.run(measure(url, sample))
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    for what, ms in found.items():
        print(f"{what:<44} {ms['p50_ms']:>9} {ms['p95_ms']:>9} {ms['max_ms']:>9}")
    lookup = found["look-up by number"]["p95_ms"]
    lists = max(ms["p95_ms"] for what, ms in found.items() if what.startswith("list"))
    print(json.dumps({"cases": cases, "case_lookup_p95_ms": lookup, "case_list_worst_p95_ms": lists}))
    sys.exit(0)


def fill(put: Put, cases: int) -> list[str]:
    """Made-up cases with what they need; returns some of the numbers."""
    rng = random.Random(7)
    now = utc_now()
    places = [(one.governorate, one.code) for governorate in atlas.governorates() for one in governorate.districts]
    weights = [1 / (rank + 3) for rank in range(len(places))]
    agents = rng.choices(places, weights, k=AGENTS)
    conversations = [secrets.token_hex(16) for _ in range(min(CONVERSATIONS, cases))]
    chosen: list[str] = []
    put("conversations", ["id", "channel", "engine_sender", "created_at"], (
        (one, "web", one, now) for one in conversations
    ))  # fmt: skip
    put("agents", ["number", "name", "governorate", "district"], (
        (str(10_000 + place), f"وكيل {place}", *agents[place]) for place in range(AGENTS)
    ))  # fmt: skip
    put("cases", COLUMNS, _cases(rng, cases, now, agents, conversations, chosen))
    return chosen


def _cases(
    rng: random.Random,
    cases: int,
    now: datetime,
    agents: list[tuple[str, str]],
    conversations: list[str],
    chosen: list[str],
) -> Iterator[Row]:
    text = DataKeys([Fernet.generate_key().decode()]).encrypt("أخذ الوكيل ألفين زيادة على الحصة هذا الشهر")
    kinds, used = list(Kind), set[str]()
    for place in range(cases):
        while (number := numbers.new()) in used:
            pass
        used.add(number)
        if place % max(1, cases // LOOKUPS) == 0:
            chosen.append(number)
        agent = int(AGENTS * rng.random() ** 3) if rng.random() < 0.8 else None  # the first has 2 % of all
        governorate, district = agents[agent if agent is not None else rng.randrange(AGENTS)]
        created = now - timedelta(days=1000) + timedelta(days=1000) * (place / cases)
        state, outcome, measure, decided, seconds, due = _stand(rng, created)
        assignee = None if state is State.RECEIVED else f"officer{rng.randrange(STAFF)}"
        yield (
            number, rng.choices(kinds, range(1, len(kinds) + 1))[0].value, governorate, district,
            None if agent is None else agent + 1, text, True, rng.choice(conversations), "chat", secrets.token_hex(32),
            state.value, outcome and outcome.value, measure and measure.value, assignee, created, created, due, due, 0,
            decided, seconds, 0, rng.randrange(3), 1,
        )  # fmt: skip


def _stand(rng: random.Random, created: datetime) -> Row:
    """State, outcome, measure, when it was decided, after how many seconds, and by when it must be."""
    if rng.random() < OPEN_SHARE:
        return rng.choice(OPEN), None, None, None, None, created + timedelta(days=rng.randrange(1, 1100))
    seconds = rng.randrange(3600, 2_000_000)
    decided = created + timedelta(seconds=seconds)
    if rng.random() < 0.3:
        return State.CLOSED, State.UPHELD, Measure.WARNING, decided, seconds, None
    return State.CLOSED, State.NOT_UPHELD, None, decided, seconds, None


async def measure(url: str, sample: list[str]) -> dict[str, dict[str, float]]:
    """Times of each thing."""
    engine = make_engine(url)
    sessions = make_session_factory(engine)
    keys = DataKeys([Fernet.generate_key().decode()])
    found: dict[str, dict[str, float]] = {}
    try:
        async with sessions() as session:
            office = Office(session, keys, get_settings(), utc_now())
            one = Measured()
            for number in random.Random(1).sample(sample, len(sample)):
                await one.run(session, lambda _, number=number: service.look_up(office, number, "x" * 32))  # type: ignore[misc]
                session.expunge_all()
            found["look-up by number"] = one.figures()
            missing = Measured()
            for _ in range(LOOKUPS):
                await missing.run(session, lambda _: service.look_up(office, numbers.new(), "x" * 32))
            found["look-up of a number that does not exist"] = missing.figures()
            for what, wanted in _filters(office.now).items():
                found[f"list: {what}"] = await _list(session, wanted)
            found["list: of a citizen"] = await _of_citizens(session)
            for what, work in _figures(office.now).items():
                figure = Measured()
                for _ in range(3):
                    await figure.run(session, work)
                found[f"figure: {what}"] = figure.figures()
    finally:
        await engine.dispose()
    return found


def _filters(now: datetime) -> dict[str, Filter]:
    month = now - timedelta(days=30)
    old = datetime(2024, 6, 1, tzinfo=UTC)
    return {
        "all": Filter(),
        "state": Filter(states=(State.RECEIVED,)),
        "open states": Filter(states=OPEN),
        "kind": Filter(kind=Kind.BEHAVIOUR),
        "state and kind": Filter(states=(State.ASSIGNED,), kind=Kind.AGENT),
        "governorate": Filter(governorate="halabja"),
        "governorate and state": Filter(governorate="basra", states=(State.UNDER_INVESTIGATION,)),
        "governorate, state, kind": Filter(governorate="maysan", states=(State.RECEIVED,), kind=Kind.AGENT),
        "district": Filter(district="basra-zubair"),
        "district and kind": Filter(district="najaf-kufa", kind=Kind.SALE),
        "agent": Filter(agent_id=1),
        "agent with few": Filter(agent_id=4321),
        "agent and state": Filter(agent_id=1, states=(State.RECEIVED,)),
        "assignee": Filter(assignee="officer7"),
        "assignee and open": Filter(assignee="officer7", states=OPEN),
        "nobody's assignee": Filter(assignee="nobody"),
        "since a month": Filter(since=month),
        "an old week": Filter(since=old, until=old + timedelta(days=7)),
        "kind, an old week": Filter(kind=Kind.AGENT, since=old, until=old + timedelta(days=7)),
        "overdue": Filter(overdue_at=now),
        "overdue in a governorate": Filter(overdue_at=now, governorate="najaf"),
        "of two governorates, open": Filter(governorates=("wasit", "diyala"), states=OPEN),
        "impossible": Filter(states=(State.UPHELD,), district="najaf-kufa", kind=Kind.SALE),
    }


async def _list(session: AsyncSession, wanted: Filter) -> dict[str, float]:
    """First and following pages, the most urgent, and the count."""
    one = Measured()
    after = None
    for _ in range(LISTS):
        rows = await one.run(session, partial(browse.newest, wanted=wanted, limit=PAGE, after=after))
        assert isinstance(rows, list)  # noqa: S101
        after = (rows[-1].created_at, rows[-1].id) if rows else None
        await one.run(session, lambda session: browse.most_urgent(session, wanted, PAGE))
        await one.run(session, lambda session: browse.count(session, wanted))
    return one.figures()


async def _of_citizens(session: AsyncSession) -> dict[str, float]:
    one = Measured()
    for row in await browse.newest(session, Filter(), PAGE):
        case = await repository.by_number(session, row.number)
        assert case is not None  # noqa: S101
        owner = str(case.conversation_id)
        await one.run(session, lambda session, owner=owner: repository.of_conversation(session, owner, 10))  # type: ignore[misc]
    return one.figures()


def _figures(now: datetime) -> dict[str, Timed]:
    year = figures.Period(now - timedelta(days=365), now)
    return {
        "agents with repeated upheld complaints": lambda session: figures.repeated_agents(session, year, 2, 20),
        "hot spots": lambda session: figures.hot_spots(session, year, 20),
        "time to resolution": lambda session: figures.resolution(session, year),
        "what waits": lambda session: figures.backlog(session, now, year),
    }


if __name__ == "__main__":
    typer.run(main)
