"""Two engines and two bots on PostgreSQL and Redis against one of each: throughput, latency and order.

    python -m bench.pairs [--rounds 2] [--citizens 24] [--turns 10]

The sides run by turns on a new database each, with one action server. Citizens of the web chat write to the bots in
turn, a message after the answer to the one before, and the transcript must hold them in that order; then each sends
three at once, and turns must be taken in the order in which the database took the messages (on a busy machine that
need not be the order of sending).
"""

import asyncio
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import psycopg
import typer

from bench import report
from bench.chaos.storage import POSTGRES_ADMIN, Database, storage
from bench.errors import BenchError
from bench.processes import cpu_seconds, serving
from bench.product import UNLIMITED_PER_MINUTE
from bench.sides import actions_command
from bench.stats import median, percentile
from bench.understanding import question_lines
from foundation.settings import ROOT, VAR
from ops.ports import HOST, free_port
from ops.prepare import ENGINE_PYTHON, MODEL

WORK: Final = VAR / "bench" / "pairs"
REDIS_URL: Final = "redis://127.0.0.1:6379/11"
BURST: Final = 3
BURST_SECONDS: Final = 0.03
"""Between the messages of a burst."""
TIMEOUT_SECONDS: Final = 60.0
WARM_TURNS: Final = 4
"""Of each citizen, before it counts: connections, caches, and what each process loads when it is asked for it first."""

SWAPPED: Final = """
SELECT count(*) FROM (
    SELECT inbox_id, lag(inbox_id) OVER (PARTITION BY conversation_id ORDER BY id) AS before
    FROM messages WHERE inbox_id IS NOT NULL
) AS lines WHERE inbox_id < before
"""
"""Lines of transcripts, the answers among them, that stand before one of an earlier message."""

app = typer.Typer(add_completion=False)


@dataclass(slots=True)
class Found:
    """What one side did in one round."""

    turns: int = 0
    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    out_of_order: int = 0
    not_answered_once: int = 0
    cpu_ms_a_turn: float = 0.0

    @property
    def turns_per_second(self) -> float:
        """Answered turns by the time of all."""
        return self.turns / self.seconds


@contextmanager
def fleet(environment: Mapping[str, str], model: Path, work: Path, count: int) -> Iterator[tuple[list[str], list[int]]]:
    """Runs `count` engines and bots for the length of a `with` block; the bots' addresses, and all process ids."""
    ports = {name: free_port() for name in ("actions", *(f"engine-{n}" for n in range(count)))}
    actions = f"http://{HOST}:{ports['actions']}/webhook"
    settings = {
        **environment,
        "REDIS_URL": REDIS_URL,
        "HOST": HOST,
        "ACTIONS_HOST": HOST,
        "ACTIONS_PORT": str(ports["actions"]),
        "ENGINE_URL": ",".join(f"http://{HOST}:{ports[f'engine-{n}']}" for n in range(count)),
        "ENGINE_TOKEN": secrets.token_hex(16),
        "CHAT_WAIT_SECONDS": str(TIMEOUT_SECONDS),
    }
    limits = ("RATE_LIMIT_PER_MINUTE", "NEW_CONVERSATIONS_PER_MINUTE", "NEW_CONVERSATIONS_PER_MINUTE_PER_ADDRESS")
    settings |= dict.fromkeys(limits, str(UNLIMITED_PER_MINUTE))
    with ExitStack() as stack:
        pids = []

        def start(name: str, command: list[str], port: int, health: str) -> None:
            mine = settings | {"PORT": str(port)}
            log = work / f"{count}-{name}.log"
            pids.append(stack.enter_context(serving(name, command, mine, port, health, log)).pid)

        start("actions", actions_command(), ports["actions"], "/health")
        for name, port in ports.items():
            if name != "actions":
                command = [str(ENGINE_PYTHON), "-m", "nlu.engine", "--model", str(model), "--port", str(port)]
                start(name, [*command, "--actions-url", actions], port, "/webhooks/gateway/health")
        bots = [free_port() for _ in range(count)]
        for number, port in enumerate(bots):
            command = [str(ROOT / ".venv" / "bin" / "python"), "-m", "bot"]
            start(f"bot-{number}", command, port, "/readyz")
        yield [f"http://{HOST}:{port}" for port in bots], pids


async def talk(bots: Sequence[str], texts: Sequence[str], citizens: int, turns: int) -> Found:
    """Lets all citizens write; what came of it."""
    found = Found()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False) as http:
        people = [_Citizen(http, bots, number, texts) for number in range(citizens)]
        await asyncio.gather(*(person.begin() for person in people))
        await asyncio.gather(*(person.writes(WARM_TURNS) for person in people))
        started = time.perf_counter()
        taken = await asyncio.gather(*(person.writes(turns) for person in people))
        found.seconds = time.perf_counter() - started
        found.latencies_ms = [latency for each in taken for latency in each]
        found.turns = len(found.latencies_ms)
        await asyncio.gather(*(person.bursts() for person in people))
        for person in people:
            heard, answers = await person.transcript()
            in_turn = len(person.said) - BURST
            found.out_of_order += sum(heard[n] != person.said[n] for n in range(min(in_turn, len(heard))))
            found.not_answered_once += len(set(person.said[in_turn:]) ^ set(heard[in_turn:]))
            found.not_answered_once += abs(len(heard) - len(person.said)) + sum(each != 1 for each in answers)
    return found


