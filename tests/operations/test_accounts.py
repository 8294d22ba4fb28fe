"""Accounts, entering, sessions, the second factor."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.accounts import login, passwords, repository, service, totp
from operations.accounts import sessions as open_sessions
from operations.accounts.errors import AccountError
from operations.accounts.first import make_first
from operations.accounts.login import Door
from operations.accounts.models import Account, Role, Stage
from operations.accounts.person import Grant
from operations.audit.models import Action, AuditEntry

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SETTINGS = Settings(_env_file=None)
PASSWORD = "أربع كلمات لا علاقة بينها"


@pytest.fixture
def door(sessions: SessionFactory) -> Door:
    return Door(sessions, DataKeys([Fernet.generate_key().decode()]), SETTINGS)


async def _make(door: Door, name: str = "sara", role: Role = Role.AGENT) -> str:
    async with transaction(door.sessions) as session:
        account, once = await service.create(
            session, name, "سارة", [Grant(role)], who="t", now=NOW, settings=SETTINGS, email=f"{name}@example.iq"
        )
        await service.change_password(session, account.id, once, PASSWORD, now=NOW, keep_session="")
    return account.id


async def _enter(door: Door, name: str = "sara", password: str = PASSWORD, at: datetime = NOW) -> str | None:
    entered = await login.by_password(door, name, password, "اختبار", at)
    return entered[0] if entered else None


async def test_a_one_time_password_must_be_changed_and_ends(door: Door) -> None:
    async with transaction(door.sessions) as session:
        account, once = await service.create(
            session, "Noor.1", "نور", [Grant(Role.EDITOR)], who="t", now=NOW, settings=SETTINGS
        )
    token = await _enter(door, "noor.1", once)
    assert token
    async with door.sessions() as session:
        entered = await open_sessions.find(session, token, NOW, SETTINGS)
        assert entered is not None
        assert entered.person.must_change
        kept = await repository.get(session, account.id)
        assert kept is not None
        assert once not in kept.password_hash
    late = NOW + timedelta(hours=SETTINGS.console_one_time_password_hours)
    assert await _enter(door, "noor.1", once, late) is None


async def test_wrong_passwords_lock_for_longer_and_longer(door: Door) -> None:
    await _make(door)
    for _ in range(SETTINGS.console_failures_free):
        assert await _enter(door, password="غير صحيحة") is None
    assert await _enter(door) is not None  # and the count begins anew
    for _ in range(SETTINGS.console_failures_free + 1):
        assert await _enter(door, password="غير صحيحة") is None
    assert await _enter(door, at=NOW + timedelta(seconds=29)) is None
    assert await _enter(door, password="x", at=NOW + timedelta(seconds=31)) is None
    assert await _enter(door, at=NOW + timedelta(seconds=31 + 59)) is None
    assert await _enter(door, at=NOW + timedelta(seconds=31 + 61)) is not None
    assert login.delay(60, SETTINGS).total_seconds() == SETTINGS.console_lock_longest_seconds


async def test_an_unknown_name_is_checked_like_a_known_one(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = passwords._verify

    def noted(kept: str | None, typed: str) -> bool:
        checked.append(typed)
        return real(kept, typed)

    monkeypatch.setattr(passwords, "_verify", noted)
    assert await _enter(door, "nobody", "كلمة سر") is None
    assert checked == ["كلمة سر"]


async def test_a_disabled_account_is_out_at_once_and_comes_back_by_an_administrator(door: Door) -> None:
    account_id = await _make(door)
    await _make(door, "boss", Role.ADMINISTRATOR)
    token = await _enter(door)
    assert token
    async with transaction(door.sessions) as session:
        await service.disable(session, account_id, who="boss", now=NOW, reason="انتقل")
    async with door.sessions() as session:
        assert await open_sessions.find(session, token, NOW, SETTINGS) is None
    assert await _enter(door) is None
    async with transaction(door.sessions) as session:
        await service.enable(session, account_id, who="boss", now=NOW)
    assert await _enter(door) is not None


async def test_another_role_ends_the_sessions(door: Door) -> None:
    account_id = await _make(door)
    await _make(door, "boss", Role.ADMINISTRATOR)
    token = await _enter(door)
    assert token
    async with transaction(door.sessions) as session:
        await service.change(session, account_id, "سارة", [Grant(Role.EDITOR)], email="", team="", who="boss", now=NOW)
    async with door.sessions() as session:
        assert await open_sessions.find(session, token, NOW, SETTINGS) is None


async def test_the_last_administrator_stays(door: Door) -> None:
    account_id = await _make(door, "boss", Role.ADMINISTRATOR)
    with pytest.raises(AccountError):
        async with transaction(door.sessions) as session:
            await service.disable(session, account_id, who="boss", now=NOW, reason="x")
    with pytest.raises(AccountError):
        async with transaction(door.sessions) as session:
            await service.change(session, account_id, "س", [Grant(Role.AGENT)], email="", team="", who="boss", now=NOW)


async def test_a_session_ends_idle_or_old(door: Door) -> None:
    await _make(door)
    token = await _enter(door)
    assert token
    idle = timedelta(minutes=SETTINGS.console_session_idle_minutes)
    at = NOW
    async with transaction(door.sessions) as session:
        assert await open_sessions.find(session, token, NOW + idle, SETTINGS) is None
        while at < NOW + timedelta(hours=SETTINGS.console_session_hours) - idle:
            at += idle / 2
            entered = await open_sessions.find(session, token, at, SETTINGS)
            assert entered is not None
            await open_sessions.seen(session, entered.session_id, at)
        assert (
            await open_sessions.find(session, token, NOW + timedelta(hours=SETTINGS.console_session_hours), SETTINGS)
            is None
        )


async def test_the_second_factor_is_asked_for_and_no_code_is_taken_twice(door: Door) -> None:
    account_id = await _make(door)
    secret = totp.new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    async with transaction(door.sessions) as session:
        with pytest.raises(AccountError):
            await totp.switch_on(session, account_id, secret, "000000", door.keys, NOW)
        await totp.switch_on(session, account_id, secret, code, door.keys, NOW)
    first = await login.by_password(door, "sara", PASSWORD, "", NOW)
    assert first is not None
    assert first[1] is Stage.CODE
    async with door.sessions() as session:
        entered = await open_sessions.find(session, first[0], NOW, SETTINGS)
    assert entered is not None
    assert entered.stage is Stage.CODE
    assert await login.by_code(door, entered, code, "", NOW) is None  # it switched it on
    later = NOW + timedelta(seconds=60)
    arabic = pyotp.TOTP(secret).at(later).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert await login.by_code(door, entered, arabic, "", later) is not None
    assert await login.by_code(door, entered, arabic, "", later) is None
    assert b"<svg" in totp.picture(secret, "sara")


async def test_every_step_is_audited_and_nothing_secret_in_it(door: Door) -> None:
    await _make(door)
    await _enter(door, password="سر مكشوف")
    await _enter(door)
    async with door.sessions() as session:
        entries = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
    assert [entry.action for entry in entries] == [
        Action.ACCOUNT_CREATE, Action.PASSWORD_CHANGE, Action.LOGIN_FAILED, Action.LOGIN,
    ]  # fmt: skip
    assert "سر مكشوف" not in str([(entry.reason, entry.details) for entry in entries])


@pytest.mark.parametrize("password", ["قصيرة", "aaaaaaaaaaaaaaaa", "sara-sara-sara-1", "ط" * 200])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(AccountError):
        passwords.check_new(password, "sara")


async def test_names_are_taken_once(door: Door) -> None:
    await _make(door)
    with pytest.raises(AccountError):
        await _make(door, "SARA")
    with pytest.raises(AccountError):
        await _make(door, "سارة")


async def test_the_first_accounts_are_made_once(sessions: SessionFactory) -> None:
    async with transaction(sessions) as session:
        made = await make_first(session, NOW, SETTINGS, samples=True)
    assert made[0].name == "admin"
    assert made[0].called == "administrator · مدير النظام"
    assert len({one.password for one in made}) == len(made)
    async with transaction(sessions) as session:
        assert await make_first(session, NOW, SETTINGS, samples=True) == ()
        roles = {role for account, held in await repository.everyone(session) for role in (one.role for one in held)}
        assert roles == set(Role)
        assert (await session.scalars(select(Account))).all()
