"""What citizens really typed into the complaint form: places, names, days and refusals where they are not expected."""

import pytest
from sqlalchemy import select

from casework.cases.models import Case, Kind
from tests.casework.cases.chatting import Citizen
from tests.casework.cases.conftest import ALI, ZAINAB, Bureau

STORY = "الوكيل كريم جاسم بالزبير أخذ مني ألفين زيادة البارحة"
KIND, WHERE, WHOM, WHAT, WHEN = "عن أي شيء تشتكي", "في أي محافظة", "من الوكيل أو مركز", "ماذا حدث", "متى حدث"
CARD, PICTURES, REVIEW = "بطاقتك التموينية", "هل عندك صور", "راجع شكواك"


@pytest.fixture
def ali(bureau: Bureau) -> Citizen:
    """A citizen."""
    return Citizen(bureau, ALI)


async def at_place(ali: Citizen) -> None:
    """Goes up to the place."""
    await ali.begins("complaint", "")
    await ali.presses("سوء معاملة")


async def at_agent(ali: Citizen, place: str = "الزبير البصرة") -> None:
    """Goes up to the agent."""
    await at_place(ali)
    assert WHOM in await ali.says(place)


async def at_card(ali: Citizen) -> None:
    """Goes up to the ration card."""
    assert CARD in await ali.begins("complaint", STORY)


async def test_an_everyday_word_is_asked_back(ali: Citizen) -> None:
    await at_place(ali)
    assert "هل تقصد الجسر (قضاء المدائن)، بغداد" in await ali.says("بيتي يم الجسر")
    assert WHERE in await ali.says("لا")
    await ali.says("بيتي يم الجسر")
    said = await ali.says("البصرة الزبير")
    assert "المكان: الزبير، البصرة" in said
    assert WHOM in said
    await ali.says("رجوع")
    await ali.says("بيتي يم الجسر")
    assert WHOM in await ali.presses("نعم")


@pytest.mark.parametrize("town", ["الناصرية", "الحلة", "الديوانية"])
async def test_a_chief_town_is_a_district(ali: Citizen, town: str) -> None:
    await at_agent(ali, town)
    assert WHAT in await ali.says("لا أعرف")


async def test_the_place_is_corrected_where_the_district_is_asked(ali: Citizen) -> None:
    await at_agent(ali, "بغداد")
    assert "في أي قضاء من محافظة بغداد" in await ali.says("لا أعرف")
    assert WHERE in await ali.says("هذا مو مكاني")
    assert "في أي قضاء من محافظة كربلاء" in await ali.says("كربلاء")
    said = await ali.says("البصره الفاو")
    assert "المكان: الفاو، البصرة" in said
    assert WHAT in said


async def test_the_name_of_the_first_sentence_is_kept(ali: Citizen) -> None:
    assert "ابو احمد" in await ali.begins("complaint", "الوكيل ابو احمد ياخذ فلوس زايدة")
    assert WHEN in await ali.says("الزبير")
    for answer in ("امبارحة العصر", "تخطي"):
        await ali.says(answer)
    assert "الوكيل أو المركز: ابو احمد" in await ali.says("تم")
    await ali.says("إلغاء")
    await ali.presses("نعم")
    await ali.begins("complaint", "الوكيل سالم عبدالله ياخذ فلوس زايدة")
    await ali.says("الزبير")
    for answer in ("اليوم", "تخطي"):
        await ali.says(answer)
    assert "سالم عبد الله حسن" in await ali.says("تم"), "looked for once it is known where"


@pytest.mark.parametrize("typed", ["ما اعرفه", "ما ادري منو", "شسمه", "ما اعرف اسمه", "والله ما ندري", "ما أعرف شسمه"])
async def test_who_does_not_know_the_agent(ali: Citizen, typed: str) -> None:
    await at_agent(ali)
    assert WHAT in await ali.says(typed)
    assert "غير معروف" in await review_of(ali)


async def review_of(ali: Citizen) -> str:
    """The review, from the account on."""
    await ali.says("يصيح على الناس ويطردهم بلا سبب")
    await ali.says("اليوم")
    await ali.says("تخطي")
    return await ali.says("تم")


async def test_other_things_said_in_place_of_a_name(ali: Citizen) -> None:
    await at_agent(ali, "الأنبار")
    said = await ali.says("ما ينطينا الا نص التمن والباقي يبيعه")
    assert "كتبت هذا في «ما حدث»" in said
    assert WHOM in said
    said = await ali.says("قبل اسبوع")
    assert "2026/11/16" in said
    assert WHOM in said
    said = await ali.says("اني بالگرمة")
    assert "المكان: الكرمة، الأنبار" in said
    assert WHOM in said
    said = await ali.says("البصرة الزبير")
    assert "المكان: الزبير، البصرة" in said
    assert WHOM in said
    assert CARD in await ali.says("اسمه كريم جاسم")
    await ali.says("تخطي")
    review = await ali.says("تم")
    for part in ("ما ينطينا الا نص التمن", "2026/11/16", "الزبير، البصرة", "كريم جاسم محمد"):
        assert part in review


