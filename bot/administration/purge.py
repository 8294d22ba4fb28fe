"""`python -m bot.admin purge`: retention, now."""

import asyncio
from typing import Annotated

import typer

from bot.retention.service import Purge, Purged, note
from bot.turns.engine import EngineClient
from foundation.clock import utc_now
from foundation.database import opened, transaction
from foundation.settings import get_settings
from operations.audit.who import By


def purge_now(
    by: By, dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count, delete nothing.")] = False
) -> None:
    """Deletes what is older than the days of its kind (RETENTION_..._DAYS), as the bots do every night."""
    purged = asyncio.run(_purge(by, dry=dry_run))
    for kind, rows in purged.rows.items():
        typer.echo(f"{kind}\t{rows}")
    if dry_run:
        typer.echo("Nothing was deleted.")
    if not purged.finished:
        typer.echo("Silent conversations are left: the engine does not answer.", err=True)
        raise typer.Exit(1)


async def _purge(who: str, *, dry: bool) -> Purged:
    settings = get_settings()
    engine = EngineClient(settings)
    now = utc_now()
    try:
        async with opened(settings.database_url) as sessions:
            purged = await Purge(sessions, engine, settings, now, dry=dry).run()
            if not dry:
                async with transaction(sessions) as session:
                    await note(session, who, purged, now)
    finally:
        await engine.close()
    return purged
