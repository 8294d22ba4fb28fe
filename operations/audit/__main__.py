"""`python -m operations.audit`: whether the audit is as it was written."""

import asyncio
from typing import Annotated

import typer

from foundation.database import opened
from foundation.settings import get_settings
from operations.audit.chain import Verified, verify

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def _root() -> None:
    """The audit."""


@app.command("verify")
def verify_all(
    noted: Annotated[str | None, typer.Option(help="A digest noted earlier; it must still be there.")] = None,
) -> None:
    """Follows the chain of all entries; exit code 1 if one was changed, added, moved or removed."""
    done = asyncio.run(_verify(noted))
    if done.broken_at is not None:
        typer.echo(f"Entry {done.broken_at} does not fit: it, or one before it, was tampered with.", err=True)
    elif not done.noted_found:
        typer.echo("The noted digest is not part of the chain: entries were removed at its end.", err=True)
    else:
        typer.echo(f"{done.entries} entries, all as they were written. Newest digest: {done.head}")
    raise typer.Exit(0 if done.whole else 1)


async def _verify(noted: str | None) -> Verified:
    async with opened(get_settings().database_url) as sessions, sessions() as session:
        return await verify(session, noted)


if __name__ == "__main__":
    app()
