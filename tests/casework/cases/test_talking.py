"""Complaints as strangers talked them: requests, corrections and answers to other questions in the middle of a form."""

import pytest

from casework.cases import repository
from casework.cases.models import State
from tests.casework.cases.chatting import Citizen
from tests.casework.cases.conftest import ALI, ZAINAB, Bureau

KIND, WHERE, WHOM, WHEN = "عن أي شيء تشتكي", "في أي محافظة", "من الوكيل أو مركز", "متى حدث"
CARD, PICTURES, REVIEW, CANCEL = "بطاقتك التموينية", "هل عندك صور", "راجع شكواك", "هل ألغي شكواك"
STORY = "الوكيل كريم جاسم بالزبير أخذ مني ألفين زيادة البارحة"
LONG = (
    "والله يا اخي وكيلنا مال المنطقه حسن فليح باللطيفيه صار ثلث اشهر ما ينطي بس طحين وتمن ويكول ماكو وهو يبيعه بالليل"
    " لصاحب الفرن واني شايفه بعيني يوم الخميس وعندي صور"
)


@pytest.fixture
def ali(bureau: Bureau) -> Citizen:
    """A citizen."""
    return Citizen(bureau, ALI)


async def at_agent(ali: Citizen, place: str = "الكوت") -> None:
    """Goes up to the agent."""
    await ali.begins("complaint", "وكيلنا ياخذ فلوس")
    assert WHOM in await ali.says(place)


@pytest.mark.parametrize("wish", ["امسح كلشي عني", "اريد احجي ويه موظف", "منو يشوف كلامي"])
async def test_requests_are_no_names_and_no_subjects(ali: Citizen, wish: str) -> None:
    await ali.begins("complaint", "")
    assert f"(aside: {wish})" in await ali.says(wish)
    assert KIND in ali.heard[-1].text
    await ali.presses("سوء معاملة")
    await ali.says("الزبير")
    assert f"(aside: {wish})" in await ali.says(wish)
    assert WHOM in ali.heard[-1].text


async def test_greetings_are_greeted(ali: Citizen) -> None:
    await at_agent(ali)
    assert "أهلاً بك." in await ali.says("هلو")
    assert WHOM in ali.heard[-1].text


@pytest.mark.parametrize("text", ["لا خلاص بطلت", "عوفها", "ما اريد بعد", "خلاص الغيها"])
async def test_giving_up_is_asked_back(ali: Citizen, text: str) -> None:
    await at_agent(ali)
    await ali.says(text)
    assert CANCEL in ali.heard[-1].text or "تم الإلغاء" in ali.heard[0].text
    if CANCEL in ali.heard[-1].text:
        assert WHOM in await ali.says("كمل"), "to go on throws nothing away"
        await ali.says(text)
        assert "تم الإلغاء" in await ali.says("نعم")


async def test_a_place_is_corrected_where_a_name_is_asked(ali: Citizen) -> None:
    await at_agent(ali)
    assert "صححت المكان: الحي، واسط" in await ali.says("لا مو الكوت الحي")
    assert WHOM in ali.heard[-1].text


async def test_answers_to_other_questions_are_kept(ali: Citizen) -> None:
    await ali.begins("complaint", "عندي شكوه على وكيل التموينيه مالتنا")
    await ali.says("ياخذ منا الف دينار زياده على كل نفر")
    assert "كتبت اسم الوكيل: ابو حيدر" in await ali.says("اسمه ابو حيدر")
    assert WHERE in ali.heard[-1].text
    said = await ali.says("لا ما اريد انطي رقم")
    assert "رقم البطاقة غير مطلوب" in said
    assert "تمام، بلا صور" in await ali.says("ماعندي صور")
    said = await ali.says("بغداد الكراده")
    assert "الكرادة (قضاء الرصافة)، بغداد" in said
    assert WHEN in said
    assert "هل نخفي اسمك" in await ali.says("البارحه العصر")
    review = await ali.says("خلوا اسمي مخفي")
    for part in ("ابو حيدر", "2026/11/22", "البطاقة التموينية: لم تُكتب", "الصور: لا توجد", "مخفية"):
        assert part in review


