"""`python -m bench.console`: the console's pages with many colleagues and a long queue, against one bot process.

Every colleague keeps the queue's stream open and opens pages one after the other; the database is SQLite in a temporary
folder. Prints one JSON object: milliseconds by page, and the machine's load.
"""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from argon2 import PasswordHasher
from cryptography.fernet import Fernet

from bot.models import Author, Message
from casework.handoffs.models import Handoff, Reason, State
from citizens.models import Channel, Conversation
from foundation.clock import utc_now
from foundation.database import SessionFactory, opened, transaction
from foundation.settings import ROOT
from operations.accounts import repository as accounts
from operations.accounts.models import Account, Role
from operations.accounts.person import Grant

PASSWORD = "four words of no relation"  # noqa: S105  # of this measurement's own accounts
LINES = 12
PORT = 18090
PAGES = ("/console/handoffs", "/console/handoffs/list", "/console/handoffs/{one}", "/console/canned")
PAUSE_SECONDS = 5.0
"""Between two pages of a colleague."""


def main(
    agents: Annotated[int, typer.Option(help="Colleagues at work.")] = 50,
    handoffs: Annotated[int, typer.Option(help="Open conversations.")] = 500,
    rounds: Annotated[int, typer.Option(help="Pages that each opens.")] = 8,
) -> None:
    """Fills a database, starts a bot, measures."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "PORT": str(PORT),
            "DATA_KEYS": Fernet.generate_key().decode(),
            "PYTHONPATH": str(ROOT),
            "CONSOLE_LOGINS_PER_MINUTE_PER_ADDRESS": "1000",
        }
        migrate = [sys.executable, "-m", "alembic", "-c", "migrations/alembic.ini", "upgrade", "head"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True, capture_output=True)
        asyncio.run(_fill(url, agents, handoffs))
        with (Path(folder) / "bot.log").open("w") as log:
            bot = subprocess.Popen([sys.executable, "-m", "bot"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            found = asyncio.run(_measure(agents, handoffs, rounds))
        finally:
            bot.terminate()
            bot.wait(30)
    print(json.dumps(found, ensure_ascii=False, indent=1))


async def _fill(url: str, agents: int, handoffs: int) -> None:
    async with opened(url) as sessions:
        hashed = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
        async with transaction(sessions) as session:
            for number in range(agents):
                account = Account(
                    id=secrets.token_hex(16), name=f"agent{number}", shown_name=f"موظف {number}", team="فريق",
                    password_hash=hashed, must_change=False, created_at=utc_now(),
                )  # fmt: skip
                await accounts.add(session, account)
                await accounts.put_grants(session, account.id, [Grant(Role.AGENT)])
        await _conversations(sessions, handoffs)


async def _conversations(sessions: SessionFactory, handoffs: int) -> None:
    async with transaction(sessions) as session:
        for number in range(handoffs):
            conversation_id = secrets.token_hex(16)
            session.add(
                Conversation(
                    id=conversation_id, channel=Channel.WEB, engine_sender=secrets.token_hex(16), created_at=utc_now()
                )
            )
            await session.flush()
            for line in range(LINES):
                author = Author.CITIZEN if line % 2 else Author.ASSISTANT
                session.add(
                    Message(
                        conversation_id=conversation_id,
                        author=author,
                        text=f"سطر {line} من كلام المواطن",
                        created_at=utc_now(),
                    )
                )
            session.add(
                Handoff(
                    conversation_id=conversation_id, state=State.WAITING, reason=Reason.ASKED, opened_at=utc_now(),
                    topic_title=f"خدمة {number}",
                )
            )  # fmt: skip


async def _measure(agents: int, handoffs: int, rounds: int) -> dict[str, Any]:
    times: dict[str, list[float]] = {page: [] for page in PAGES}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", timeout=60) as probe:
        for _ in range(300):
            try:
                if (await probe.get("/healthz")).status_code == httpx.codes.OK:
                    break
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
    gate = asyncio.Semaphore(4)
    begun = asyncio.Event()

    async def agent(number: int) -> None:
        limits = httpx.Limits(max_connections=4)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", timeout=60, limits=limits) as http:
            async with gate:
                answer = await http.post("/console/login", data={"name": f"agent{number}", "password": PASSWORD})
                assert answer.status_code == 303, answer.status_code  # noqa: S101
            async with http.stream("GET", "/console/handoffs/events"):
                await begun.wait()
                await asyncio.sleep(PAUSE_SECONDS * number / agents)
                for step in range(rounds):
                    page = PAGES[step % len(PAGES)]
                    started = time.perf_counter()
                    got = await http.get(page.replace("{one}", str(1 + (number * 7 + step) % handoffs)))
                    times[page].append((time.perf_counter() - started) * 1000)
                    assert got.status_code == httpx.codes.OK, got.status_code  # noqa: S101
                    await asyncio.sleep(PAUSE_SECONDS)

    working = [asyncio.create_task(agent(number)) for number in range(agents)]
    await asyncio.sleep(agents * 0.12)
    begun.set()
    await asyncio.gather(*working)
    return {
        "agents": agents,
        "handoffs": handoffs,
        "load": os.getloadavg()[0],
        "pages": {page: _figures(found) for page, found in times.items()},
        "all": _figures([one for found in times.values() for one in found]),
    }


def _figures(found: list[float]) -> dict[str, float]:
    ordered = sorted(found)
    return {
        "median_ms": round(ordered[len(ordered) // 2], 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
    }


if __name__ == "__main__":
    typer.run(main)
