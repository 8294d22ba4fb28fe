"""Making and changing accounts. Each change is audited; a change of roles ends the account's sessions."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from arabic import strip_controls
from foundation.settings import Settings
from operations.accounts import passwords, repository, sessions
from operations.accounts.errors import AccountError
from operations.accounts.models import EMAIL_MAX_CHARS, SHOWN_NAME_MAX_CHARS, TEAM_MAX_CHARS, Account, Role
from operations.accounts.person import Grant
from operations.audit import repository as audit
from operations.audit.models import Action

_NAME = re.compile(r"[a-z][a-z0-9.\-]{1,63}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[a-z0-9\-.]{1,180}\.[a-z]{2,24}")


async def create(
    session: AsyncSession,
    name: str,
    shown_name: str,
    grants: Sequence[Grant],
    *,
    email: str = "",
    team: str = "",
    who: str,
    now: datetime,
    settings: Settings,
) -> tuple[Account, str]:
    """Makes an account.

    Returns:
        The account, and its one-time password, which is nowhere kept in clear.

    Raises:
        AccountError: The name, the e-mail address or the roles cannot be taken.
    """
    name = name.strip().lower()
    if not _NAME.fullmatch(name):
        raise AccountError("اسم الدخول: حروف لاتينية صغيرة وأرقام ونقطة وشرطة، ويبدأ بحرف.")
    password = passwords.one_time_password()
    account = Account(
        id=secrets.token_hex(16),
        name=name,
        shown_name=_shown_name(shown_name),
        email=_email(email),
        team=_team(team),
        password_hash=await passwords.hashed(password),
        must_change=True,
        password_until=now + timedelta(hours=settings.console_one_time_password_hours),
        created_at=now,
    )
    try:
        async with session.begin_nested():
            await repository.add(session, account)
    except IntegrityError as error:
        raise AccountError("اسم الدخول أو البريد مستعمل لحساب آخر.") from error
    await repository.put_grants(session, account.id, grants)
    await audit.add(session, who, Action.ACCOUNT_CREATE, now, subject=name, details={"roles": _plain(grants)})
    return account, password


async def change(
    session: AsyncSession,
    account_id: str,
    shown_name: str,
    grants: Sequence[Grant],
    *,
    email: str,
    team: str,
    who: str,
    now: datetime,
) -> bool:
    """Changes an account; returns whether its roles changed, so that its sessions were ended.

    Raises:
        AccountError: Something cannot be taken, or nobody would be left to administer.
    """
    account = await _get(session, account_id)
    before = await repository.grants(session, account_id)
    account.shown_name, account.email, account.team = _shown_name(shown_name), _email(email), _team(team)
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError as error:
        raise AccountError("البريد مستعمل لحساب آخر.") from error
    await repository.put_grants(session, account_id, grants)
    await _somebody_administers(session)
    other_roles = set(before) != set(grants)
    if other_roles:
        await sessions.end_all(session, account_id)
    await audit.add(
        session,
        who,
        Action.ACCOUNT_CHANGE,
        now,
        subject=account.name,
        details={"roles_before": _plain(before), "roles": _plain(grants)},
    )
    return other_roles


async def reset_password(
    session: AsyncSession, account_id: str, *, who: str, now: datetime, settings: Settings, second_factor: bool = False
) -> str:
    """A new one-time password; the account's sessions end, its lock too, and its second factor if told so."""
    account = await _get(session, account_id)
    password = passwords.one_time_password()
    account.password_hash = await passwords.hashed(password)
    account.must_change, account.failures, account.locked_until = True, 0, None
    account.password_until = now + timedelta(hours=settings.console_one_time_password_hours)
    if second_factor:
        account.totp_secret = None
    await sessions.end_all(session, account_id)
    await audit.add(
        session, who, Action.PASSWORD_RESET, now, subject=account.name, details={"second_factor": second_factor}
    )
    return password


async def change_password(
    session: AsyncSession, account_id: str, current: str, new: str, *, now: datetime, keep_session: str
) -> None:
    """A person's own change; their other sessions end.

    Raises:
        AccountError: The current password is wrong, or the new one is too weak or the same.
    """
    account = await _get(session, account_id)
    if not await passwords.fits(account.password_hash, current):
        raise AccountError("كلمة السر الحالية غير صحيحة.")
    passwords.check_new(new, account.name)
    if new == current:
        raise AccountError("اختر كلمة سر غير الحالية.")
    account.password_hash = await passwords.hashed(new)
    account.must_change, account.password_until = False, None
    await sessions.end_all(session, account_id, but=keep_session)
    await audit.add(session, account.name, Action.PASSWORD_CHANGE, now, subject=account.name)


async def disable(session: AsyncSession, account_id: str, *, who: str, now: datetime, reason: str) -> None:
    """Nobody enters by this account any more; its sessions end now. It is kept, since the audit names it.

    Raises:
        AccountError: Nobody would be left to administer, or no reason was given.
    """
    account = await _get(session, account_id)
    reason = strip_controls(reason).strip()
    if not reason:
        raise AccountError("اكتب سبب الإيقاف.")
    account.disabled_at = now
    await session.flush()
    await _somebody_administers(session)
    await sessions.end_all(session, account_id)
    await audit.add(session, who, Action.ACCOUNT_DISABLE, now, subject=account.name, reason=reason[:1000])


async def enable(session: AsyncSession, account_id: str, *, who: str, now: datetime) -> None:
    """The account can enter again."""
    account = await _get(session, account_id)
    account.disabled_at, account.failures, account.locked_until = None, 0, None
    await session.flush()
    await audit.add(session, who, Action.ACCOUNT_ENABLE, now, subject=account.name)


async def _get(session: AsyncSession, account_id: str) -> Account:
    account = await repository.get(session, account_id)
    if account is None:
        raise AccountError("لا يوجد حساب بهذا الرقم.")
    return account


async def _somebody_administers(session: AsyncSession) -> None:
    if not await repository.administrators(session):
        raise AccountError("هذا آخر مدير للنظام: أضف مديراً آخر أولاً.")


def _shown_name(text: str) -> str:
    shown = " ".join(strip_controls(text).split())
    if not shown or len(shown) > SHOWN_NAME_MAX_CHARS:
        raise AccountError(f"الاسم الظاهر: من حرف إلى {SHOWN_NAME_MAX_CHARS} حرفاً.")
    return shown


def _email(text: str) -> str | None:
    email = strip_controls(text).strip().lower()
    if not email:
        return None
    if len(email) > EMAIL_MAX_CHARS or not _EMAIL.fullmatch(email):
        raise AccountError("البريد الإلكتروني غير صحيح.")
    return email


def _team(text: str) -> str:
    return " ".join(strip_controls(text).split())[:TEAM_MAX_CHARS]


def _plain(grants: Sequence[Grant]) -> list[str]:
    return [f"{grant.role}:{grant.governorate}" if grant.governorate else grant.role.value for grant in grants]


ROLE_NAMES = {
    Role.AGENT: "موظف الدعم",
    Role.CASE_OFFICER: "مسؤول الشكاوى",
    Role.EDITOR: "محرر المحتوى",
    Role.REVIEWER: "مراجع المحتوى",
    Role.HEALTH_OFFICER: "مسؤول الصحة",
    Role.ADMINISTRATOR: "مدير النظام",
}
"""What the roles are called on screen."""
