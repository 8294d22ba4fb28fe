"""Several do the same thing at the same moment: it happens once."""

import asyncio
from functools import partial

from sqlalchemy import func, select

from casework.cases import service
from casework.cases.job import CaseJob
from casework.cases.life import IllegalMoveError
from casework.cases.models import Case, CaseEvent, State, What
from casework.cases.service import StaleCaseError
from tests.casework.cases.conftest import ALI, HASAN, ZAINAB, Bureau


async def test_the_same_complaint_filed_at_once_is_one(bureau: Bureau) -> None:
    cases = await asyncio.gather(*(bureau.file(text="أخذ ألفين زيادة") for _ in range(8)))
    assert len({case.number for case in cases}) == 1
    async with bureau.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Case)) == 1
        assert await session.scalar(select(func.count()).select_from(CaseEvent)) == 1


async def test_of_many_who_take_a_case_on_one_has_it(bureau: Bureau) -> None:
    case = await bureau.file()
    await bureau.act(case.number, partial(service.move, to=State.ASSIGNED, actor="boss", assignee="sara"))

    async def investigate(name: str) -> bool:
        try:
            await bureau.act(case.number, partial(service.move, to=State.UNDER_INVESTIGATION, actor=name))
        except (StaleCaseError, IllegalMoveError):
            return False
        return True

    assert sum(await asyncio.gather(*(investigate(f"officer{place}") for place in range(8)))) == 1
    assert len(await bureau.told(ALI)) == 2


async def test_joining_at_once_counts_each_citizen_once(bureau: Bureau) -> None:
    case = await bureau.file()
    join = [partial(service.support, conversation_id=citizen) for citizen in (ZAINAB, HASAN) * 3]
    assert sum(await asyncio.gather(*(bureau.act(case.number, act) for act in join))) == 2
    assert (await bureau.case(case.number)).supporters == 2


async def test_two_jobs_escalate_once(bureau: Bureau) -> None:
    for place in range(6):
        await bureau.file(text=f"حالة رقم {place}")
    bureau.later(hours=25)
    jobs = [CaseJob(bureau.sessions, bureau.keys, bureau.settings, lambda: bureau.now, lambda: True) for _ in range(2)]
    await asyncio.gather(*(job.look() for job in jobs))
    async with bureau.sessions() as session:
        escalated = select(func.count()).select_from(CaseEvent).where(CaseEvent.what == What.ESCALATED)
        assert await session.scalar(escalated) == 6