async def test_a_name_and_a_place_where_the_subject_is_asked(ali: Citizen) -> None:
    await ali.begins("complaint", "")
    assert "سجلت: احمد الجبوري" in await ali.says("احمد الجبوري")
    said = await ali.says("الموصل حي النور")
    assert "سجلت: الموصل، نينوى" in said
    assert KIND in said
    assert "ماذا حدث" in await ali.presses("سوء معاملة")
    await ali.says("يصيح على الناس ويطردهم")
    for _ in range(3):
        await ali.says("تخطي")
    assert "الوكيل أو المركز: احمد الجبوري" in ali.heard[-1].text


@pytest.mark.parametrize("name", ["ابو علي", "abu ali", "حسين كاظم عبود"])
async def test_a_name_where_the_place_is_asked(ali: Citizen, name: str) -> None:
    await ali.begins("complaint", "وكيلنا ياخذ فلوس")
    assert f"كتبت اسم الوكيل: {name}" in await ali.says(name, intent="bot_challenge")
    assert WHERE in ali.heard[-1].text


async def test_a_name_alone_accuses_nobody_of_another_place(ali: Citizen) -> None:
    await ali.begins("complaint", "وكيلنا ياخذ فلوس")
    assert "كتبت اسم الوكيل: سالم عبد الله" in await ali.says("اسمه سالم عبد الله")
    assert WHEN in await ali.says("الكوت")
    for _ in range(3):
        await ali.says("تخطي")
    assert "4418" not in ali.heard[-1].text


async def test_a_fathers_name_is_asked_back(ali: Citizen) -> None:
    await at_agent(ali, "الزبير")
    said = await ali.says("ابو كريم جاسم محمد")
    assert "هل هو هذا" in said or "كتبته كما هو" in said


async def test_now_is_no_day(ali: Citizen) -> None:
    await ali.begins("complaint", "وكيلنا ياخذ فلوس")
    assert "تاريخ" not in await ali.says("هسه الوكيل")


async def test_a_long_first_account(ali: Citizen) -> None:
    said = await ali.begins("complaint", LONG)
    assert "بيع المواد، اللطيفية (قضاء المحمودية)، بغداد، حسن فليح" in said
    assert CARD in said
    said = await ali.says("اي لا اسمي ما اريده يطلع", intent="privacy")
    assert "لا يراهما الوكيل" in said
    assert CARD in said
    assert "قلت إن عندك صوراً" in await ali.says("لا ماعرف رقم البطاقه", intent="privacy")
    review = await ali.says("خلص", intent="goodbye")
    assert REVIEW in review
    assert "متى: 2026/11/19" in review
    assert "وصلت شكواك" in await ali.says("ارسل", intent="affirm")


@pytest.mark.parametrize("text", ["اي", "ارسل", "اي ارسل", "تم", "كمل"])
async def test_going_on_from_the_pictures(ali: Citizen, text: str) -> None:
    await ali.begins("complaint", STORY)
    await ali.says("تخطي")
    assert REVIEW in await ali.says(text)
    assert "وصلت شكواك" in await ali.says(text)


async def test_yes_to_a_question_that_wants_more_goes_on(ali: Citizen) -> None:
    await ali.begins("complaint", "وكيلنا ياخذ فلوس")
    said = await ali.says("اي صدك", intent="affirm")
    assert "(aside" not in said
    assert WHERE in said


async def test_only_a_plain_yes_joins(bureau: Bureau, ali: Citizen) -> None:
    await bureau.file(ZAINAB, agent_id=1)
    assert "هل نضيف شكواك" in await ali.begins("complaint", STORY)
    for text in ("تم", "كمل الشكوى", "ارسل"):
        assert "اكتب «نعم»" in await ali.says(text, intent="affirm")
    assert REVIEW in await ali.says("نعم")


async def test_who_joined_can_leave(bureau: Bureau, ali: Citizen) -> None:
    case = await bureau.file(ZAINAB, agent_id=1)
    await ali.begins("complaint", STORY)
    await ali.says("نعم")
    assert "أضفنا شكواك" in await ali.says("نعم")
    assert (await bureau.case(case.number)).supporters == 1
    assert "هل تسحب انضمامك" in await ali.begins("withdraw", "اريد الغي شكوتي")
    assert "سحبنا انضمامك" in await ali.presses("نعم")
    found = await bureau.case(case.number)
    assert (found.supporters, found.state, found.conversation_id) == (0, State.RECEIVED, ZAINAB)
    async with bureau.sessions() as session:
        assert not await repository.supporters(session, case.id)
    assert "لا أرى لك شكوى مفتوحة" in await ali.begins("withdraw", "اريد الغي شكوتي")


