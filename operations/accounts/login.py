"""Entering: password, then the code of the second factor where there is one; delays that grow with each failure.

Every refusal reads the same and takes as long: whether the name exists, the password was wrong, or the account is
locked or disabled cannot be told apart from outside.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.accounts import passwords, repository, sessions, totp
from operations.accounts.models import Account, Stage
from operations.accounts.sessions import Entered
from operations.audit import repository as audit
from operations.audit.models import Action

LONGEST_DOUBLING = 16


@dataclass(frozen=True, slots=True)
class Door:
    """What entering needs."""

    sessions: SessionFactory
    keys: DataKeys
    settings: Settings


async def by_password(door: Door, name: str, password: str, browser: str, now: datetime) -> tuple[str, Stage] | None:
    """Checks name and password.

    Returns:
        The new session's token and its stage; None for every kind of refusal.
    """
    async with door.sessions() as session:
        account = await repository.by_name(session, name)
    right = await passwords.fits(None if account is None else account.password_hash, password)
    if account is None:
        return None
    async with transaction(door.sessions) as session:
        known = await repository.get(session, account.id)
        if known is None or known.disabled_at is not None or _locked(known, now):
            return None
        # Another process may have given a new password between the two looks.
        if not right or known.password_hash != account.password_hash or _too_old(known, now):
            await _refuse(session, known, now, door.settings)
            return None
        stage = Stage.CODE if known.totp_secret is not None else Stage.OPEN
        return await _admit(session, known, stage, browser, now, door.settings), stage


async def confirmed(door: Door, entered: Entered, password: str, now: datetime) -> bool:
    """Asks somebody who has entered for their password once more; failures count and lock as at the door."""
    async with door.sessions() as session:
        account = await repository.get(session, entered.person.id)
    if account is None or _locked(account, now):
        return False
    right = await passwords.fits(account.password_hash, password)
    async with transaction(door.sessions) as session:
        known = await repository.get(session, account.id)
        if known is None or _locked(known, now):
            return False
        if not right or known.password_hash != account.password_hash:
            await _refuse(session, known, now, door.settings)
            return False
    return True


async def by_code(door: Door, entered: Entered, code: str, browser: str, now: datetime) -> str | None:
    """Checks the code of the second factor; the session of the first step ends.

    Returns:
        The token of the open session, None if the code is wrong, was taken before, or the account is locked.
    """
    async with transaction(door.sessions) as session:
        account = await repository.get(session, entered.person.id)
        if account is None or account.totp_secret is None or _locked(account, now):
            return None
        step = totp.step_of(door.keys.decrypt(account.totp_secret), code, now)
        if step is None or not await repository.take_code(session, account.id, step):
            await _refuse(session, account, now, door.settings)
            return None
        await sessions.end(session, entered.session_id)
        return await _admit(session, account, Stage.OPEN, browser, now, door.settings)


async def by_email(door: Door, email: str, browser: str, now: datetime) -> str | None:
    """Enters an account that was made before, by an address that the identity provider has verified."""
    async with transaction(door.sessions) as session:
        account = await repository.by_email(session, email)
        if account is None or account.disabled_at is not None:
            return None
        account.must_change = False
        return await _admit(session, account, Stage.OPEN, browser, now, door.settings)


async def _admit(
    session: AsyncSession, account: Account, stage: Stage, browser: str, now: datetime, settings: Settings
) -> str:
    if stage is Stage.OPEN:
        account.failures, account.locked_until, account.last_login_at = 0, None, now
        await session.flush()
    await sessions.drop_ended(session, now, settings)
    token = await sessions.begin(session, account.id, stage, browser, now, settings)
    if stage is Stage.OPEN:
        await audit.add(session, account.name, Action.LOGIN, now, subject=account.name)
    return token


async def _refuse(session: AsyncSession, account: Account, now: datetime, settings: Settings) -> None:
    failures = await repository.failed(session, account.id)
    wait = delay(failures, settings)
    if wait:
        await repository.lock_until(session, account.id, now + wait)
    await audit.add(
        session,
        account.name,
        Action.LOGIN_FAILED,
        now,
        subject=account.name,
        details={"in_a_row": failures, "locked_seconds": int(wait.total_seconds())},
    )


def delay(failures: int, settings: Settings) -> timedelta:
    """How long no password is taken after so many failures in a row: doubling, up to a limit."""
    over = failures - settings.console_failures_free
    if over < 1:
        return timedelta()
    seconds = settings.console_lock_first_seconds * (1 << min(over - 1, LONGEST_DOUBLING))
    return timedelta(seconds=min(seconds, settings.console_lock_longest_seconds))


def _locked(account: Account, now: datetime) -> bool:
    return account.locked_until is not None and account.locked_until > now


def _too_old(account: Account, now: datetime) -> bool:
    return account.password_until is not None and account.password_until <= now
