"""`python -m bench.office`: every list and figure of the console over a million cases and messages, by HTTP.

A database is made for the measurement and deleted after it; a bot serves the pages, and one after the other is asked
for: the list of cases by combinations of all its filters and orders, from the newest, the middle and the end. Prints
the times by kind of page with the processor time that each cost, which other work on the machine does not stretch, and
as the last line one JSON object.
"""

import asyncio
import json
import os
import random
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from itertools import product
from pathlib import Path
from typing import Annotated, Final

import httpx
import psycopg
import typer
from cryptography.fernet import Fernet
from sqlalchemy import make_url

from bench import office_data
from bench.bulk import bulk
from bench.cases import ADMIN
from bench.errors import BenchError
from bench.office_data import BOSS, OFFICER, PASSWORD, Filled, Sizes
from bench.processes import busy_ms, serving
from bench.stats import percentile
from casework.cases.models import State
from console.cases.wanted import EPOCH, MICROSECOND
from console.figures.job import FigureJob
from foundation.clock import utc_now
from foundation.database import opened
from operations.audit.models import Action
from ops.ports import free_port
from ops.prepare import child_environment, migrate

PLACES: Final = ("", "governorate=baghdad", "governorate=halabja", "governorate=basra&district=basra-zubair")
STATES: Final = ("", "open", *(state.value for state in State))
KINDS: Final = ("", "agent", "suggestion")
AGENTS: Final = ("", "10001", "14321")
DEEP: Final = (500, 990)
"""Pages from so many days ago: the cases reach back 1,000."""
_NEXT: Final = re.compile(r'href="([^"]+)"[^>]*data-key="n"')