@pytest.mark.parametrize("name", ["خميس جمعة", "ابو محمد الزبيدي", "حجي جمعة خلف"])
async def test_names_stay_names(ali: Citizen, name: str) -> None:
    await at_agent(ali)
    assert "لم أجده في سجلنا" in await ali.says(name)
    assert f"الوكيل أو المركز: {name}" in await review_of(ali)


async def test_what_is_said_in_place_of_a_kind(bureau: Bureau, ali: Citizen) -> None:
    await ali.begins("complaint", "")
    assert "(aside: وين وصلت شكواي)" in await ali.says("وين وصلت شكواي")
    said = await ali.says("الزبير")
    assert "سجلت: الزبير، البصرة" in said
    assert "شيء آخر" in said
    assert KIND in said
    said = await ali.says("4417")
    assert "كريم جاسم محمد" in said
    assert KIND in said
    said = await ali.says("قبل يومين")
    assert "2026/11/21" in said
    assert KIND in said
    assert WHAT in await ali.presses("سوء معاملة")
    await ali.says("يصيح على الناس ويطردهم")
    await ali.says("تخطي")
    await ali.says("تم")
    await ali.says("نعم")
    async with bureau.sessions() as session:
        case = (await session.scalars(select(Case))).one()
    assert (case.kind, case.agent_id, str(case.happened_on)) == (Kind.BEHAVIOUR, 1, "2026-11-21")


async def test_the_account_says_the_kind_that_no_answer_said(ali: Citizen) -> None:
    await ali.begins("complaint", "")
    assert "أهلاً بك." in await ali.says("مرحبا")
    await ali.says("الزبير")
    await ali.says("4417")
    await ali.says("الموضوع كبير")
    assert "كتبت الموضوع «شيء آخر»" in await ali.says("مو هذا القصد")
    said = await ali.says("ياكل حصص الناس وما ينطي تمن")
    assert "فهمت أن الموضوع: نقص في الحصة" in said


async def test_a_name_and_a_story_in_one(ali: Citizen) -> None:
    await at_agent(ali)
    assert "(aside: شنو)" in await ali.says("شنو")
    assert WHEN in await ali.says("كريم جاسم ياخذ فلوس زيادة")


async def test_a_day_in_place_of_the_account(ali: Citizen) -> None:
    await at_agent(ali)
    assert WHAT in await ali.says("4417")
    said = await ali.says("12/11")
    assert "2026/11/12" in said
    assert WHAT in said
    assert CARD in await ali.says("يصيح على الناس ويطردهم")


async def test_what_is_told_beside_a_question_is_kept(ali: Citizen) -> None:
    await at_place(ali)
    assert "كتبت هذا في «ما حدث»" in await ali.says("ضربني وطردني من المحل مالته")
    assert WHERE in ali.heard[-1].text


@pytest.mark.parametrize("line", ["رسوم الجواز", "اريد احجي ويا موظف", "امسح كلشي عني"])
async def test_another_matter_is_no_miss(ali: Citizen, line: str) -> None:
    await ali.begins("complaint", "")
    for _ in range(3):
        assert f"(aside: {line})" in await ali.says(line)


async def test_a_long_story_of_no_kind_is_the_account(ali: Citizen) -> None:
    await ali.begins("complaint", "")
    said = await ali.says("رحت يمه وظليت واكف ساعتين وبعدين رجعت للبيت")
    assert "ما حدث" in said
    assert KIND in said
    await ali.presses("سوء معاملة")
    await ali.says("الزبير")
    assert WHEN in await ali.says("ما اعرفه")


@pytest.mark.parametrize("line", ["وكيل غاز", "كهرباء ماكو"])
async def test_only_rations_are_complained_about_here(ali: Citizen, line: str) -> None:
    assert "شكاوى الحصة التموينية فقط" in await ali.begins("complaint", line)
    assert "شكاوى الحصة التموينية فقط" in await ali.says(line)


async def test_a_question_of_the_price_is_no_complaint_of_a_kind(ali: Citizen) -> None:
    assert KIND in await ali.begins("complaint", "فلوس الحصة شكد المفروض ادفع للوكيل")


async def test_what_goes_on_has_no_day(bureau: Bureau, ali: Citizen) -> None:
    await ali.begins("complaint", "الوكيل كريم جاسم بالزبير ياخذ فلوس زايدة")
    assert "في أي يوم تقريباً" in await ali.says("شهر العاشر")
    assert "في أي يوم تقريباً" in await ali.says("رمضان")
    assert "لا يوجد يوم كهذا" in await ali.says("تاريخ 15 13")
    assert CARD in await ali.says("من اول الشهر لليوم")
    await ali.says("تخطي")
    assert "متى: مستمر" in await ali.says("تم")
    await ali.says("نعم")
    async with bureau.open() as office:
        case = (await office.session.scalars(select(Case))).one()
        assert "متى: من اول الشهر لليوم" in (office.opened(case.text) or "")
    assert case.happened_on is None


