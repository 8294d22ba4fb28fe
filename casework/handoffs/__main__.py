"""`python -m casework.handoffs`: what the staff begins with."""

import asyncio

import typer

from casework.handoffs import canned
from foundation.clock import utc_now
from foundation.database import opened, transaction
from foundation.settings import get_settings

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def _root() -> None:
    """Conversations with people."""


@app.command("canned")
def add_canned() -> None:
    """Adds the canned replies to begin with, where there is none; afterwards the staff changes them in the console."""
    asyncio.run(_add())


async def _add() -> None:
    async with opened(get_settings().database_url) as sessions, transaction(sessions) as session:
        await canned.add_samples(session, utc_now())


if __name__ == "__main__":
    app()
