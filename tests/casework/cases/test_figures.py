"""Lists and figures: right, complete from page to page, and nothing counted twice."""

from dataclasses import replace
from datetime import timedelta

from casework.cases import service, withdrawing
from casework.cases.accountability import repository as figures
from casework.cases.accountability.repository import Backlog, HotSpot, Period, Resolution
from casework.cases.browse import repository as browse
from casework.cases.browse.filters import Filter
from casework.cases.models import Case, Kind, Measure, State
from tests.casework.cases.conftest import ALI, HASAN, NOW, ZAINAB, Bureau

YEAR = Period(NOW - timedelta(days=365), NOW + timedelta(days=365))


async def decide(bureau: Bureau, case: Case, to: State, hours: int, *, close: bool = False) -> None:
    """Brings a case to its decision, so many hours after it was filed."""
    before, bureau.now = bureau.now, case.created_at + timedelta(hours=hours)
    async with bureau.open() as office:
        one = await bureau.case(case.number, office.session)
        await service.move(office, one, State.ASSIGNED, "boss", assignee="sara")
        await service.move(office, one, State.UNDER_INVESTIGATION, "sara")
        measure = Measure.WARNING if to == State.UPHELD else None
        await service.move(office, one, to, "sara", measure=measure)
        if close:
            await service.move(office, one, State.CLOSED, "sara")
    bureau.now = before


async def filled(bureau: Bureau) -> list[Case]:
    """Seven cases: three upheld and one not on agent 1, one upheld on agent 2, a suggestion, a sample."""
    place = {"governorate": "basra", "district": "basra-zubair"}
    cases = []
    for number in range(4):
        cases.append(await bureau.file(text=f"حالة {number}", agent_id=1, **place))
        bureau.later(minutes=1)
    cases.append(await bureau.file(text="أخرى", agent_id=2, governorate="basra", district="basra-faw", kind=Kind.DELAY))
    cases.append(await bureau.file(text="مقترح", kind=Kind.SUGGESTION, governorate="baghdad"))
    cases.append(await bureau.file(text="نموذج", agent_id=1, sample=True, **place))
    for case, hours in zip(cases[:3], (10, 20, 60), strict=True):
        await decide(bureau, case, State.UPHELD, hours, close=hours == 60)
    await decide(bureau, cases[3], State.NOT_UPHELD, 30)
    await decide(bureau, cases[4], State.UPHELD, 5)
    return cases


async def test_agents_with_repeated_upheld_complaints(bureau: Bureau) -> None:
    cases = await filled(bureau)
    async with bureau.sessions() as session:
        (one,) = await figures.repeated_agents(session, YEAR, 2, 10)
        assert (one.number, one.upheld, one.citizens) == ("4417", 3, 3)
        assert len(await figures.repeated_agents(session, YEAR, 1, 10)) == 2
        elsewhere = Period(YEAR.since, YEAR.until, governorates=("baghdad",))
        assert not await figures.repeated_agents(session, elsewhere, 1, 10)
        past = Period(YEAR.since, NOW)
        assert not await figures.repeated_agents(session, past, 1, 10)
    bureau.now = cases[1].created_at + timedelta(hours=21)
    async with bureau.open() as office:
        again = await bureau.case(cases[1].number, office.session)
        await service.reopen(office, again, ALI)
    async with bureau.sessions() as session:
        (one,) = await figures.repeated_agents(session, YEAR, 2, 10)
        assert one.upheld == 2, "the reopened one waits for its decision"


async def test_hot_spots_count_those_who_joined(bureau: Bureau) -> None:
    case = await bureau.file(text="أولى", agent_id=1, governorate="basra", district="basra-faw", kind=Kind.DELAY)
    async with bureau.open() as office:
        one = await bureau.case(case.number, office.session)
        for citizen in (ZAINAB, HASAN):
            await service.support(office, one, citizen)
    await bureau.file(text="ثانية", governorate="basra", district="basra-zubair")
    async with bureau.sessions() as session:
        assert await figures.hot_spots(session, YEAR, 10) == [
            HotSpot("basra", "basra-faw", Kind.DELAY, 1, 3),
            HotSpot("basra", "basra-zubair", Kind.EXTRA_MONEY, 1, 1),
        ]


