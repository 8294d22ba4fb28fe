"""`python -m bench.results import|lookup|enumerate`: results at the size of a country. See `bench/README.md`."""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import psycopg
import typer

from bench.results_asked import APART, WARM_UP, Asker, enumerate_results, summary, times, told_apart
from bench.results_data import LABORATORY, fill, write_csv, write_xlsx
from casework.results import repository
from casework.results.importing import Importer
from casework.results.models import Laboratory
from foundation.clock import utc_now
from foundation.database import make_engine, make_session_factory, opened, transaction
from foundation.datakeys import DataKeys, load_data_keys
from foundation.settings import ROOT, Settings
from ops.prepare import child_environment, migrate

POSTGRES: Final = "postgresql://postgres@127.0.0.1:5432/postgres"
KEY: Final = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
"""Of measurements only."""
REAL: Final = 20_000

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Results at the size of a country.")
Databases = Annotated[list[str], typer.Option("--database", help="sqlite, postgres")]
Rows = Annotated[int, typer.Option(help="Results in the table.")]


@contextmanager
def database(kind: str) -> Iterator[str]:
    """A migrated database that goes away afterwards; its address."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite+aiosqlite:///{folder}/bench.db"
            migrate(child_environment({"DATABASE_URL": url}))
            yield url
        return
    name = f"bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(POSTGRES, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            url = f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"
            migrate(child_environment({"DATABASE_URL": url}))
            yield url
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@app.command("import")
def measure_import(
    databases: Databases = ["sqlite", "postgres"],  # noqa: B006  # typer reads it
    rows: Annotated[int, typer.Option(help="Rows of a file.")] = 100_000,
) -> None:
    """How long a file takes, and how much memory; a tenth of it beside it, to see whether memory is flat."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for ending, write in (("csv", write_csv), ("xlsx", write_xlsx)):
            for count in (rows // 10, rows):
                write(Path(folder) / f"{count}.{ending}", count, utc_now())
        for kind in databases:
            for name in [f"{count}.{ending}" for ending in ("csv", "xlsx") for count in (rows // 10, rows)]:
                with database(kind) as url:
                    command = [sys.executable, "-m", "bench.results", "one", str(Path(folder) / name), url]
                    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
                found[f"{kind} {name}"] = json.loads(done.stdout.splitlines()[-1])
                print(kind, name, found[f"{kind} {name}"], flush=True)
    print(json.dumps(found))


@app.command("one", hidden=True)
def import_one(file: Path, url: str) -> None:
    """One import, in a process of its own."""
    print(json.dumps(asyncio.run(_import(file, url))))


async def _import(file: Path, url: str) -> dict[str, Any]:
    settings = Settings(database_url=url, data_keys=KEY)
    one = Laboratory(code=LABORATORY, name="م", name_latin="L", governorate="baghdad")
    async with opened(url) as sessions:
        async with transaction(sessions) as session:
            await repository.put_laboratory(session, one)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        importer = Importer(sessions, load_data_keys(settings), settings, utc_now)
        spent, processor = [], []
        for _ in range(2):
            started, used = time.monotonic(), time.process_time()
            with file.open("rb") as source:
                report = await importer.run(source, LABORATORY, "bench")
            spent.append(round(time.monotonic() - started, 1))
            processor.append(round(time.process_time() - used, 1))
    return {
        "seconds": spent[0],
        "processor_seconds": processor[0],
        "again_seconds": spent[1],
        "load": round(os.getloadavg()[0], 1),
        "unchanged": report.unchanged,
        "refused": report.refused,
        "before_mb": before // 1024,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


@app.command()
def lookup(
    databases: Databases = ["sqlite", "postgres"],  # noqa: B006
    rows: Rows = 1_000_000,
    each: Annotated[int, typer.Option(help="Look-ups of each kind.")] = 2000,
) -> None:
    """How long a look-up takes, and whether wrong factor and missing number are told apart."""

    async def work(asker: Asker) -> dict[str, Any]:
        before = time.process_time()
        spent = await times(asker, each, utc_now())
        processor = time.process_time() - before
        probability = told_apart(spent["wrong"], spent["missing"])
        return {
            **{case: summary(values) for case, values in spent.items()},
            # What a look-up costs where nothing else runs: most of the machines this is run on are busy.
            "processor_ms": round(processor * 1000 / (3 * each + WARM_UP), 2),
            "load": round(os.getloadavg()[0], 1),
            "t_test_p": round(probability, 4),
            "told_apart": probability < APART,
        }

    _measure(databases, rows, work)


@app.command("enumerate")
def enumerate_all(
    databases: Databases = ["sqlite"],  # noqa: B006
    rows: Rows = 100_000,
    citizens: Annotated[int, typer.Option(help="Attackers.")] = 200,
    attempts: Annotated[int, typer.Option(help="Attempts of each.")] = 100,
    minutes: Annotated[float, typer.Option(help="Between one's attempts.")] = 14.4,
) -> None:
    """Whether guessing leads anywhere; by default 20,000 attempts spread over a day."""

    async def work(asker: Asker) -> dict[str, Any]:
        return await enumerate_results(asker, citizens, attempts, timedelta(minutes=minutes), utc_now())

    _measure(databases, rows, work)


def _measure(kinds: list[str], rows: int, work: Callable[[Asker], Awaitable[dict[str, Any]]]) -> None:
    keys, settings = DataKeys([KEY]), Settings()
    found = {}
    for kind in kinds:
        with database(kind) as url:
            started = time.monotonic()
            fill(url, rows, min(rows, REAL), keys, utc_now())
            print(f"{kind}: {rows} results after {time.monotonic() - started:.0f} s", flush=True)

            async def run(url: str = url) -> dict[str, Any]:
                # As the actions have it, in whose process citizens' look-ups run.
                engine = make_engine(url, brief=True)
                try:
                    return await work(Asker(make_session_factory(engine), keys, settings, min(rows, REAL)))
                finally:
                    await engine.dispose()

            found[kind] = asyncio.run(run())
            print(kind, found[kind], flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    from foundation.logging import configure_logging

    configure_logging("ERROR")
    app()
