"""A citizen complains by chat: few questions, odd answers, nothing lost, nothing filed twice."""

import pytest
from sqlalchemy import func, select

from casework.cases import numbers, repository
from casework.cases.models import Agent, Case, Kind
from casework.dialogues.forms import Shared
from casework.files import service as files
from tests.casework.cases.chatting import Citizen
from tests.casework.cases.conftest import ALI, ZAINAB, Bureau

ACCOUNT = "أخذ مني الوكيل ثلاثة آلاف دينار زيادة على الحصة"
ZUBAIR = "زبير البصرة"


@pytest.fixture
def ali(bureau: Bureau) -> Citizen:
    """A citizen."""
    return Citizen(bureau, ALI)


async def filed(bureau: Bureau) -> list[Case]:
    """All cases, oldest first."""
    async with bureau.sessions() as session:
        return list(await session.scalars(select(Case).order_by(Case.id)))


def number_in(said: str) -> str:
    """The tracking number that was said."""
    number = numbers.find(said).number
    assert number is not None, said
    return number


async def test_the_first_sentence_says_nothing(bureau: Bureau, ali: Citizen) -> None:
    assert "عن أي شيء تشتكي" in await ali.begins("complaint", "أريد أشتكي")
    assert "محافظة" in await ali.presses("أخذ مبلغ زائد")
    assert "الوكيل" in await ali.says("بصره قضاء الزبيير")
    assert "ماذا حدث" in await ali.says("كريم جاسم")
    assert "متى حدث" in await ali.says(ACCOUNT)
    assert "بطاقتك التموينية" in await ali.says("قبل يومين")
    assert "صور" in await ali.says("١٢٣ ٤٥٦٧")
    review = await ali.presses("أخفوا")
    assert ali.asked <= 8
    for part in ("3,000 دينار", "الزبير، البصرة", "كريم جاسم محمد", ACCOUNT, "2026/11/21", "1234567", "مخفية"):
        assert part in review
    assert not await filed(bureau), "nothing before the citizen confirms"
    said = await ali.presses("نعم، أرسل")
    (case,) = await filed(bureau)
    assert number_in(said) == case.number
    (picture,) = ali.heard[-1].files
    async with bureau.sessions() as session:
        receipt = await files.open_own(session, picture, ALI, bureau.keys)
    assert receipt is not None
    assert (receipt.media_type, receipt.data[:4]) == ("image/png", b"\x89PNG")
    assert (case.kind, case.governorate, case.district) == (Kind.EXTRA_MONEY, "basra", "basra-zubair")
    assert (case.agent_id, case.centre_id, case.sum_dinars, case.anonymous) == (1, 1, 3000, True)
    assert str(case.happened_on) == "2026-11-21"
    async with bureau.open() as office:
        assert office.opened(case.text) == ACCOUNT
        assert office.opened(case.ration_card) == "1234567"


async def test_the_first_sentence_says_kind_and_place(bureau: Bureau, ali: Citizen) -> None:
    said = await ali.begins("complaint", "عندي شكوى على نقص الحصة بالزبير محافظة البصرة")
    assert "نقص في الحصة" in said
    assert "الزبير، البصرة" in said
    if "الوكيل أو مركز" not in said:
        pytest.fail(said)
    await ali.presses("لا أعرف")
    if "ماذا حدث" in ali.heard[-1].text:
        await ali.says("وصلت حصة أربعة أنفار واحنا ستة أنفار")
    await ali.presses("لا أتذكر")
    await ali.presses("تخطي")
    assert "راجع شكواك" in await ali.presses("يجوز ذكر")
    assert ali.asked <= 5
    await ali.says("نعم")
    (case,) = await filed(bureau)
    assert (case.kind, case.district, case.anonymous, case.happened_on) == (Kind.QUANTITY, "basra-zubair", False, None)


