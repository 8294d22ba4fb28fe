"""A citizen takes a complaint back: asked once more, noted, seen by the officer, reopened if it was a mistake."""

from functools import partial

import pytest
from sqlalchemy import select

from casework.cases import numbers, repository, service, withdrawing
from casework.cases.chat.parts import withdraws
from casework.cases.chat.track import asks_where
from casework.cases.life import IllegalMoveError
from casework.cases.models import Measure, State, What
from casework.cases.service import NotAllowedError
from operations.audit.models import Action, AuditEntry
from tests.casework.cases.chatting import Citizen
from tests.casework.cases.conftest import ALI, HASAN, ZAINAB, Bureau


@pytest.fixture
def ali(bureau: Bureau) -> Citizen:
    """Who complained."""
    return Citizen(bureau, ALI)


async def test_withdrawn_after_a_yes(bureau: Bureau, ali: Citizen) -> None:
    case = await bureau.file()
    await bureau.act(case.number, partial(service.move, to=State.ASSIGNED, actor="sara", assignee="sara"))
    await ali.begins("track", "وين وصلت شكواي")
    asked = await ali.presses("اسحب شكواي")
    assert numbers.show(case.number) in asked
    assert "خوّفك" in asked
    said = await ali.presses("نعم، اسحبها")
    assert "سحبنا شكواك" in said
    assert [choice.title for choice in ali.buttons()] == ["أعد فتحها"]
    found = await bureau.case(case.number)
    assert (found.state, found.outcome, found.due_at, found.look_at) == (State.WITHDRAWN, None, None, None)
    async with bureau.sessions() as session:
        last = (await repository.events(session, case.id))[-1]
        (entry,) = (await session.scalars(select(AuditEntry).where(AuditEntry.action == Action.CASE_WITHDRAWN))).all()
    assert (last.what, last.actor, last.from_state, last.to_state) == (
        What.WITHDRAWN,
        "citizen",
        State.ASSIGNED,
        State.WITHDRAWN,
    )
    assert (entry.who, entry.subject) == ("citizen", f"case/{case.number}")
    with pytest.raises(IllegalMoveError):
        await bureau.act(case.number, partial(service.move, to=State.UNDER_INVESTIGATION, actor="sara"))
    shown = await ali.begins("track", "وين وصلت شكواي")
    assert "سحبها صاحبها" in shown
    assert "كيف كان تعاملنا" not in shown
    with pytest.raises(NotAllowedError):
        await bureau.act(case.number, partial(service.rate, conversation_id=ALI, stars=5))


async def test_regretted(bureau: Bureau, ali: Citizen) -> None:
    case = await bureau.file()
    await ali.begins("withdraw", "اسحب شكواي")
    await ali.says("نعم")
    await ali.presses("أعد فتحها")
    assert "أُعيد فتحها" in await ali.says("تراجعت عن السحب")
    assert (await bureau.case(case.number)).state == State.RECEIVED


@pytest.mark.parametrize("answer", ["لا، اتركها", "لا"])
async def test_left_as_it_is(bureau: Bureau, ali: Citizen, answer: str) -> None:
    case = await bureau.file()
    await ali.begins("withdraw", "اسحب شكواي")
    said = await ali.says("لا") if answer == "لا" else await ali.presses(answer)
    assert "تبقى شكواك كما هي" in said
    assert (await bureau.case(case.number)).state == State.RECEIVED


async def test_one_of_several_is_chosen(bureau: Bureau, ali: Citizen) -> None:
    first, second = await bureau.file(text="أولى"), await bureau.file(text="ثانية")
    others = await bureau.file(ZAINAB, text="لزينب")
    assert "أي واحدة" in await ali.begins("withdraw", "اريد اسحب الشكوى")
    assert "ليس لشكوى مفتوحة" in await ali.says(others.number)
    await ali.presses(numbers.show(first.number))
    await ali.presses("نعم")
    assert (await bureau.case(first.number)).state == State.WITHDRAWN
    assert (await bureau.case(second.number)).state == State.RECEIVED
    assert (await bureau.case(others.number)).state == State.RECEIVED


async def test_what_others_joined_goes_on(bureau: Bureau, ali: Citizen) -> None:
    case = await bureau.file()
    await bureau.act(case.number, partial(service.support, conversation_id=ZAINAB, text="ومني"))
    await ali.begins("withdraw", "اسحب شكواي")
    assert "تبقى مفتوحة لهم" in await ali.presses("نعم")
    found = await bureau.case(case.number)
    assert (found.state, found.conversation_id) == (State.RECEIVED, None)
    assert "لا أرى لك شكوى مفتوحة" in await ali.begins("withdraw", "اسحب شكواي")


async def test_nobody_elses_and_nothing_decided(bureau: Bureau, ali: Citizen) -> None:
    case = await bureau.file()
    hasan = Citizen(bureau, HASAN)
    assert "لا أرى لك شكوى مفتوحة" in await hasan.begins("withdraw", f"اسحب الشكوى {case.number}")
    with pytest.raises(NotAllowedError):
        await bureau.act(case.number, partial(withdrawing.withdraw, conversation_id=HASAN))
    await ali.begins("track", "وين وصلت شكواي")
    await bureau.act(case.number, partial(service.move, to=State.ASSIGNED, actor="sara", assignee="sara"))
    await bureau.act(case.number, partial(service.move, to=State.UNDER_INVESTIGATION, actor="sara"))
    await bureau.act(case.number, partial(service.move, to=State.UPHELD, actor="sara", measure=Measure.FINE))
    assert "صدرت نتيجتها" in await ali.presses("اسحب شكواي")


@pytest.mark.parametrize(
    "line",
    [
        *("اسحب شكواي", "الغوا شكواي", "سحب الشكوى", "اريد الغي شكواي", "ابي أتنازل عن الشكوى لو سمحت"),
        *("شكواي على الوكيل اريد اسحبها", "تنازلت عن شكواي وما اريد شي", "ممكن تسحبون شكوتي من عندكم"),
    ],
)
def test_wishes_to_withdraw(line: str) -> None:
    assert withdraws(line)


@pytest.mark.parametrize(
    "line",
    [
        *("الوكيل هددني حتى اسحب شكواي", "يريدني اتنازل عن الشكوى", "الغاء الموعد مشكور", "سحب راتب بالماستر"),
        *("شكواي وين وصلت", "احذف بياناتي", "شلون الغي الوكالة"),
    ],
)
def test_no_wish_to_withdraw(line: str) -> None:
    assert not withdraws(line)


@pytest.mark.parametrize(
    "line", ["وين وصلت", "وين وصلت؟", "شصار", "زين وين صارت هسه", "اكو شي جديد", "شصار بيها", "لوين وصلت", "محد رد"]
)
async def test_how_far_alone_is_the_case_filed_last(bureau: Bureau, ali: Citizen, line: str) -> None:
    assert asks_where(line)
    await bureau.file(text="أولى")
    bureau.later(days=3)
    last = await bureau.file(text="ثانية")
    assert numbers.show(last.number) in await ali.begins("track", line)
    assert "أي واحدة" not in ali.heard[-1].text
    bureau.later(days=3)
    assert "أي واحدة" in await ali.begins("track", line)


@pytest.mark.parametrize("line", ["وين وصلت معاملة الجواز", "شصار بقرض الاسكان", "وين وصل الغاز", "شنو الرسوم", "وين"])
def test_of_something_else(line: str) -> None:
    assert not asks_where(line)
