"""SQL of accounts and roles."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from operations.accounts.models import Account, AccountRole, Role
from operations.accounts.person import Grant, Person, grants_of


async def add(session: AsyncSession, account: Account) -> None:
    """Stores a new account; raises `sqlalchemy.exc.IntegrityError` if its name or e-mail is taken."""
    session.add(account)
    await session.flush()


async def get(session: AsyncSession, account_id: str) -> Account | None:
    """The account as it is now."""
    return await session.get(Account, account_id, populate_existing=True)


async def by_name(session: AsyncSession, name: str) -> Account | None:
    """The account that enters by this name."""
    return await session.scalar(select(Account).where(Account.name == name.strip().lower()))


async def by_email(session: AsyncSession, email: str) -> Account | None:
    """The account with this e-mail address."""
    return await session.scalar(select(Account).where(Account.email == email.strip().lower()))


async def any_account(session: AsyncSession) -> bool:
    """Whether there is an account at all."""
    return bool(await session.scalar(select(exists().where(Account.id != ""))))


async def everyone(session: AsyncSession) -> Sequence[tuple[Account, tuple[Grant, ...]]]:
    """All accounts with their roles, those that can enter first, by name."""
    accounts = (await session.scalars(select(Account).order_by(Account.disabled_at.is_not(None), Account.name))).all()
    grants: dict[str, list[tuple[str, str]]] = {}
    for row in await session.execute(select(AccountRole.account_id, AccountRole.role, AccountRole.governorate)):
        grants.setdefault(row[0], []).append((row[1], row[2]))
    return [(account, grants_of(grants.get(account.id, ()))) for account in accounts]


async def grants(session: AsyncSession, account_id: str) -> tuple[Grant, ...]:
    """The roles of an account."""
    rows = await session.execute(
        select(AccountRole.role, AccountRole.governorate).where(AccountRole.account_id == account_id)
    )
    return grants_of((row[0], row[1]) for row in rows)


async def put_grants(session: AsyncSession, account_id: str, wanted: Iterable[Grant]) -> None:
    """Replaces the roles of an account."""
    await session.execute(delete(AccountRole).where(AccountRole.account_id == account_id))
    rows = [
        {"account_id": account_id, "role": grant.role.value, "governorate": grant.governorate}
        for grant in dict.fromkeys(wanted)
    ]
    if rows:
        await session.execute(insert(AccountRole), rows)


async def person(session: AsyncSession, account_id: str) -> Person | None:
    """Who the account is, None if it is disabled or gone."""
    account = await get(session, account_id)
    if account is None or account.disabled_at is not None:
        return None
    return as_person(account, await grants(session, account_id))


async def enabled_with(session: AsyncSession, role: Role) -> Sequence[Account]:
    """Accounts that can enter and hold `role`, by shown name."""
    found = await session.scalars(
        select(Account)
        .where(
            Account.disabled_at.is_(None),
            exists().where(AccountRole.account_id == Account.id, AccountRole.role == role),
        )
        .order_by(Account.shown_name)
    )
    return found.all()


async def names_with(session: AsyncSession, role: Role, governorate: str | None) -> dict[str, str]:
    """Who can enter and holds `role` in this governorate, or everywhere: names of entering with what they are called.

    Args:
        session: Only read.
        role: The role.
        governorate: Its code; None: only those who hold the role everywhere.
    """
    rows = await session.execute(
        select(Account.name, Account.shown_name)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(
            Account.disabled_at.is_(None),
            AccountRole.role == role,
            AccountRole.governorate.in_({"", governorate or ""}),
        )
        .order_by(Account.name)
    )
    return {row[0]: row[1] for row in rows}


async def shown_names(session: AsyncSession, account_ids: Iterable[str]) -> dict[str, str]:
    """What the accounts are called, by id."""
    rows = await session.execute(select(Account.id, Account.shown_name).where(Account.id.in_(set(account_ids))))
    return {row[0]: row[1] for row in rows}


async def shown_by_name(session: AsyncSession, names: Iterable[str]) -> dict[str, str]:
    """What the accounts are called, by the names with which they enter."""
    rows = await session.execute(select(Account.name, Account.shown_name).where(Account.name.in_(set(names))))
    return {row[0]: row[1] for row in rows}


async def failed(session: AsyncSession, account_id: str) -> int:
    """Counts a wrong password or code; returns how many there are in a row."""
    counted = await session.scalar(
        update(Account)
        .where(Account.id == account_id)
        .values(failures=Account.failures + 1)
        .returning(Account.failures)
    )
    return counted or 0


async def lock_until(session: AsyncSession, account_id: str, until: datetime) -> None:
    """Takes no password until then."""
    await session.execute(update(Account).where(Account.id == account_id).values(locked_until=until))


async def take_code(session: AsyncSession, account_id: str, step: int) -> bool:
    """Notes the time step of a code that was right; False if it, or a later one, was taken before."""
    taken = await session.scalar(
        update(Account)
        .where(Account.id == account_id, Account.totp_step < step)
        .values(totp_step=step)
        .returning(Account.id)
    )
    return taken is not None


async def administrators(session: AsyncSession) -> int:
    """How many enabled administrators there are."""
    return (
        await session.scalar(
            select(func.count())
            .select_from(Account)
            .where(
                Account.disabled_at.is_(None),
                exists().where(AccountRole.account_id == Account.id, AccountRole.role == Role.ADMINISTRATOR),
            )
        )
        or 0
    )


def as_person(account: Account, held: tuple[Grant, ...]) -> Person:
    """The account as pages see it."""
    return Person(
        id=account.id,
        name=account.name,
        shown_name=account.shown_name,
        team=account.team,
        grants=held,
        must_change=account.must_change,
        has_code=account.totp_secret is not None,
    )