async def test_a_whole_story_in_the_first_sentence(bureau: Bureau, ali: Citizen) -> None:
    await ali.begins("complaint", "الوكيل كريم جاسم بالزبير أخذ مني ألفين زيادة البارحة")
    await ali.says("تخطي")
    await ali.says("تم")
    assert ali.asked == 2
    await ali.says("اي نعم")
    (case,) = await filed(bureau)
    assert (case.agent_id, case.sum_dinars, str(case.happened_on)) == (1, 2000, "2026-11-22")


async def test_odd_answers_get_a_clear_sentence_and_nothing_is_lost(bureau: Bureau, ali: Citizen) -> None:
    await ali.begins("complaint", "")
    assert "(aside: شكد رسوم الجواز)" in await ali.says("شكد رسوم الجواز", intent="ask_fee")
    await ali.says("نقص في الحصه")
    for shared, said in (
        (Shared("location", latitude=35.69, longitude=51.39), "خارج العراق"),
        (Shared("location", latitude=400.0, longitude=0.0), "لم أستطع قراءة"),
        (Shared("location", latitude=30.39, longitude=47.71), "أيها الصحيح"),
    ):
        assert said in await ali.sends(shared)
    await ali.presses("الزبير")
    assert "لم أجده في سجلنا" in await ali.says("أبو حيدر جارنا")
    assert "قصير" in await ali.says("زفت")
    assert "وصلت الصورة" in await ali.sends(Shared("photo", file_id="a" * 32))
    await ali.says("ما وصلت الحصة كاملة هذا الشهر")
    for typed, said in (
        ("31/2", "لا يوجد يوم كهذا"),
        ("باچر", "لم يأتِ بعد"),
        ("1/1/2003", "قديم"),
        ("هالايام", "في أي يوم تقريباً"),
    ):
        assert said in await ali.says(typed)
    await ali.says("12/11")
    for typed, said in (
        ("07701234567", "رقم هاتف"),
        ("199012345678", "البطاقة الوطنية"),
        ("A12345678", "جواز"),
        ("R-123-456-7894", "رقم شكوى"),
        ("مكتوب بالبيت", "أرقام البطاقة"),
        ("12", "5 أرقام على الأقل"),
        ("12/11", "هذا تاريخ"),
        ("123456789012345678", "14 رقماً على الأكثر"),
    ):
        assert said in await ali.says(typed)
    await ali.says("١٢٣٤٥٦٧٨")
    for place in range(4):
        await ali.sends(Shared("document", file_id=str(place) * 32))
    assert "هذا هو الحد" in await ali.sends(Shared("photo", file_id="9" * 32))
    review = await ali.presses("أخفوا")
    for part in ("أبو حيدر جارنا", "12345678", "2026/11/12", "الصور: 5"):
        assert part in review
    await ali.presses("نعم، أرسل")
    (case,) = await filed(bureau)
    assert case.agent_id is None
    async with bureau.open() as office:
        assert office.opened(case.agent_named) == "أبو حيدر جارنا"
        files = await repository.files(office.session, case.id)
        assert files == ["a" * 32, *(str(place) * 32 for place in range(4))]


async def test_back_edit_and_pause(bureau: Bureau, ali: Citizen) -> None:
    await ali.begins("complaint", "الوكيل كريم جاسم بالزبير أخذ مني ألفين زيادة البارحة")
    bureau.later(days=1)
    assert "هل نكمل" in await ali.says("هلو", intent="greet")
    await ali.says("نكمل")
    await ali.says("1234567")
    assert "بطاقتك" in await ali.says("رجوع")
    await ali.says("7654321")
    await ali.presses("أخفوا")
    await ali.presses("تعديل")
    await ali.presses("هويتك")
    assert "يجوز ذكرها" in await ali.presses("يجوز")
    await ali.presses("تعديل")
    await ali.presses("الوكيل أو المركز")
    assert "سالم عبد الله حسن" in await ali.says("4418")
    await ali.presses("تعديل")
    await ali.presses("المكان")
    assert "ذي قار" in await ali.says("الناصرية")
    await ali.presses("نعم")
    (case,) = await filed(bureau)
    assert (case.agent_id, case.anonymous, case.governorate) == (2, False, "dhiqar")


