"""Keys change with results in the database; what is old is erased and still counts."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from bot.rekey import rekey
from casework.results import picture, upkeep
from casework.results.models import Result, ResultReader, ResultVersion
from casework.results.picture import Filters
from casework.results.service import NotFound, Shown
from foundation.database import transaction
from foundation.datakeys import DataKeys
from tests.casework.results.conftest import Desk, row

KEY = Fernet.generate_key().decode()


@pytest.fixture
def data_keys() -> DataKeys:
    """The key that goes."""
    return DataKeys([KEY])


async def test_the_old_key_can_go(desk: Desk) -> None:
    await desk.send(row(1, status="قيد الفحص"), row(2))
    await desk.send(row(1))
    new = Fernet.generate_key().decode()
    both = DataKeys([new, KEY])
    desk.keys = both
    # While both are known everything is found, and the file that came before is known again.
    assert isinstance(await desk.ask("BGD-2026-000001", "198500000001"), Shown)
    assert (await desk.send(row(1), row(2))).unchanged == 2
    done = await rekey(desk.sessions, both)
    assert (done.unreadable, done.settled) == (0, True)
    desk.keys = DataKeys([new])
    for factor in ("198500000001", "A12340001", "1985 0001"):
        assert isinstance(await desk.ask("BGD-2026-000001", factor), Shown)
    report = await desk.send(row(1, status="قيد الفحص"), row(1), row(2))
    assert (report.unchanged, report.added, report.refused) == (3, 0, 0)


async def test_old_results_are_erased_but_counted(desk: Desk) -> None:
    await desk.send(row(1, status="قيد الفحص"), row(2))
    await desk.send(row(1), row(3, reported="2026-11-23 13:00").replace("2026-11-22", "2026-11-23"))
    await desk.ask("BGD-2026-000001", "198500000001")
    before = desk.now - timedelta(hours=12)
    async with transaction(desk.sessions) as session:
        assert await upkeep.erase(session, before, 10, dry=True) == 2
        assert await upkeep.erase(session, before, 1, dry=False) == 1
        assert await upkeep.erase(session, before, 10, dry=False) == 1
        assert await upkeep.erase(session, before, 10, dry=False) == 0
    assert isinstance(await desk.ask("BGD-2026-000001", "198500000001"), NotFound)
    assert isinstance(await desk.ask("BGD-2026-000003", "198500000003"), Shown)
    async with desk.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Result)) == 3
        assert await session.scalar(select(func.count()).select_from(ResultVersion)) == 0
        assert await session.scalar(select(func.count()).select_from(ResultReader)) == 1
        (whole,) = await picture.by(session, None, Filters(), small=1)
    assert whole.tests == 3
