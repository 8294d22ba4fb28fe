"""What the office does with several cases: merging duplicates, giving many to somebody and taking that back."""

import pytest

from casework.cases import bulk, life, merging, repository
from casework.cases.models import Kind, State
from casework.cases.service import NotAllowedError
from casework.places import atlas
from operations.accounts.governorates import GOVERNORATES
from tests.casework.cases.conftest import ALI, HASAN, ZAINAB, Bureau


async def test_a_duplicate_becomes_part_of_the_other(bureau: Bureau) -> None:
    first = await bureau.file(ALI, agent_id=1)
    second = await bureau.file(ZAINAB, agent_id=1, text="أخذ مني ثلاثة آلاف")
    async with bureau.open() as office:
        await repository.add_supporter(office.session, second.id, HASAN, None, bureau.now)
    async with bureau.open() as office:
        one, other = await bureau.case(second.number, office.session), await bureau.case(first.number, office.session)
        await merging.merge(office, one, other, "sara")
    merged, goes_on = await bureau.case(second.number), await bureau.case(first.number)
    assert (merged.state, merged.merged_into, merged.due_at) == (State.CLOSED, first.number, None)
    assert goes_on.supporters == 2
    assert "ضُمت شكواك إلى شكوى أخرى" in (await bureau.told(ZAINAB))[0].text
    assert "انضممت" in (await bureau.told(HASAN))[0].text
    assert await bureau.told(ALI) == []
    async with bureau.sessions() as session:
        assert list(await repository.merged(session, first.number)) == [second.number]
        joined = await repository.joined(session, goes_on.id)
    assert [(who, text and bureau.keys.decrypt(text)) for who, text in joined] == [
        (HASAN, None),
        (ZAINAB, "أخذ مني ثلاثة آلاف"),
    ]
    assert life.reopen_until(merged, bureau.settings) is None


async def test_what_cannot_be_merged(bureau: Bureau) -> None:
    complaint = await bureau.file(ALI)
    idea = await bureau.file(ZAINAB, kind=Kind.SUGGESTION, text="وزعوا الحصة في أول الشهر")
    async with bureau.open() as office:
        for one, other in ((complaint, complaint), (complaint, idea)):
            with pytest.raises(NotAllowedError):
                await merging.merge(office, one, other, "sara")


async def test_a_bulk_assignment_is_taken_back_before_anybody_hears_of_it(bureau: Bureau) -> None:
    cases = [await bureau.file(who) for who in (ALI, ZAINAB)]
    due = cases[0].due_at
    async with bureau.open() as office:
        batch = await bulk.assign(office, await repository.by_numbers(office.session, _numbers(cases)), "sara", "boss")
    assert (await bureau.case(cases[0].number)).assignee == "sara"
    assert await bureau.told(ALI) == []
    bureau.later(seconds=5)
    async with bureau.open() as office:
        found = await repository.batch(office.session, batch.id, for_change=True)
        assert found is not None
        assert await bulk.undo(office, found, "boss") == 2
        assert await bulk.undo(office, found, "boss") == 0
    again = await bureau.case(cases[0].number)
    assert (again.state, again.assignee, again.due_at) == (State.RECEIVED, None, due)
    bureau.later(minutes=5)
    assert await bureau.told(ALI) == []


async def test_a_bulk_assignment_that_stays_is_told_after_the_time_to_undo(bureau: Bureau) -> None:
    case = await bureau.file(ALI)
    async with bureau.open() as office:
        batch = await bulk.assign(office, await repository.by_numbers(office.session, [case.number]), "sara", "boss")
    bureau.later(seconds=bureau.settings.case_undo_seconds)
    assert "صارت عند موظف مختص" in (await bureau.told(ALI))[0].text
    async with bureau.open() as office:
        found = await repository.batch(office.session, batch.id)
        assert found is not None
        assert await bulk.undo(office, found, "boss") == 0


def test_governorates_of_roles_are_those_of_cases() -> None:
    assert {one.code: one.name for one in atlas.governorates()} == dict(GOVERNORATES)


def _numbers(cases: list) -> list[str]:  # type: ignore[type-arg]
    return [case.number for case in cases]
