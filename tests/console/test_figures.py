"""How we do, and accountability: the figures as defined, who sees them."""

from datetime import timedelta

from sqlalchemy import insert, update

from bot.models import MESSAGES
from casework.cases.models import Case, State
from casework.handoffs.models import Handoff
from catalog.unanswered import service as unanswered
from catalog.unanswered.models import Outcome
from console.figures import repository
from foundation.clock import utc_now
from foundation.database import transaction
from foundation.settings import Settings
from operations.accounts import repository as accounts
from operations.accounts.models import Role
from operations.accounts.person import Grant
from tests.console import casework
from tests.console.conftest import Office

NOW = utc_now()


async def _says(office: Office, minutes_ago: float, author: str = "citizen", **body: str) -> None:
    values = {
        "conversation_id": await office.conversation_of(0),
        "author": author,
        "text": "سطر",
        "body": body or None,
        "created_at": NOW - timedelta(minutes=minutes_ago),
        "late": False,
    }
    async with transaction(office.sessions) as session:
        await session.execute(insert(MESSAGES).values(**values))


async def _filled(office: Office) -> None:
    await office.http.post("/api/chat/conversations")
    await _says(office, 60 * 24 * 40, intent="greet")
    for minutes in (300, 200, 100):
        await _says(office, minutes, intent="ask_fee")
    await _says(office, 90, intent="out_of_scope")
    await _says(office, 80, kind="photo")
    await _says(office, 79, author="assistant")
    queued = await office.queues("جواز السفر", number=0)
    await _says(office, 40, author="agent")
    assert queued is not None
    async with transaction(office.sessions) as session:
        values = {"opened_at": NOW - timedelta(minutes=50), "ended_at": NOW - timedelta(minutes=20)}
        await session.execute(update(Handoff).values(state="closed", rating=4, **values))
        await unanswered.note(session, "وين ألقى دكتور", Outcome.NOT_FOUND, "", NOW)


async def test_each_figure_as_defined(office: Office) -> None:
    await _filled(office)
    since = NOW - timedelta(days=30)
    async with office.sessions() as session:
        first = await repository.first_message(session, since)
        assert await repository.first_message(session, NOW - timedelta(days=90)) < first
        assert await repository.volume(session, first) == repository.Volume(5, 1, 4, 3, 1)
        hours = await repository.by_hour(session, first)
        assert [sum(one[place] for one in hours) for place in (1, 2)] == [5, 1]
        assert hours[(NOW - timedelta(minutes=90) + timedelta(hours=3)).hour][2] == 1
        assert await repository.by_intent(session, first) == [("ask_fee", 3)]
        assert await repository.questions(session, since) == 1
        reply, resolution, rating, count = await repository.handoffs(session, since)
        assert (reply.count, round(reply.seconds or 0)) == (1, 600)
        assert (resolution.count, round(resolution.seconds or 0)) == (1, 1800)
        assert (rating.count, rating.mean, count) == (1, 4.0, 1)
        (group,) = await repository.by_group(session, since, repository.SERVICE)
        assert (group.key, group.handoffs, group.rating) == ("جواز السفر", 1, 4.0)
        assert len(await repository.by_group(session, since, repository.AGENCY)) == 1
        assert (await repository.cases(session, since))[0].seconds is None


async def test_the_pages(office: Office, settings: Settings) -> None:
    boss = await office.colleague("boss", "المدير", Role.ADMINISTRATOR)
    assert "لم يكتب أحد" in await boss.sees("/console/figures")
    await _filled(office)
    page = await boss.sees("/console/figures?days=30")
    assert "جواز السفر" in page
    assert repository.DEFINITIONS["handoffs"] in page
    agent_id = await casework.agent(office.sessions)
    for number in range(3):
        case = await casework.case(office.sessions, settings, agent_id=agent_id, text=f"شكوى {number}", hours_ago=30)
        values = {"state": State.UPHELD, "outcome": State.UPHELD, "decided_at": NOW, "resolution_seconds": 7200}
        async with transaction(office.sessions) as session:
            await session.execute(update(Case).where(Case.id == case.id).values(**values))
    page = await boss.sees("/console/accountability?least=3")
    assert "كريم جاسم محمد" in page
    assert "ساعتين" in page
    assert "كريم جاسم محمد" not in await boss.sees("/console/accountability?least=4")
    account_id = await office.hires("huda", "هدى", Role.CASE_OFFICER)
    async with transaction(office.sessions) as session:
        await accounts.put_grants(session, account_id, [Grant(Role.CASE_OFFICER, "baghdad")])
    huda = office.guest("huda")
    await huda.enters()
    assert "كريم" not in await huda.sees("/console/accountability?least=1")
    assert (await huda.http.get("/console/figures")).status_code == 403