async def test_the_card_is_left_after_two_answers_that_are_no_number(ali: Citizen) -> None:
    await at_card(ali)
    assert "5 أرقام على الأقل" in await ali.says("123")
    assert "هذا تاريخ" in await ali.says("12/11")
    assert CARD in await ali.says("عند اخوي بالبيت")
    said = await ali.says("مكتوب بالورقة")
    assert "تركنا رقم البطاقة فارغاً" in said
    assert PICTURES in said
    await ali.says("رجوع")
    assert PICTURES in await ali.says("ما اعرف الرقم")


@pytest.mark.parametrize("typed", ["ضيفوها", "انضم", "ضيفوني", "نعم ضيفوها وياهم"])
async def test_joining_in_ones_own_words(bureau: Bureau, ali: Citizen, typed: str) -> None:
    case = await bureau.file(ZAINAB, agent_id=1, governorate="basra", district="basra-zubair")
    assert "اشتكى مواطن آخر" in await ali.begins("complaint", STORY)
    assert "تُعالج شكواك وشكواهم معاً" in await ali.says("شنو يعني")
    review = await ali.says(typed)
    assert "هويتك: مخفية عن الوكيل" in review
    await ali.says("نعم")
    assert (await bureau.case(case.number)).supporters == 1


async def test_not_joining_in_ones_own_words(bureau: Bureau, ali: Citizen) -> None:
    await bureau.file(ZAINAB, agent_id=1, governorate="basra", district="basra-zubair")
    await ali.begins("complaint", STORY)
    assert CARD in await ali.says("لا اريد وحدي")


async def test_the_same_complaint_later_that_day(bureau: Bureau, ali: Citizen) -> None:
    for hours in (0, 3, 3):
        bureau.later(hours=hours)
        await at_card(ali)
        await ali.says("تخطي")
        said = await ali.says("تم")
        if hours:
            assert "سجلت هذه الشكوى قبل قليل برقم R-" in said
            said = await ali.presses("مرة أخرى")
        assert REVIEW in said
        await ali.says("نعم")
    async with bureau.sessions() as session:
        assert len((await session.scalars(select(Case))).all()) == 3
    bureau.later(days=1)
    await at_card(ali)
    await ali.says("تخطي")
    assert REVIEW in await ali.says("تم"), "another day"


async def test_the_first_one_is_enough(bureau: Bureau, ali: Citizen) -> None:
    for hours in (0, 1):
        bureau.later(hours=hours)
        await at_card(ali)
        await ali.says("تخطي")
        await ali.says("تم")
        if hours:
            assert "تم الإلغاء" in await ali.presses("الأولى تكفي")
        else:
            await ali.says("نعم")
    async with bureau.sessions() as session:
        assert len((await session.scalars(select(Case))).all()) == 1


@pytest.mark.parametrize("typed", ["لا تذكرون اسمي", "اخفوا هويتي", "اخفوا اسمي", "لا تگولون اسمي", "تم", "ماكو"])
async def test_the_name_is_hidden_in_ones_own_words(ali: Citizen, typed: str) -> None:
    await at_card(ali)
    await ali.says("تخطي")
    said = await ali.says(typed)
    assert "اسمك مخفي عن الوكيل" in said
    assert "هويتك: مخفية" in said


async def test_the_name_may_be_told_in_ones_own_words(ali: Citizen) -> None:
    await at_card(ali)
    await ali.says("تخطي")
    assert "يجوز ذكرها" in await ali.says("عادي اذكروا اسمي")


async def test_one_more_complaint_is_not_part_of_what_happened(ali: Citizen) -> None:
    await ali.begins("complaint", f"عندي شكوى ثانية {STORY}")
    await ali.says("تخطي")
    assert f"ما حدث: {STORY}" in await ali.says("تم")


@pytest.mark.parametrize("typed", ["ضاع الرقم مني", "ليس عندي الرقم", "ما عندي الرقم"])
async def test_who_has_no_number(ali: Citizen, typed: str) -> None:
    await ali.begins("track", "وين وصلت شكواي")
    assert "الرقم في الرسالة" in await ali.says(typed)
    assert "الرقم في الرسالة" in await ali.begins("track", typed)


async def test_a_suggestion_in_a_few_words(bureau: Bureau, ali: Citizen) -> None:
    assert "لأي مكان" in await ali.begins("suggestion", "اقترح تزيدون العدس")
    await ali.presses("كل العراق")
    await ali.says("نعم")
    assert ali.buttons()[0].title == "أين وصل؟"
    await bureau.file()
    assert "مقترحك رقم" in await ali.begins("track", "وين وصل اقتراحي"), "not the list of both"


async def test_a_refusal_is_no_suggestion(ali: Citizen) -> None:
    assert "ما مقترحك" in await ali.begins("suggestion", "لا اريد اكمل الشكوى")
    assert "إلغاء" in await ali.says("لا اريد اكمل الشكوى")
    assert "لم أرسل" in await ali.says("إلغاء")
