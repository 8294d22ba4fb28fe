"""A case from filing to closing: who may do what, what the citizen hears, what is late."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from casework.cases import life, numbers, repository, service
from casework.cases.job import CaseJob
from casework.cases.keeping import card_digests
from casework.cases.life import IllegalMoveError
from casework.cases.models import Case, CaseEvent, CaseSupporter, Kind, Measure, State, What
from casework.cases.office import Office
from casework.cases.service import NotAllowedError, StaleCaseError
from operations.events.models import Event
from tests.casework.cases.conftest import ALI, HASAN, ZAINAB, Bureau

TEXT = "أخذ مني الوكيل ألفين زيادة واسمي علي حسين 07701234567"
CARD = "1234567"
Act = Callable[[Office, Case], Awaitable[None]]


def assign(to: str = "sara") -> Act:
    """Gives a case to somebody."""
    return partial(service.move, to=State.ASSIGNED, actor="boss", assignee=to)


investigate = partial(service.move, to=State.UNDER_INVESTIGATION, actor="sara")
uphold = partial(service.move, to=State.UPHELD, actor="sara", measure=Measure.WARNING)
reject = partial(service.move, to=State.NOT_UPHELD, actor="sara")
close = partial(service.move, to=State.CLOSED, actor="sara")


async def decided(bureau: Bureau, *last: Act, **fields: Any) -> Case:
    """A case that was filed, assigned, investigated and decided."""
    case = await bureau.file(**fields)
    steps: list[Act] = [assign(), investigate, *last]
    for act in steps:
        bureau.later(hours=1)
        await bureau.act(case.number, act)
    return await bureau.case(case.number)


async def test_from_filing_to_closing_the_citizen_hears_of_each_step_in_order(bureau: Bureau) -> None:
    case = await decided(bureau, uphold, close, text=TEXT)
    told = await bureau.told(ALI)
    assert [prompt.text.splitlines()[1][:12] for prompt in told] == [
        "صارت عند موظف مختص."[:12],
        "بدأ التحقيق."[:12],
        "انتهى التحقيق، وثبت"[:12],
        "أُغلقت.",
    ]
    assert all(numbers.show(case.number) in prompt.text for prompt in told)
    assert "إنذار الوكيل" in told[2].text
    assert "أعد فتحها حتى 2026/11/26 الساعة 15:00" in told[2].text
    assert [choice.title for choice in told[2].choices] == ["أعد فتحها", "1", "2", "3", "4", "5"]
    assert not told[0].choices
    assert (case.state, case.outcome, case.measure) == (State.CLOSED, State.UPHELD, Measure.WARNING)
    assert case.resolution_seconds == 3 * 3600
    async with bureau.sessions() as session:
        events = await repository.events(session, case.id)
    assert [(event.what, event.actor, event.from_state, event.to_state) for event in events] == [
        ("filed", "citizen", None, "received"),
        ("moved", "boss", "received", "assigned"),
        ("moved", "sara", "assigned", "under_investigation"),
        ("moved", "sara", "under_investigation", "upheld"),
        ("moved", "sara", "upheld", "closed"),
    ]
    assert [event.at for event in events] == sorted(event.at for event in events)


async def test_only_what_may_follow_follows(bureau: Bureau) -> None:
    case = await bureau.file()
    for to in set(State) - {State.ASSIGNED}:
        with pytest.raises(IllegalMoveError):
            await bureau.act(case.number, partial(service.move, to=to, actor="sara"))
    assert set(life.TRANSITIONS) == set(State)
    with pytest.raises(NotAllowedError):
        await bureau.act(case.number, partial(service.move, to=State.ASSIGNED, actor="boss"))
    await bureau.act(case.number, assign())
    await bureau.act(case.number, assign("omar"))
    await bureau.act(case.number, investigate)
    with pytest.raises(NotAllowedError):
        await bureau.act(case.number, partial(service.move, to=State.UPHELD, actor="sara"))
    with pytest.raises(NotAllowedError):
        await bureau.act(case.number, partial(reject, measure=Measure.FINE))
    assert (await bureau.case(case.number)).assignee == "omar"


async def test_who_saw_an_older_version_is_refused(bureau: Bureau) -> None:
    case = await bureau.file()
    await bureau.act(case.number, assign())

    async def late(office: Office, seen: Case) -> None:
        office.session.expunge(seen)
        seen.version -= 1
        await assign("omar")(office, seen)

    with pytest.raises(StaleCaseError):
        await bureau.act(case.number, late)
    assert (await bureau.case(case.number)).assignee == "sara"


async def test_reopened_by_its_citizen_in_time_and_not_for_ever(bureau: Bureau) -> None:
    case = await decided(bureau, reject)
    with pytest.raises(NotAllowedError):
        await bureau.act(case.number, partial(service.reopen, conversation_id=ZAINAB))
    bureau.later(hours=72)
    await bureau.act(case.number, partial(service.reopen, conversation_id=ALI, reason="عندي شهود"))
    again = await bureau.case(case.number)
    assert (again.state, again.outcome, again.assignee, again.reopened) == (State.RECEIVED, None, None, 1)
    with pytest.raises(NotAllowedError):
        await bureau.act(case.number, partial(service.reopen, conversation_id=ALI))
    for act in (assign(), investigate, reject, close):
        await bureau.act(case.number, act)
    bureau.later(hours=72, seconds=1)
    with pytest.raises(NotAllowedError):
        await bureau.act(case.number, partial(service.reopen, conversation_id=ALI))
    bureau.later(seconds=-1)
    await bureau.act(case.number, partial(service.reopen, conversation_id=ALI))
    for act in (assign(), investigate, reject):
        await bureau.act(case.number, act)
    assert "أعد فتحها" not in {choice.title for choice in (await bureau.told(ALI))[-1].choices}
    with pytest.raises(NotAllowedError):
        await bureau.act(case.number, partial(service.reopen, conversation_id=ALI))


async def test_rated_by_its_citizen_after_the_decision(bureau: Bureau) -> None:
    case = await bureau.file()
    with pytest.raises(NotAllowedError):
        await bureau.act(case.number, partial(service.rate, conversation_id=ALI, stars=5))
    case = await decided(bureau, uphold, text="غير ذلك")
    for who, stars in ((ZAINAB, 5), (ALI, 0), (ALI, 6)):
        with pytest.raises(NotAllowedError):
            await bureau.act(case.number, partial(service.rate, conversation_id=who, stars=stars))
    await bureau.act(case.number, partial(service.rate, conversation_id=ALI, stars=2))
    await bureau.act(case.number, partial(service.rate, conversation_id=ALI, stars=4))
    assert (await bureau.case(case.number)).rating == 4


async def test_a_suggestion_is_spoken_of_as_one(bureau: Bureau) -> None:
    case = await bureau.file(kind=Kind.SUGGESTION)
    for act in (assign(), investigate, partial(service.move, to=State.UPHELD, actor="sara"), close):
        await bureau.act(case.number, act)
    told = "\n".join(prompt.text for prompt in await bureau.told(ALI))
    assert "مقترحك" in told
    assert "شكواك" not in told


async def test_late_cases_are_escalated_and_decided_ones_closed(bureau: Bureau) -> None:
    late, waiting = await bureau.file(), await decided(bureau, reject, text="غير ذلك")
    leads = True
    job = CaseJob(bureau.sessions, bureau.keys, bureau.settings, lambda: bureau.now, lambda: leads)
    assert await job.look() == 0
    bureau.later(hours=24)
    assert await job.look() == 1
    assert await job.look() == 0
    assert (await bureau.case(late.number)).escalations == 1
    assert ["تأخرت عن الموعد" in prompt.text for prompt in await bureau.told(ALI)].count(True) == 1
    for _ in range(5):
        bureau.later(hours=24)
        await job.look()
    case = await bureau.case(late.number)
    assert (case.escalations, case.look_at) == (life.ESCALATIONS_MAX, None)
    assert case.due_at is not None
    assert case.due_at < bureau.now, "it stays late"
    assert (await bureau.case(waiting.number)).state == State.CLOSED
    assert ["تأخرت عن الموعد" in prompt.text for prompt in await bureau.told(ALI)].count(True) == 1


async def test_the_same_complaint_in_one_breath_is_one(bureau: Bureau) -> None:
    first = await bureau.file(text="الوكيل أخذ ألفين زيادة!")
    assert (await bureau.file(text="الوكيل اخذ  ألفين زياده")).number == first.number
    assert (await bureau.file(ZAINAB, text="الوكيل أخذ ألفين زيادة!")).number != first.number
    bureau.later(minutes=11)
    assert (await bureau.file(text="الوكيل أخذ ألفين زيادة!")).number != first.number


async def test_a_similar_case_of_the_month_is_joined_and_counts(bureau: Bureau) -> None:
    case = await bureau.file(agent_id=1, text=TEXT)
    async with bureau.open() as office:
        assert await service.similar(office, 1, Kind.EXTRA_MONEY, ALI) is None, "not one's own"
        assert await service.similar(office, 2, Kind.EXTRA_MONEY, ZAINAB) is None
        assert await service.similar(office, 1, Kind.DELAY, ZAINAB) is None
        found = await service.similar(office, 1, Kind.EXTRA_MONEY, ZAINAB)
        assert found is not None
        assert await service.support(office, found, ZAINAB, "ومني أيضاً")
        assert not await service.support(office, found, ZAINAB)
        with pytest.raises(NotAllowedError):
            await service.support(office, found, ALI)
        assert await service.similar(office, 1, Kind.EXTRA_MONEY, ZAINAB) is None
    assert (await bureau.case(case.number)).supporters == 1
    await bureau.act(case.number, assign())
    (told,) = await bureau.told(ZAINAB)
    assert "انضممت إليها" in told.text
    assert len(await bureau.told(ALI)) == 1
    async with bureau.sessions() as session:
        assert [each.number for each in await repository.of_conversation(session, ZAINAB, 10)] == [case.number]
    bureau.later(days=31)
    async with bureau.open() as office:
        assert await service.similar(office, 1, Kind.EXTRA_MONEY, HASAN) is None, "of another month"


async def test_nothing_personal_in_plain_columns_or_events(bureau: Bureau) -> None:
    case = await bureau.file(text=TEXT, ration_card=CARD, agent_named="أبو محمد جار بيتنا")
    await bureau.act(case.number, partial(service.note, actor="sara", text="اتصلت بعلي حسين"))
    async with bureau.sessions() as session:
        rows = [
            *(await session.execute(select(*Case.__table__.c))).all(),
            *(await session.execute(select(*CaseEvent.__table__.c))).all(),
            *(await session.execute(select(*CaseSupporter.__table__.c))).all(),
            *(await session.execute(select(*Event.__table__.c))).all(),
        ]
    plain = repr(rows)
    for marked in (TEXT, "علي حسين", "07701234567", CARD, "أبو محمد"):
        assert marked not in plain
    async with bureau.open() as office:
        found = await bureau.case(case.number, office.session)
        assert office.opened(found.text) == TEXT
        assert office.opened(found.ration_card) == CARD
        assert found.ration_card_digest in card_digests(office.keys, CARD)
        events = await repository.events(office.session, case.id)
        assert office.opened(events[-1].note) == "اتصلت بعلي حسين"
        assert events[-1].what == What.NOTED
    assert await bureau.told(ALI) == []


async def test_a_citizen_has_what_they_gave_erased(bureau: Bureau) -> None:
    case = await decided(bureau, uphold, text=TEXT, ration_card=CARD, agent_id=1, file_ids=("f" * 32,))
    other = await bureau.file(ZAINAB)
    async with bureau.open() as office:
        await service.support(office, await bureau.case(other.number, office.session), ALI, "ومني")
    async with bureau.open() as office:
        assert await repository.erase(office.session, ALI) == ["f" * 32]
    case = await bureau.case(case.number)
    assert (case.text, case.ration_card, case.ration_card_digest, case.conversation_id) == (None, None, None, None)
    assert (case.outcome, case.agent_id) == (State.UPHELD, 1)
    async with bureau.sessions() as session:
        assert not await repository.supporters(session, other.id)


async def test_closed_cases_are_forgotten_after_their_days(bureau: Bureau) -> None:
    old = await decided(bureau, uphold, close, file_ids=("f" * 32,))
    bureau.later(days=1)
    before = bureau.now
    young = await decided(bureau, uphold, close, text="غير ذلك")
    still_open = await bureau.file(text="شيء آخر")
    async with bureau.open() as office:
        assert await repository.forget_closed(office.session, before, 10, dry=True) == (1, ())
        assert await repository.forget_closed(office.session, before, 10, dry=False) == (1, ["f" * 32])
    async with bureau.sessions() as session:
        assert await repository.by_number(session, old.number) is None
        assert await repository.by_number(session, young.number) is not None
        assert await repository.by_number(session, still_open.number) is not None
        assert not await repository.events(session, old.id)
