"""`python -m operations.accounts`: accounts of the staff, on the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import in_baghdad, utc_now
from foundation.database import opened, transaction
from foundation.settings import get_settings
from operations.accounts import repository, service
from operations.accounts.errors import AccountError
from operations.accounts.first import make_first
from operations.accounts.governorates import GOVERNORATES
from operations.accounts.models import Account, Role
from operations.accounts.person import Grant
from operations.audit.who import By

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, add_completion=False)
Name = Annotated[str, typer.Argument(help="The name by which the person enters.")]


@app.callback()
def _root() -> None:
    """Accounts of the console."""


@app.command("list")
def list_accounts() -> None:
    """Shows every account: name, shown name, team, roles, state, last login."""

    async def work(session: AsyncSession) -> None:
        for account, grants in await repository.everyone(session):
            roles = ",".join(f"{one.role}:{one.governorate}" if one.governorate else one.role.value for one in grants)
            state = "disabled" if account.disabled_at else "enabled"
            last = account.last_login_at
            seen = in_baghdad(last).strftime("%Y-%m-%d %H:%M") if last else "never"
            typer.echo(f"{account.name}\t{account.shown_name}\t{account.team}\t{roles}\t{state}\t{seen}")

    _run(work)


@app.command("create")
def create(
    name: Name,
    by: By,
    role: Annotated[list[str], typer.Option(help="A role; case_officer:basra for one governorate. May be repeated.")],
    shown_name: Annotated[str, typer.Option(help="What colleagues and citizens see.")] = "",
    email: Annotated[str, typer.Option(help="For OpenID Connect.")] = "",
    team: Annotated[str, typer.Option(help="The team.")] = "",
) -> None:
    """Makes an account and prints its one-time password."""

    async def work(session: AsyncSession) -> str:
        _, password = await service.create(
            session,
            name,
            shown_name or name,
            [_grant(one) for one in role],
            email=email,
            team=team,
            who=by,
            now=utc_now(),
            settings=get_settings(),
        )
        return password

    typer.echo(f"One-time password of {name}: {_run(work)}")


@app.command("disable")
def disable(name: Name, by: By, reason: Annotated[str, typer.Option(help="Why; for the audit.")]) -> None:
    """Shuts an account out and ends its sessions at once."""

    async def work(session: AsyncSession) -> None:
        await service.disable(session, (await _account(session, name)).id, who=by, now=utc_now(), reason=reason)

    _run(work)


@app.command("reset")
def reset(
    name: Name,
    by: By,
    second_factor: Annotated[bool, typer.Option("--second-factor", help="Take the second factor away too.")] = False,
) -> None:
    """Prints a new one-time password; unlocks the account and ends its sessions."""

    async def work(session: AsyncSession) -> str:
        account = await _account(session, name)
        return await service.reset_password(
            session, account.id, who=by, now=utc_now(), settings=get_settings(), second_factor=second_factor
        )

    typer.echo(f"One-time password of {name}: {_run(work)}")


@app.command("first")
def first(
    samples: Annotated[bool, typer.Option("--samples", help="One account for each role, to try it out.")] = False,
) -> None:
    """Makes the first accounts while there is none; prints each name with its one-time password and its roles."""

    async def work(session: AsyncSession) -> None:
        for one in await make_first(session, utc_now(), get_settings(), samples=samples):
            typer.echo(f"{one.name}\t{one.password}\t{one.called}")

    _run(work)


async def _account(session: AsyncSession, name: str) -> Account:
    account = await repository.by_name(session, name)
    if account is None:
        raise AccountError(f"{name}: no such account")
    return account


def _grant(text: str) -> Grant:
    role, _, governorate = text.partition(":")
    if governorate and governorate not in GOVERNORATES:
        raise AccountError(f"{governorate}: no such governorate ({', '.join(GOVERNORATES)})")
    try:
        return Grant(Role(role), governorate)
    except ValueError as error:
        raise AccountError(f"{role}: no such role ({', '.join(Role)})") from error


def _run(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def in_transaction() -> T:
        async with opened(get_settings().database_url) as sessions, transaction(sessions) as session:
            return await work(session)

    try:
        return asyncio.run(in_transaction())
    except AccountError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
