"""`python -m bench.chaos`: see `bench/README.md`."""

import asyncio
import json
import logging
import shutil
import sys
from typing import Annotated, Final

import typer

from bench.chaos.run import Plan, run
from bench.chaos.storage import POSTGRES_ADMIN, Database
from bench.errors import BenchError
from foundation.settings import VAR
from ops.prepare import MODEL

WORK: Final = VAR / "bench" / "chaos"
"""Databases and logs of the last run."""
_PLAN: Final = Plan()

app = typer.Typer(add_completion=False, help="Kills everything while citizens write; prints, last, one JSON object.")


@app.command()
def main(
    database: Annotated[Database, typer.Option(help="what the product runs on")] = Database.POSTGRES,
    messages: Annotated[int, typer.Option(min=1)] = _PLAN.messages,
    citizens: Annotated[int, typer.Option(min=1)] = _PLAN.citizens,
    kills: Annotated[int, typer.Option(min=0, help="at least so many")] = _PLAN.kills,
    seed: Annotated[int, typer.Option(help="of all that is random")] = _PLAN.seed,
    postgres: Annotated[str, typer.Option(help="a server, as somebody who may make databases")] = POSTGRES_ADMIN,
) -> None:
    """Runs it; the exit code is 1 if anything was lost, acted on twice or swapped."""
    if not MODEL.is_file():
        print("ur-assistant: there is no trained model: run `make train`", file=sys.stderr)
        raise typer.Exit(1)
    # At its end the emulated Telegram lets go of the polls of bots that were killed, and would print a trace of each.
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    plan = Plan(messages=messages, citizens=citizens, kills=kills, seed=seed)
    try:
        found = asyncio.run(run(database, plan, WORK, postgres))
    except BenchError as error:
        print(f"ur-assistant: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    for name, value in found.details.items():
        print(f"  {name.replace('_', ' ')}: {value}")
    print(json.dumps(found.contract()), flush=True)
    raise typer.Exit(1 if found.lost or found.acted_twice or found.out_of_order else 0)


if __name__ == "__main__":
    app()