Pids = Callable[[], list[int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One page: ms until it was there, ms of processor time of the bot and of the database, its address."""

    took: float
    busy: float
    address: str


Times = dict[str, list[Asked]]


def main(
    database: Annotated[str, typer.Option(help="postgresql or sqlite.")] = "postgresql",
    cases: Annotated[int, typer.Option(min=1000)] = 1_000_000,
    messages: Annotated[int, typer.Option(min=50_000)] = 1_000_000,
    audit: Annotated[int, typer.Option(min=1000)] = 1_000_000,
    rounds: Annotated[int, typer.Option(min=1, help="Times that each page without filters is asked for.")] = 30,
    lists: Annotated[int, typer.Option(min=1, help="Combinations of filters, by chance, a person.")] = 1000,
) -> None:
    """Fills, measures, prints."""
    with _database(database) as url, tempfile.TemporaryDirectory() as folder:
        now = utc_now()
        settings = {"DATABASE_URL": url, "DATA_KEYS": Fernet.generate_key().decode(), "LOG_LEVEL": "WARNING"}
        empty = dict.fromkeys(("REDIS_URL", "AMQP_URL", "TELEGRAM_BOT_TOKEN"), "")
        port = free_port()
        environment = child_environment({**settings, **empty, "PORT": str(port)})
        started = time.monotonic()
        migrate(environment)
        filled = fill(url, Sizes(cases, messages, audit), now)
        print(f"filled in {time.monotonic() - started:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)
        log = Path(folder) / "bot.log"
        asyncio.run(_keep_figures(url))
        with serving("bot", [sys.executable, "-m", "bot"], environment, port, "/healthz", log) as bot:
            times = measure(f"http://127.0.0.1:{port}", filled, now, lambda: [bot.pid, *_backends(url)], rounds, lists)
    report(database, Sizes(cases, messages, audit), times)


def fill(url: str, sizes: Sizes, now: datetime) -> Filled:
    """Fills the migrated database."""
    with bulk(url) as put:
        return office_data.fill(put, sizes, now)


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """The address of a new database, which is gone afterwards."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite+aiosqlite:///{Path(folder) / 'office.db'}"
        return
    if kind != "postgresql":
        raise BenchError("the database is postgresql or sqlite")
    name = f"bench_office_{secrets.token_hex(4)}"
    with psycopg.connect(ADMIN, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def _keep_figures(url: str) -> None:
    """What the bot does some minutes after its start."""
    async with opened(url) as sessions:
        await FigureJob(sessions, utc_now, lambda: True).look()


def _backends(url: str) -> list[int]:
    """The database's processes that serve it; none of SQLite, which is part of the bot."""
    if url.startswith("sqlite"):
        return []
    with psycopg.connect(ADMIN) as admin:
        found = admin.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [make_url(url).database])
        return [row[0] for row in found]


def measure(url: str, filled: Filled, now: datetime, pids: Pids, rounds: int, lists: int) -> Times:
    """Asks the bot at `url` for every page; how long each took."""
    times: Times = {}
    with _entered(url, BOSS) as boss, _entered(url, OFFICER) as officer:
        for kind, addresses in _pages(filled, now).items():
            for address in addresses * rounds:
                _ask(boss, kind, address, pids, times)
        for who, title in ((boss, "cases"), (officer, "cases of two governorates")):
            every = list(_lists(now))
            for address in random.Random(1).sample(every, min(lists, len(every))):
                if found := _NEXT.search(_ask(who, title, address, pids, times)):
                    _ask(who, f"{title}, second page", unescape(found[1]), pids, times)
    return times


def _pages(filled: Filled, now: datetime) -> dict[str, list[str]]:
    """Addresses by kind of page."""
    middle, last = filled.handoffs // 2, filled.handoffs
    half = filled.last_message // 2
    actions = [action.value for action in Action]
    people = ("", "system", "officer3", "officer299", "nobody")
    return {
        "case": [f"/console/cases/{number}" for number in filled.cases[:5]],
        "queue": ["/console/handoffs", "/console/handoffs/list?after=450"],
        "conversation": [f"/console/handoffs/{number}" for number in (1, middle, last)],
        "older lines": [f"/console/handoffs/1/older?before={filled.last_message - 5000}"],
        "audit": [
            f"/console/audit?who={who}&action={action}{before}"
            for who, action in product(people, ("", *actions[::4], "reveal"))
            for before in ("", f"&before={half}")
        ],
        "accountability": [f"/console/accountability?days={days}" for days in (30, 365)],
        "figures": [f"/console/figures?days={days}" for days in (30, 365)],
    }


def _lists(now: datetime) -> Iterator[str]:
    """The list of cases by every combination of filters, from the newest, the middle and the end."""
    ticks = ("", "1")
    for place, state, kind, agent, overdue, mine, order in product(
        PLACES, STATES, KINDS, AGENTS, ticks, ticks, ("", "urgent")
    ):
        query = f"{place}&state={state}&kind={kind}&agent={agent}&overdue={overdue}&mine={mine}&order={order}"
        yield f"/console/cases?{query}"
        if not (overdue or mine or agent):
            for days in DEEP:
                at = now - timedelta(days=days)
                yield f"/console/cases?{query}&after={(at - EPOCH) // MICROSECOND}-{2**40}"


@contextmanager
def _entered(url: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=120) as http:
        if http.post("/console/login", data={"name": name, "password": PASSWORD}).status_code != httpx.codes.SEE_OTHER:
            raise BenchError(f"{name} could not enter")
        yield http


def _ask(http: httpx.Client, kind: str, address: str, pids: Pids, times: Times) -> str:
    working = pids()
    before = [busy_ms(pid) for pid in working]
    started = time.perf_counter()
    answer = http.get(address)
    took = (time.perf_counter() - started) * 1000
    busy = sum(max(0.0, busy_ms(pid) - was) for pid, was in zip(working, before, strict=True))
    if answer.status_code != httpx.codes.OK:
        raise BenchError(f"{address}: {answer.status_code}")
    times.setdefault(kind, []).append(Asked(took, busy, address))
    return answer.text


def report(database: str, sizes: Sizes, times: Times) -> None:
    """Prints the times by kind of page, the pages that cost most, and one JSON object."""
    found: dict[str, dict[str, float]] = {}
    print(f"{'ms':<42}{'pages':>7}{'p50':>8}{'p95':>8}{'max':>8}{'busy p50':>10}{'busy p95':>10}")
    for kind, asked in times.items():
        took, busy = [one.took for one in asked], [one.busy for one in asked]
        figures = {
            "p50": percentile(took, 0.5), "p95": percentile(took, 0.95), "max": max(took),
            "busy_p50": percentile(busy, 0.5), "busy_p95": percentile(busy, 0.95),
        }  # fmt: skip
        found[kind] = {name: round(value, 1) for name, value in figures.items()}
        each = found[kind].values()
        print(
            f"{kind:<42}{len(asked):>7}"
            + "".join(f"{value:>{8 if place < 3 else 10}}" for place, value in enumerate(each))
        )
    for one in sorted((one for asked in times.values() for one in asked), key=lambda one: -one.busy)[:10]:
        print(f"  {one.took:7.0f} ms, busy {one.busy:5.0f} ms  {one.address}")
    sizes_of = {"cases": sizes.cases, "messages": sizes.messages, "audit": sizes.audit}
    print(json.dumps({"database": database, **sizes_of, "load": round(os.getloadavg()[0], 1), "pages_ms": found}))


if __name__ == "__main__":
    typer.run(main)
