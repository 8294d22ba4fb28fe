"""«وين وصلت شكواي»: one's own in full, others' state only, guessing leads nowhere."""

from functools import partial

import pytest
from sqlalchemy import select

from casework.cases import numbers, service
from casework.cases.models import Measure, State
from operations.audit.models import Action, AuditEntry
from tests.casework.cases.chatting import Citizen
from tests.casework.cases.conftest import ALI, HASAN, ZAINAB, Bureau

TEXT = "أخذ ألفين زيادة"


@pytest.fixture
def ali(bureau: Bureau) -> Citizen:
    """Who complained."""
    return Citizen(bureau, ALI)


@pytest.fixture
def hasan(bureau: Bureau) -> Citizen:
    """Somebody else."""
    return Citizen(bureau, HASAN)


async def decide(bureau: Bureau, number: str) -> None:
    """Upholds a case."""
    for to, more in (
        (State.ASSIGNED, {"assignee": "sara"}),
        (State.UNDER_INVESTIGATION, {}),
        (State.UPHELD, {"measure": Measure.FINE}),
    ):
        await bureau.act(number, partial(service.move, to=to, actor="sara", **more))


async def test_ones_own_case_in_full(bureau: Bureau, ali: Citizen) -> None:
    assert "ما رقم الشكوى" in await ali.begins("track", "وين وصلت شكواي")
    assert "المحادثة" in (said := await ali.presses("ليس عندي")) or "محادثة" in said
    case = await bureau.file(agent_id=1, governorate="basra", district="basra-zubair", text=TEXT)
    shown = await ali.begins("track", "وين وصلت شكواي")
    for part in (numbers.show(case.number), "الزبير، البصرة", "كريم جاسم محمد", "وصلت ولم يستلمها"):
        assert part in shown
    assert TEXT not in shown, "not more than is asked for"
    await decide(bureau, case.number)
    shown = await ali.begins("track", f"شصار بالشكوى {case.number}")
    for part in ("ثبتت صحتها", "غرامة على الوكيل", "قيد التحقيق", "أعد فتحها حتى"):
        assert part in shown


async def test_several_are_listed(bureau: Bureau, ali: Citizen) -> None:
    first = await bureau.file(text="أولى")
    second = await bureau.file(text="ثانية")
    said = await ali.begins("track", "وين وصلت شكواي")
    assert said.index(numbers.show(second.number)) > 0
    assert numbers.show(first.number) in await ali.presses(numbers.show(first.number))


async def test_others_with_the_number_see_the_state_only(bureau: Bureau, hasan: Citizen) -> None:
    case = await bureau.file(agent_id=1, governorate="basra", district="basra-zubair", text=TEXT)
    await decide(bureau, case.number)
    shown = await hasan.begins("track", numbers.show(case.number))
    assert "ثبتت صحتها" in shown
    for part in ("كريم", "الزبير", TEXT, "غرامة", "مبلغ"):
        assert part not in shown
    assert not hasan.buttons()


async def test_wrong_numbers_are_told_without_a_look_up(bureau: Bureau, hasan: Citizen) -> None:
    case = await bureau.file()
    wrong = case.number[:-1] + str((int(case.number[-1]) + 1) % 10)
    assert "في الرقم خطأ" in await hasan.begins("track", wrong)
    for _ in range(10):
        assert "في الرقم خطأ" in await hasan.says(wrong)
    assert "عشرة أرقام" in await hasan.says("R-123")
    assert "رقم هاتف" in await hasan.says("07701234567")
    assert "(aside: شلونكم اليوم)" in await hasan.says("شلونكم اليوم")
    assert numbers.show(case.number) in await hasan.says(" ".join(case.number)), "none of it was counted"


async def test_guessing_is_locked_and_audited(bureau: Bureau, ali: Citizen, hasan: Citizen) -> None:
    case = await bureau.file()
    said = await hasan.begins("track", numbers.new())
    tries = 1
    while "حاول مرة أخرى بعد" not in said:
        said = await hasan.says(numbers.new())
        tries += 1
    assert tries == bureau.settings.attempts_before_lock
    assert "حاول مرة أخرى" in await hasan.begins("track", case.number), "not even a right number"
    own = await bureau.file(HASAN, text="قضيتي")
    assert numbers.show(own.number) in await hasan.begins("track", own.number), "one's own is never locked away"
    async with bureau.sessions() as session:
        refused = (await session.scalars(select(AuditEntry).where(AuditEntry.action == Action.CASE_REFUSED))).all()
        assert len(refused) == tries
        assert case.number not in repr([(entry.who, entry.subject, entry.details) for entry in refused])
    assert "وصلت" in await ali.begins("track", case.number), "others are not touched"


async def test_reopened_and_rated_by_buttons(bureau: Bureau, ali: Citizen, hasan: Citizen) -> None:
    case = await bureau.file()
    await decide(bureau, case.number)
    assert "سجلنا تقييمك 2 من 5" in await ali.told("2")
    assert "لماذا" in await ali.told("أعد فتحها")
    assert "أُعيد فتحها" in await ali.says("عندي وصل يثبت كلامي")
    again = await bureau.case(case.number)
    assert (again.state, again.reopened, again.rating) == (State.RECEIVED, 1, 2)
    assert "مفتوحة الآن" in await ali.told("أعد فتحها")
    assert "بعد النتيجة" in await ali.told("5")
    for button in ("5", "أعد فتحها"):
        hasan.heard = [(await bureau.told(ALI))[-1]]
        assert "لا يعمل هنا" in await hasan.presses(button)


async def test_reopening_too_late(bureau: Bureau, ali: Citizen) -> None:
    case = await bureau.file()
    await decide(bureau, case.number)
    bureau.later(hours=73)
    assert "انتهى وقت" in await ali.told("أعد فتحها")
    assert "أعد فتحها حتى" not in await ali.begins("track", case.number)


async def test_who_joined_hears_and_sees(bureau: Bureau) -> None:
    zainab = Citizen(bureau, ZAINAB)
    case = await bureau.file(agent_id=1)
    await bureau.act(case.number, partial(service.support, conversation_id=ZAINAB))
    await decide(bureau, case.number)
    assert "انضممت إليها" in (await bureau.told(ZAINAB))[-1].text
    assert "غرامة على الوكيل" in await zainab.begins("track", "وين وصلت شكواي")
