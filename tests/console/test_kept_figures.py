"""Figures that take long are kept, shown with their time, and say the same as those gathered at once."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from casework.cases.models import Case, Kind, State
from console.figures import gathering, kept
from console.figures.job import FigureJob
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings
from operations.accounts import repository as accounts
from operations.accounts.models import Role
from operations.accounts.person import Grant
from tests.console import casework
from tests.console.conftest import Office

NOW = utc_now()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if gathering took long."""
    monkeypatch.setattr(kept, "LIVE_BELOW_MS", 0)


async def _upheld(sessions: SessionFactory, settings: Settings, number: str, place: str, count: int) -> None:
    agent_id = await casework.agent(sessions, number, place)
    for one in range(count):
        case = await casework.case(
            sessions, settings, agent_id=agent_id, governorate=place, text=f"{number} {one}", hours_ago=30 + one
        )
        values = {"state": State.UPHELD, "outcome": State.UPHELD, "decided_at": NOW, "resolution_seconds": 3600 * one}
        async with transaction(sessions) as session:
            await session.execute(update(Case).where(Case.id == case.id).values(due_at=None, **values))
    await casework.case(sessions, settings, governorate=place, kind=Kind.DELAY, text=f"{number} مفتوحة", hours_ago=90)


@pytest.mark.usefixtures("slow")
async def test_kept_figures_are_those_of_the_moment(sessions: SessionFactory, settings: Settings) -> None:
    for number, place, count in (("1", "basra", 4), ("2", "baghdad", 3), ("3", "basra", 2), ("4", "wasit", 5)):
        await _upheld(sessions, settings, number, place, count)
    async with sessions() as session:
        live, at = await kept.accountability(session, NOW, 30, None, least=2, sample=False)
        assert at is None
    await FigureJob(sessions, lambda: NOW, lambda: True).look()
    async with sessions() as session:
        found, at = await kept.accountability(session, NOW, 30, None, least=2, sample=False)
        assert (found, at) == (live, NOW)
        how, at = await kept.how_we_do(session, NOW, 7)
        assert (how, at) == (await gathering.how_we_do(session, NOW, 7), NOW)
        # Several governorates, and another number of complaints, from the parts that are kept.
        places = ("baghdad", "basra")
        for least in (2, 3, 4):
            found, at = await kept.accountability(session, NOW, 30, places, least=least, sample=False)
            assert at == NOW
            assert found == await gathering.accountability(session, NOW, 30, places, least=least)
        # What is not kept is gathered: one complaint, samples too, another period, and what is old.
        for days, least, sample in ((30, 1, False), (30, 2, True), (45, 2, False)):
            _, at = await kept.accountability(session, NOW, days, None, least=least, sample=sample)
            assert at is None
        _, at = await kept.how_we_do(session, NOW + kept.HOLDS, 7)
        assert at is None
        at, took = await kept.newest(session, NOW + timedelta(hours=1))
        assert at == NOW
        assert took > timedelta(0)
        assert await kept.newest(session, NOW + kept.HOLDS) == (None, timedelta(0))


async def test_what_is_quick_is_always_of_now(sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LIVE_BELOW_MS", 60_000)
    await FigureJob(sessions, lambda: NOW, lambda: True).look()
    async with sessions() as session:
        assert (await kept.how_we_do(session, NOW, 7))[1] is None
        assert (await kept.accountability(session, NOW, 7, None, least=2, sample=False))[1] is None


@pytest.mark.usefixtures("slow")
async def test_the_page_says_of_when_they_are(office: Office, settings: Settings) -> None:
    await _upheld(office.sessions, settings, "1", "basra", 3)
    before = utc_now() - timedelta(minutes=7)
    await FigureJob(office.sessions, lambda: before, lambda: True).look()
    boss = await office.colleague("boss", "المدير", Role.ADMINISTRATOR)
    for path in ("/console/accountability", "/console/figures"):
        assert "حُسبت الأرقام منذ 7 دقائق" in await boss.sees(path)
    huda_id = await office.hires("huda", "هدى", Role.CASE_OFFICER)
    async with transaction(office.sessions) as session:
        await accounts.put_grants(session, huda_id, [Grant(Role.CASE_OFFICER, "baghdad")])
    huda = office.guest("huda")
    await huda.enters()
    page = await huda.sees("/console/accountability")
    assert "حُسبت الأرقام منذ" in page
    assert "كريم" not in page
