"""`python -m bot.admin`: messages that were put aside, switches, keys, retention, a sample conversation."""

import asyncio
from typing import Annotated

import typer

from bot.administration import switches
from bot.administration.purge import purge_now
from bot.administration.rekey import rekey_all
from bot.handoffs import sample
from bot.inbox import repository as inbox
from bot.inbox.service import replay
from bot.models import InboxItem
from foundation.clock import in_baghdad, utc_now
from foundation.database import opened, transaction
from foundation.settings import get_settings

LIST_LIMIT = 100

app = typer.Typer(no_args_is_help=True, add_completion=False)
inbox_app = typer.Typer(no_args_is_help=True, help="Messages that came in.")
app.add_typer(inbox_app, name="inbox")
app.add_typer(switches.app, name="switch")
app.command("rekey")(rekey_all)
app.command("purge")(purge_now)


@app.callback()
def _root() -> None:
    """Administration of the bot."""


@inbox_app.command("list")
def list_quarantined(limit: Annotated[int, typer.Option(help="How many at most.")] = LIST_LIMIT) -> None:
    """Shows the messages that were put aside, oldest first, with the cause; never their text."""
    items = asyncio.run(_quarantined(limit))
    if not items:
        typer.echo("Nothing was put aside.")
    for item in items:
        received = in_baghdad(item.received_at).strftime("%Y-%m-%d %H:%M:%S")
        typer.echo(f"{item.id}\t{received}\t{item.channel}\t{item.external_id}\t{item.cause}")


@inbox_app.command("replay")
def replay_quarantined(
    ids: Annotated[list[int] | None, typer.Argument(help="Numbers that `list` shows.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that were put aside.")] = False,
) -> None:
    """Queues messages again; the running bot picks them up. One that could not be read at all stays put aside."""
    if not ids and not every:
        raise typer.BadParameter("name the messages, or say --all")
    wanted = ids or [item.id for item in asyncio.run(_quarantined(None))]
    left = asyncio.run(_replay(wanted))
    typer.echo(f"{len(wanted) - len(left)} queued again.")
    if left:
        typer.echo(f"Not queued (not put aside, or in no conversation): {', '.join(map(str, left))}", err=True)
        raise typer.Exit(1)


@app.command("sample")
def sample_handoff() -> None:
    """Puts a made-up conversation into the queue of those who wait for a person; a second time changes nothing."""
    made = asyncio.run(_sample())
    typer.echo("A sample conversation waits." if made else "The sample conversation is there already.")


async def _sample() -> bool:
    async with opened(get_settings().database_url) as sessions, transaction(sessions) as session:
        return await sample.load(session, utc_now())


async def _quarantined(limit: int | None) -> list[InboxItem]:
    async with opened(get_settings().database_url) as sessions, sessions() as session:
        return list(await inbox.quarantined(session, limit))


async def _replay(ids: list[int]) -> list[int]:
    left = []
    async with opened(get_settings().database_url) as sessions:
        for item_id in ids:
            async with transaction(sessions) as session:
                if not await replay(session, item_id, utc_now()):
                    left.append(item_id)
    return left


if __name__ == "__main__":
    app()