async def test_an_unsent_complaint_is_not_anywhere_yet(ali: Citizen) -> None:
    await ali.begins("complaint", "وكيلنا ياخذ فلوس")
    said = await ali.begins("track", "هسه وين وصلت شكوتي")
    assert "شكواك لم تُرسل بعد. بقي" in said
    assert WHERE in said
    await ali.says("الزبير")
    for _ in range(3):
        await ali.says("تخطي")
    assert REVIEW in await ali.says("تم")
    assert "لم يبق إلا أن تؤكد" in await ali.begins("track", "وين وصلت")


async def test_an_unsent_suggestion_too(ali: Citizen) -> None:
    await ali.begins("suggestion", "ياريت تسوون تطبيق للتموينيه بدون ما نوكف طوابير")
    for text in ("اي", "لا"):
        assert "لكل العراق فاضغط" in await ali.says(text, intent="affirm")
    await ali.presses("كل العراق")
    assert "مقترحك لم يُرسل بعد" in await ali.begins("track", "وين وصل اقتراحي")
    assert "وصل مقترحك" in await ali.says("تم")


async def test_help_is_one_line(ali: Citizen) -> None:
    await at_agent(ali)
    said = await ali.says("هسه شيصير", intent="help")
    assert "في النهاية تراجع كل شيء" in said
    assert WHOM in said
    assert "(aside" not in said


async def test_how_long_is_told_before_it_is_sent(ali: Citizen) -> None:
    await ali.begins("complaint", "وكيلنا ياخذ فلوس")
    assert "يستلمها موظف خلال 24 ساعة" in await ali.says("شكد راح يطول", intent="ask_duration")


async def test_taking_leave_keeps_the_form(ali: Citizen) -> None:
    await ali.begins("complaint", "وكيلنا ياخذ فلوس")
    assert "ما كتبته محفوظ" in await ali.says("باي", intent="goodbye")
    assert WHERE in await ali.says("كمل")


async def test_something_wrong_leads_to_the_edit_step(ali: Citizen) -> None:
    await at_agent(ali)
    await ali.says("ابو كرار")
    assert "ماذا تريد أن تغيّر" in await ali.says("غلط غيرها", intent="deny")
    assert CARD in await ali.says("امس"), "an answer to what was asked before is one still"


async def test_another_form_does_not_replace_this_one_in_silence(ali: Citizen) -> None:
    await ali.begins("complaint", "وكيلنا ياخذ فلوس")
    said = await ali.begins("suggestion", "عندي مقترح")
    assert "حفظنا ما كتبته في شكواك" in said
    await ali.says("زيدوا حليب الاطفال بالحصة")
    await ali.presses("كل العراق")
    said = await ali.says("نعم")
    assert "نرجع إلى شكواك" in said
    assert WHERE in said


async def test_several_requests_at_once(ali: Citizen) -> None:
    said = await ali.begins("complaint", "اريد اجدد الجواز وابني اضيفه عالتمونيه وهم وكيلنا يبوك شنو اسوي")
    assert "ما سألت عنه غير الشكوى" in said
    assert "وكيل الحصة التموينية" in said


async def test_a_question_is_no_account(ali: Citizen) -> None:
    await at_agent(ali)
    assert "(aside: كم سعر الدولار)" in await ali.says("كم سعر الدولار")


async def test_who_skips_a_choice_of_agents_keeps_the_name(ali: Citizen) -> None:
    await ali.begins("complaint", "الوكيل ابو كريم ياخذ فلوس زايدة")
    assert "كريم جاسم محمد (4417). هل هو هذا" in await ali.says("الزبير")
    await ali.says("تخطي")
    for _ in range(2):
        await ali.says("تخطي")
    assert "الوكيل أو المركز: ابو كريم" in await ali.says("تم")


@pytest.mark.parametrize(("text", "state"), [("الغيها", State.WITHDRAWN), ("لا بطلت", State.RECEIVED)])
async def test_words_of_giving_up_where_it_is_asked_whether_to_take_back(
    bureau: Bureau, ali: Citizen, text: str, state: State
) -> None:
    case = await bureau.file()
    await ali.begins("withdraw", "اسحب شكواي")
    await ali.says(text)
    assert (await bureau.case(case.number)).state == state
