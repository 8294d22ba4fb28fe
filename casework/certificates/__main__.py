"""`python -m casework.certificates rotate|list|revoke`: the keys that sign certificates, and single certificates."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from casework.certificates import keyring, repository, service
from casework.certificates.identifier import is_identifier
from casework.certificates.models import SigningKey
from foundation.clock import in_baghdad, utc_now
from foundation.database import opened, transaction
from foundation.datakeys import DataKeys
from foundation.settings import get_settings
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.audit.who import By
from operations.keycheck.service import KeysDoNotFitError, fitting_keys

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Certificates of tests: keys and revocations.")
T = TypeVar("T")


def _in_database(work: Callable[[AsyncSession, DataKeys], Awaitable[T]]) -> T:
    async def run() -> T:
        settings = get_settings()
        async with opened(settings.database_url) as sessions:
            keys = await fitting_keys(sessions, settings, utc_now())
            async with transaction(sessions) as session:
                return await work(session, keys)

    try:
        return asyncio.run(run())
    except KeysDoNotFitError as error:
        typer.echo(f"certificates: {error}", err=True)
        raise typer.Exit(1) from error


@app.command()
def rotate(by: By) -> None:
    """Makes a new key. It signs from now on; what older keys signed stays good."""

    async def work(session: AsyncSession, keys: DataKeys) -> str:
        now = utc_now()
        key = await keyring.rotate(session, now, keys, get_settings())
        await audit.add(session, by, Action.CERTIFICATE_KEY_ROTATE, now, subject=key.kid)
        return key.kid

    typer.echo(f"Certificates are signed with the key {_in_database(work)} from now on.")


@app.command("list")
def list_keys() -> None:
    """Shows every key, newest first, and how many certificates of each are kept."""

    async def work(session: AsyncSession, _keys: DataKeys) -> tuple[list[SigningKey], dict[str, int]]:
        return list(await repository.all_keys(session)), await repository.counts(session)

    keys, counts = _in_database(work)
    if not keys:
        typer.echo("No key yet: the first certificate makes one.")
    for key in keys:
        made = in_baghdad(key.created_at).strftime("%Y-%m-%d %H:%M:%S")
        state = "revoked" if key.revoked_at else "retired" if key.retired_at else "signs"
        typer.echo(f"{key.kid}\t{made}\t{state}\t{counts.get(key.kid, 0)} certificates")


@app.command()
def revoke(
    what: Annotated[str, typer.Argument(help="A key that leaked (as `list` shows it), or a certificate's identifier.")],
    by: By,
    reason: Annotated[str, typer.Option(help="Why, for the audit.")] = "",
) -> None:
    """Makes worthless what a key signed, or one certificate. What a revoked key signed is issued anew on request."""
    what = what.strip()
    single = is_identifier(what)

    async def work(session: AsyncSession, _keys: DataKeys) -> bool:
        now = utc_now()
        if single:
            done = await service.revoke(session, what, now)
            action, subject = Action.CERTIFICATE_REVOKE, what.removeprefix("URN:UVCI:")
        else:
            done = await repository.revoke_key(session, what, now)
            action, subject = Action.CERTIFICATE_KEY_REVOKE, what
        if done:
            await audit.add(session, by, action, now, subject=subject, reason=reason)
        return done

    if not _in_database(work):
        typer.echo("There is no such key or certificate, or it was revoked before.", err=True)
        raise typer.Exit(1)
    typer.echo("Revoked." if single else "Revoked. The next certificate makes a new key.")


if __name__ == "__main__":
    app()