async def test_two_agents_alike_are_asked_about(bureau: Bureau, ali: Citizen) -> None:
    async with bureau.open() as office:
        office.session.add(Agent(number="51", name="كريم جاسم علي", governorate="basra", district="basra-zubair"))
    await ali.begins("complaint", "")
    await ali.presses("سوء معاملة")
    await ali.says(ZUBAIR)
    assert "هل تقصد" in await ali.says("كريم جاسم")
    await ali.presses("علي")
    assert "ماذا حدث" in ali.heard[-1].text
    await ali.says("رجوع")
    await ali.says("كريم جاسم")
    await ali.presses("غيرهم")
    await ali.says("يصيح على الناس ويطردهم")
    await ali.says("اليوم")
    await ali.says("تخطي")
    assert "كريم جاسم\n" in await ali.says("تم")


async def test_the_district_is_asked_only_when_nothing_tells_it(bureau: Bureau, ali: Citizen) -> None:
    await ali.begins("complaint", "")
    await ali.presses("تأخير")
    await ali.says("البصرة")
    assert "في أي قضاء من محافظة البصرة" in await ali.presses("لا أعرف")
    assert "ماذا حدث" in await ali.says("زبير")
    await ali.says("رجوع")
    await ali.says("رجوع")
    assert "ماذا حدث" in await ali.says("4417"), "the agent's district is known"


async def test_the_same_complaint_twice_is_one(bureau: Bureau, ali: Citizen) -> None:
    said = []
    for _ in range(2):
        await ali.begins("complaint", "الوكيل كريم جاسم بالزبير أخذ مني ألفين زيادة البارحة")
        await ali.says("تخطي")
        await ali.says("تم")
        said.append(await ali.says("نعم"))
    assert "ولم نسجلها مرتين" in said[1]
    assert number_in(said[0]) == number_in(said[1])
    assert len(await filed(bureau)) == 1


async def test_adding_ones_own_to_a_case_of_others(bureau: Bureau, ali: Citizen) -> None:
    case = await bureau.file(ZAINAB, agent_id=1, governorate="basra", district="basra-zubair")
    said = await ali.begins("complaint", "الوكيل كريم جاسم بالزبير أخذ مني ألفين زيادة البارحة")
    assert "مواطن آخر" in said
    review = await ali.presses("أضيفوا")
    assert "مخفية عن الوكيل" in review
    assert numbers.show(case.number) not in review
    assert number_in(await ali.presses("نعم، أرسل")) == case.number
    assert (await bureau.case(case.number)).supporters == 1
    assert len(await filed(bureau)) == 1
    await ali.begins("complaint", "الوكيل كريم جاسم بالزبير أخذ مني ألفين زيادة البارحة")
    assert "بطاقتك" in ali.heard[-1].text, "it is offered once"


async def test_a_suggestion(bureau: Bureau, ali: Citizen) -> None:
    await ali.begins("suggestion", "عندي اقتراح")
    await ali.says("توزيع الحصة عن طريق تطبيق")
    await ali.presses("كل العراق")
    assert number_in(await ali.says("نعم"))
    await ali.begins("suggestion", "أقترح أن ترسلون رسالة للمواطن قبل توزيع الحصة بيوم بمحافظة النجف")
    await ali.says("نعم")
    first, second = await filed(bureau)
    assert (first.kind, first.governorate, second.governorate) == (Kind.SUGGESTION, None, "najaf")
    async with bureau.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Case)) == 2


@pytest.mark.parametrize("text", ["لا تگولون اسمي", "اخاف الوكيل يعرف اسمي", "اخفوا هويتي", "الوكيل راح يعرف اسمي؟"])
async def test_who_is_afraid_is_heard_at_any_question(ali: Citizen, text: str) -> None:
    await ali.begins("complaint", "")
    for question in ("عن أي شيء", "في أي محافظة", "من الوكيل"):
        said = await ali.says(text)
        assert "لا يراهما الوكيل" in said
        assert question in said
        await (ali.presses("سوء معاملة") if question == "عن أي شيء" else ali.says("الزبير"))
