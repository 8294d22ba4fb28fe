"""`python -m bot.admin rekey`: puts what is encrypted under the newest key."""

import asyncio

import typer

from bot.rekey import Rekeyed, rekey
from foundation.clock import utc_now
from foundation.database import opened, transaction
from foundation.datakeys import DataKeys, load_data_keys
from foundation.settings import get_settings
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.audit.who import By


def rekey_all(by: By) -> None:
    """Puts every identifier and every waiting message under the first of DATA_KEYS.

    Bots may run meanwhile, but must know that key already. May be interrupted and begun again.
    """
    keys = load_data_keys(get_settings())
    done = asyncio.run(_rekey(keys, by))
    counts = f"{done.identifiers} identifiers, {done.messages} messages, {done.values} other values"
    typer.echo(f"Put under the newest key: {counts}.")
    if done.unreadable:
        typer.echo(f"{done.unreadable} entries open with no key of DATA_KEYS: a key is missing.", err=True)
        raise typer.Exit(1)
    if not done.settled:
        typer.echo("Something still writes under an older key: restart every bot, then try again.", err=True)
        raise typer.Exit(1)
    if keys.older:
        typer.echo("Nothing is left under an older key: all but the first of DATA_KEYS can go, then restart the bots.")
    else:
        typer.echo("DATA_KEYS holds one key, and everything is under it.")


async def _rekey(keys: DataKeys, who: str) -> Rekeyed:
    async with opened(get_settings().database_url) as sessions:
        done = await rekey(sessions, keys)
        async with transaction(sessions) as session:
            await audit.add(
                session,
                who,
                Action.REKEY,
                utc_now(),
                details={
                    "identifiers": done.identifiers,
                    "messages": done.messages,
                    "values": done.values,
                    "unreadable": done.unreadable,
                },
            )
    return done
