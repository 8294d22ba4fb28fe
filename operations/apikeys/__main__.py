"""`python -m operations.apikeys create|revoke|list`: the keys of other systems."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer

from foundation.clock import in_baghdad, utc_now
from foundation.database import opened, transaction
from foundation.logging import configure_logging
from foundation.settings import get_settings
from operations.apikeys import repository, service
from operations.apikeys.models import ApiKey, Scope
from operations.audit.who import By

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Keys by which other systems come in.")
Name = Annotated[str, typer.Argument(help="The system's name; names are not used twice.")]


@app.command()
def create(
    name: Name,
    scope: Annotated[list[Scope], typer.Option(help="What it opens; may be repeated.")],
    by: By,
    acts_for: Annotated[str, typer.Option("--for", help="The laboratory or office it writes for.")] = "",
    per_minute: Annotated[int | None, typer.Option(min=1, help="Requests a minute.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="How long it works; for ever if not said.")] = None,
) -> None:
    """Makes a key and shows it, once."""
    try:
        key = asyncio.run(_create(name, scope, by, acts_for, per_minute, days))
    except ValueError as error:
        typer.echo(f"apikeys: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(key)
    typer.echo("Hand it over now: it is not kept and cannot be shown again.", err=True)


@app.command()
def revoke(name: Name, by: By) -> None:
    """Makes a key useless, at once and for good."""
    if not asyncio.run(_revoke(name, by)):
        typer.echo(f"apikeys: no key named {name} works", err=True)
        raise typer.Exit(1)
    typer.echo(f"{name} is revoked.")


@app.command("list")
def list_all() -> None:
    """Shows all keys: public prefix, name, for whom, scopes, state."""
    now = utc_now()
    for key in asyncio.run(_every()):
        state = f"revoked {_day(key.revoked_at)}" if key.revoked_at else "works"
        if not key.revoked_at and key.expires_at:
            state = f"{'works until' if key.expires_at > now else 'expired'} {_day(key.expires_at)}"
        used = f"used {_day(key.minute_began_at)}" if key.minute_began_at else "never used"
        typer.echo("\t".join((key.prefix, key.name, key.acts_for or "-", " ".join(key.scopes), state, used)))


def _day(moment: datetime) -> str:
    return f"{in_baghdad(moment):%Y-%m-%d}"


async def _create(
    name: str, scopes: Sequence[Scope], who: str, acts_for: str, per_minute: int | None, days: int | None
) -> str:
    settings, now = get_settings(), utc_now()
    async with opened(settings.database_url) as sessions, transaction(sessions) as session:
        return await service.create(
            session,
            name,
            set(scopes),
            who=who,
            now=now,
            per_minute=per_minute or settings.api_key_requests_per_minute,
            acts_for=acts_for,
            expires_at=None if days is None else now + timedelta(days=days),
        )


async def _revoke(name: str, who: str) -> bool:
    async with opened(get_settings().database_url) as sessions, transaction(sessions) as session:
        return await service.revoke(session, name, who=who, now=utc_now())


async def _every() -> Sequence[ApiKey]:
    async with opened(get_settings().database_url) as sessions, sessions() as session:
        return await repository.every(session)


if __name__ == "__main__":
    configure_logging(get_settings().log_level)
    app()
