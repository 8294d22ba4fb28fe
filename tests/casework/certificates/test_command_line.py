"""`python -m casework.certificates`."""

import asyncio
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from typer.testing import CliRunner

from casework.certificates import __main__ as command
from casework.certificates.service import Certificate, issue
from casework.certificates.verify import State, verify
from foundation.clock import utc_now
from foundation.database import opened, transaction
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from operations.audit import repository as audit
from operations.audit.models import Action
from tests.casework.certificates.conftest import facts


@pytest.fixture
def configured(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of the command, with a database of its own."""
    file = tmp_path / "test.db"
    file.write_bytes(sqlite_template.read_bytes())
    made = Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{file}",
        data_keys=SecretStr(Fernet.generate_key().decode()),
    )
    monkeypatch.setattr(command, "get_settings", lambda: made)
    return made


def run(*arguments: str, fails: bool = False) -> str:
    """What the command says."""
    done = CliRunner().invoke(command.app, arguments)
    assert (done.exit_code != 0) == fails, done.output
    return done.output


def make(settings: Settings) -> Certificate:
    """Issues a certificate."""

    async def work() -> Certificate:
        async with opened(settings.database_url) as sessions, transaction(sessions) as session:
            now = utc_now()
            return await issue(session, facts(sampled_at=now), now, load_data_keys(settings), settings)

    return asyncio.run(work())


def state(settings: Settings, code: str) -> State:
    """What the check says of a code now."""

    async def work() -> State:
        async with opened(settings.database_url) as sessions, sessions() as session:
            return (await verify(session, code, utc_now())).state

    return asyncio.run(work())


def audited(settings: Settings) -> list[tuple[str, str, str]]:
    """Who did what, oldest first."""

    async def work() -> list[tuple[str, str, str]]:
        async with opened(settings.database_url) as sessions, sessions() as session:
            return [(entry.who, entry.action, entry.reason) for entry in await audit.newest(session, list(Action), 9)]

    return asyncio.run(work())[::-1]


def test_keys_are_made_changed_and_revoked(configured: Settings) -> None:
    assert run("list") == "No key yet: the first certificate makes one.\n"
    first = make(configured)
    line = run("list")
    assert "\tsigns\t1 certificates" in line
    leaked = line.split("\t")[0]
    assert "from now on" in run("rotate", "--by", "Zainab")
    assert [one.split("\t")[2] for one in run("list").splitlines()] == ["signs", "retired"]
    assert state(configured, first.code) is State.VALID

    assert "Revoked" in run("revoke", leaked, "--by", "Zainab", "--reason", "a laptop was stolen")
    assert [one.split("\t")[2] for one in run("list").splitlines()] == ["signs", "revoked"]
    assert state(configured, first.code) is State.REVOKED
    assert "revoked before" in run("revoke", leaked, fails=True)
    assert audited(configured) == [
        ("Zainab", Action.CERTIFICATE_KEY_ROTATE, ""),
        ("Zainab", Action.CERTIFICATE_KEY_REVOKE, "a laptop was stolen"),
    ]


def test_one_certificate_is_revoked(configured: Settings) -> None:
    made = make(configured)
    assert run("revoke", f" {made.content.identifier} ", "--by", "Zainab").endswith("Revoked.\n")
    assert state(configured, made.code) is State.REVOKED
    assert "revoked before" in run("revoke", made.content.identifier, fails=True)
    assert "no such key" in run("revoke", made.content.identifier[:-1] + "?", fails=True)
    assert [action for _, action, _ in audited(configured)] == [Action.CERTIFICATE_REVOKE]