class _Citizen:
    """Somebody at the web chat of any of the bots."""

    def __init__(self, http: httpx.AsyncClient, bots: Sequence[str], number: int, texts: Sequence[str]) -> None:
        self._http, self._bots, self._number, self._texts = http, bots, number, texts
        self._conversation = ""
        self.said: list[str] = []

    async def begin(self) -> None:
        opened = await self._http.post(f"{self._bots[0]}/api/chat/conversations")
        self._conversation = opened.raise_for_status().json()["conversation"]

    async def says(self, turn: int) -> float:
        text = f"{self._texts[(self._number * 7 + turn) % len(self._texts)]} {turn}"
        self.said.append(text)
        address = self._bots[turn % len(self._bots)]
        body = {"text": text, "client_message_id": f"{self._number}-{len(self.said)}"}
        started = time.perf_counter()
        answer = await self._http.post(f"{address}/api/chat/{self._conversation}/messages", json=body)
        answer.raise_for_status()
        return (time.perf_counter() - started) * 1000

    async def writes(self, turns: int) -> list[float]:
        return [await self.says(len(self.said)) for _ in range(turns)]

    async def bursts(self) -> None:
        sent = []
        for number in range(BURST):
            sent.append(asyncio.create_task(self.says(1000 + number)))
            await asyncio.sleep(BURST_SECONDS)
        await asyncio.gather(*sent)

    async def transcript(self) -> tuple[list[str], list[int]]:
        """What the citizen wrote, as it was kept, and how often each message was answered."""
        lines: list[dict[str, Any]] = []
        more = True
        while more:
            after = lines[-1]["id"] if lines else 0
            url = f"{self._bots[0]}/api/chat/{self._conversation}/history"
            page = (await self._http.get(url, params={"after": after})).raise_for_status().json()
            lines += page["messages"]
            more = page["more"]
        answers: list[int] = []
        for line in lines:
            if line["author"] == "citizen":
                answers.append(0)
            elif answers:
                answers[-1] = 1  # an answer may have several parts
        return [line["text"] for line in lines if line["author"] == "citizen"], answers


def measure(model: Path, work: Path, count: int, citizens: int, turns: int) -> Found:
    """One round of one side, on a database of its own.

    Raises:
        BenchError: No PostgreSQL, or a process did not start.
    """
    with (
        storage(Database.POSTGRES, work, POSTGRES_ADMIN) as store,
        fleet(store.environment, model, work, count) as (bots, pids),
    ):
        before = sum(map(cpu_seconds, pids))
        found = asyncio.run(talk(bots, question_lines(), citizens, turns))
        found.cpu_ms_a_turn = (
            (sum(map(cpu_seconds, pids)) - before) * 1000 / (found.turns + citizens * (WARM_TURNS + BURST))
        )
        with psycopg.connect(store.engine_url.replace("+psycopg", "")) as connection:
            ((swapped,),) = connection.execute(SWAPPED).fetchall()
        found.out_of_order += swapped
        return found


@app.command()
def main(
    rounds: Annotated[int, typer.Option(help="of each side")] = 2,
    citizens: Annotated[int, typer.Option(help="who write at the same time")] = 24,
    turns: Annotated[int, typer.Option(help="of each citizen, in the measured part")] = 10,
    model: Annotated[Path, typer.Option(help="our model's archive")] = MODEL,
) -> None:
    """Measures and prints; exit code 1 if a message was lost, doubled or out of order."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    runs: dict[int, list[Found]] = {1: [], 2: []}
    try:
        for number in range(rounds):
            for count in (1, 2) if number % 2 == 0 else (2, 1):
                found = measure(model.resolve(), WORK, count, citizens, turns)
                runs[count].append(found)
                print(f"  round {number + 1}, {count} of each: {found.turns_per_second:.1f} turns/s", flush=True)
    except BenchError as error:
        print(f"pairs: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    figures = {f"of_{count}": _summary(each) for count, each in runs.items()}
    rows = [("", "one of each", "two of each")]
    rows += [(name, str(figures["of_1"][name]), str(figures["of_2"][name])) for name in figures["of_1"]]
    speedup = round(figures["of_2"]["turns_per_second"] / figures["of_1"]["turns_per_second"], 2)
    print(f"\n{report.table(rows)}\n\ntwo against one: {speedup} times the turns a second, on {os.cpu_count()} cores")
    print(json.dumps({"speedup": speedup, **figures, "load_average": os.getloadavg()}), flush=True)
    wrong = sum(each["out_of_order"] + each["not_answered_once"] for each in figures.values())
    raise typer.Exit(1 if wrong else 0)


def _summary(runs: Sequence[Found]) -> dict[str, float]:
    latencies = [latency for one in runs for latency in one.latencies_ms]
    return {
        "turns_per_second": round(median([one.turns_per_second for one in runs]), 2),
        "p50_ms": round(percentile(latencies, 0.5), 1),
        "p95_ms": round(percentile(latencies, 0.95), 1),
        "cpu_ms_a_turn": round(median([one.cpu_ms_a_turn for one in runs]), 2),
        "out_of_order": sum(one.out_of_order for one in runs),
        "not_answered_once": sum(one.not_answered_once for one in runs),
    }


if __name__ == "__main__":
    app()
