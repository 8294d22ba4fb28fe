"""The keys of a process fit its database, or it does not start."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.rekey import rekey
from foundation.database import SessionFactory
from foundation.datakeys import DataKeys
from foundation.settings import ROOT, Settings
from operations.keycheck.preflight import check_keys
from operations.keycheck.service import KeysDoNotFitError, fitting_keys

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def settings(*keys: str, url: str = "sqlite+aiosqlite://") -> Settings:
    return Settings(_env_file=None, data_keys=SecretStr(",".join(keys)), database_url=url)


async def test_the_first_seals_and_others_must_open(sessions: SessionFactory) -> None:
    await fitting_keys(sessions, settings(OLD), NOON)
    await fitting_keys(sessions, settings(NEW, OLD), NOON)
    with pytest.raises(KeysDoNotFitError, match="DATA_KEYS does not open"):
        await fitting_keys(sessions, settings(NEW), NOON)


async def test_many_at_once_agree_on_one(sessions: SessionFactory) -> None:
    keys = [Fernet.generate_key().decode() for _ in range(4)]
    done = await asyncio.gather(*(fitting_keys(sessions, settings(key), NOON) for key in keys), return_exceptions=True)
    assert [type(one) for one in done if isinstance(one, Exception)] == [KeysDoNotFitError] * 3


async def test_an_older_key_can_go_once_all_is_under_the_new_one(sessions: SessionFactory) -> None:
    await fitting_keys(sessions, settings(OLD), NOON)
    await rekey(sessions, DataKeys([NEW, OLD]))
    await fitting_keys(sessions, settings(NEW), NOON)


@pytest.mark.parametrize("module", ["bot", "actions"])
async def test_a_server_with_other_keys_says_so_and_ends(
    module: str, sessions: SessionFactory, database_url: str
) -> None:
    await fitting_keys(sessions, settings(OLD), NOON)
    environment = {**os.environ, "PYTHONPATH": ".", "DATABASE_URL": database_url, "DATA_KEYS": NEW}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"{module}: DATA_KEYS does not open")


def test_a_database_that_is_away_stops_nobody() -> None:
    check_keys(settings(OLD, url="postgresql+psycopg://nobody@127.0.0.1:9/none"))