async def test_time_to_resolution_is_a_median(bureau: Bureau) -> None:
    await filled(bureau)
    async with bureau.sessions() as session:
        assert await figures.resolution(session, YEAR) == [Resolution("basra", 5, 20.0)]
    more = await bureau.file(text="سادسة", governorate="basra")
    await decide(bureau, more, State.UPHELD, 26)
    async with bureau.sessions() as session:
        assert await figures.resolution(session, YEAR) == [Resolution("basra", 6, 23.0)]


async def test_what_waits_and_what_is_late(bureau: Bureau) -> None:
    await filled(bureau)
    await bureau.file(text="ثامنة", governorate="basra")
    bureau.later(hours=25)
    await bureau.file(text="تاسعة", governorate="basra")
    async with bureau.sessions() as session:
        assert await figures.backlog(session, bureau.now, YEAR) == [Backlog("basra", 2, 1), Backlog("baghdad", 1, 1)]
        with_samples = Period(YEAR.since, YEAR.until, sample=True)
        assert (await figures.backlog(session, bureau.now, with_samples))[0] == Backlog("basra", 3, 2)


async def test_lists_are_complete_from_page_to_page(bureau: Bureau) -> None:
    cases = await filled(bureau)
    async with bureau.sessions() as session:

        async def pages(wanted: Filter) -> list[str]:
            numbers: list[str] = []
            after = None
            while rows := await browse.newest(session, wanted, 2, after):
                numbers += [row.number for row in rows]
                after = (rows[-1].created_at, rows[-1].id)
            assert await browse.count(session, wanted) == len(numbers)
            return numbers

        assert await pages(Filter()) == [case.number for case in reversed(cases)]
        assert await pages(Filter(states=(State.UPHELD,))) == [cases[place].number for place in (4, 1, 0)]
        assert await pages(Filter(states=(State.CLOSED, State.NOT_UPHELD))) == [cases[3].number, cases[2].number]
        assert await pages(Filter(kind=Kind.SUGGESTION)) == [cases[5].number]
        assert await pages(Filter(governorate="basra", district="basra-faw")) == [cases[4].number]
        assert await pages(Filter(governorates=("baghdad",))) == [cases[5].number]
        assert await pages(Filter(agent_id=2)) == [cases[4].number]
        assert len(await pages(Filter(assignee="sara"))) == 5
        assert await pages(Filter(since=NOW, until=NOW + timedelta(minutes=1))) == [cases[0].number]
        late = Filter(overdue_at=NOW + timedelta(days=30))
        assert len(await pages(late)) == 2, "decided ones are not late"
        (row,) = await browse.newest(session, Filter(agent_id=2), 5)
        assert row.agent_name == "سالم عبد الله حسن"
        urgent = await browse.most_urgent(session, Filter(), 50)
        due = [row.due_at for row in urgent if row.due_at is not None]
        assert due == sorted(due)
        assert {row.number for row in urgent} == {cases[5].number, cases[6].number}, "what is decided is not urgent"
        second = await browse.most_urgent(session, Filter(), 50, (urgent[0].due_at or NOW, urgent[0].id))
        assert [row.id for row in second] == [row.id for row in urgent[1:]]
        events = await browse.last_events(session, [cases[0].id, cases[5].id])
        assert (events[cases[0].id].to_state, events[cases[5].id].what) == ("upheld", "filed")


async def test_what_was_withdrawn_is_no_complaint_of_a_place(bureau: Bureau) -> None:
    case = await bureau.file(ALI, text="سحبها صاحبها", governorate="basra", district="basra-zubair")
    async with bureau.open() as office:
        await withdrawing.withdraw(office, await bureau.case(case.number, office.session), ALI)
    async with bureau.sessions() as session:
        assert await figures.hot_spots(session, YEAR, 10) == []


async def test_samples_count_in_the_menu_while_nothing_else_has_come(bureau: Bureau) -> None:
    await bureau.file(text="نموذج", sample=True)
    late = Filter(overdue_at=NOW + timedelta(days=90))
    async with bureau.sessions() as session:
        assert await figures.only_samples(session)
        assert await browse.count(session, late) == 1
    await bureau.file(text="شكوى")
    async with bureau.sessions() as session:
        assert not await figures.only_samples(session)
        assert await browse.count(session, replace(late, samples=False)) == 1
