"""The agent's name as citizens write it: what is one and what is not, in a sentence and at the question."""

from datetime import date

import pytest

from casework.cases import agent_names
from casework.cases.opening import folded, read
from tests.casework.cases.chatting import Citizen
from tests.casework.cases.conftest import ALI, Bureau

WHERE, WHOM, WHAT = "في أي محافظة", "من الوكيل أو مركز", "ماذا حدث"
CARD, REVIEW = "بطاقتك التموينية", "راجع شكواك"


@pytest.fixture
def ali(bureau: Bureau) -> Citizen:
    """A citizen."""
    return Citizen(bureau, ALI)


async def at_agent(ali: Citizen) -> None:
    """Goes up to the agent."""
    await ali.begins("complaint", "")
    await ali.presses("سوء معاملة")
    assert WHOM in await ali.says("الزبير البصرة")


async def review_of(ali: Citizen) -> str:
    """The review, from the account on."""
    for answer in ("يصيح على الناس ويطردهم بلا سبب", "اليوم", "تخطي"):
        await ali.says(answer)
    return await ali.says("تم")


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("وكيل التموين مال الجعيفر بالكرخ اسمه سيد عدنان الموسوي ما انطانا الحصة", "سيد عدنان الموسوي"),
        ("ووكيل الغذائية اسمه ابو علي كاظم جبار ياخذ من كل نفر الف دينار", "ابو علي كاظم جبار"),
        ("وكيلنا رزاق ياخذ فلوس", "رزاق"),
        ("وكيلنا مال حي الجهاد حجي سلام اخذ مني عشرة", "حجي سلام"),
        ("وكيلنا بالكرادة شيخ محمود ما يفتح", "شيخ محمود"),
        ("وكيل المواد الغذائية استاذ حميد خزعل", "استاذ حميد خزعل"),
        ("وكيلنا ياخذ فلوس واسمه كريم جاسم", "كريم جاسم"),
        ("اسم الوكيل خليفة ياخذ فلوس", "خليفه"),
        ("الوكيل عبد الرزاق ما يداوم", "عبد الرزاق"),
        ("الوكيل ضرب ابو علي", None),
        ("وكيلنا اخذ من حجي سالم فلوس", None),
        ("وكيلنا حجي ياخذ فلوس", None),
        ("الوكيل على طول مسكر", None),
        ("وكيل مال ابو دشير ما يوزع", None),
        ("وكيلنا سلام عليكم", None),
    ],
)
def test_the_name_in_a_sentence(sentence: str, name: str | None) -> None:
    assert read(sentence, date(2026, 11, 23)).agent_text == name


@pytest.mark.parametrize("text", ["كريم", "خميس جمعة", "أبو حيدر جارنا", "abu 7aider", "عدنان الموسوي", "شذى كاطع"])
def test_may_be_a_name(text: str) -> None:
    assert not agent_names.cannot_be_name(folded(text))


@pytest.mark.parametrize(
    "text", ["سجل الشكوى", "ee", "اي", "na3am", "aywa", "ok", "اريد اشتكي", "عندي بطاقة", "هسه", "خاف يعرفني"]
)
async def test_no_name_is_refused(ali: Citizen, text: str) -> None:
    await at_agent(ali)
    said = await ali.says(text)
    assert WHOM in said or "هذا لا يبدو اسماً" in said
    assert "لا أعرف" in [choice.title for choice in ali.buttons()]


async def test_who_has_no_card_at_hand_says_so_anywhere(ali: Citizen) -> None:
    await at_agent(ali)
    said = await ali.says("ما عندي البطاقة وياي هسه")
    assert "رقم البطاقة غير مطلوب" in said
    assert WHOM in said


@pytest.mark.parametrize("text", ["حجي سلام", "سيد صباح"])
async def test_a_title_and_a_name_is_no_greeting(ali: Citizen, text: str) -> None:
    await at_agent(ali)
    assert WHAT in await ali.says(text)
    assert f"الوكيل أو المركز: {text}" in await review_of(ali)


@pytest.mark.parametrize("text", ["حجي سلام عليكم", "سلام عليكم"])
async def test_a_greeting_is_one_still(ali: Citizen, text: str) -> None:
    await at_agent(ali)
    assert "أهلاً بك." in await ali.says(text)


@pytest.mark.parametrize("text", ["ما اعرف رقم الوكيل", "ما عرف رقمه", "ma a3ruf"])
async def test_the_number_is_not_known(ali: Citizen, text: str) -> None:
    await at_agent(ali)
    assert WHAT in await ali.says(text)
    assert "غير معروف" in await review_of(ali)


@pytest.mark.parametrize("text", ["الوكيل رقم 7777", "وكيلي خميس جمعة", "يقولون اسمه فتاح", "مركز تموين الكرمة الثاني"])
async def test_what_the_register_lacks_is_kept(ali: Citizen, text: str) -> None:
    await at_agent(ali)
    assert "لم أجده في سجلنا" in await ali.says(text)


async def test_a_common_first_name_is_asked_back(ali: Citizen) -> None:
    await at_agent(ali)
    assert "وجدت الوكيل سالم عبد الله حسن (4418). هل هو هذا؟" in await ali.says("هو اسمه سالم")
    assert [choice.title for choice in ali.buttons()][:2] == ["نعم", "لا"]
    assert WHAT in await ali.says("اي")
    assert "سالم عبد الله حسن (4418)" in await review_of(ali)


@pytest.mark.parametrize("no", ["لا", "لا مو هو", "غلط", "مو هذا"])
async def test_the_one_who_was_found_is_not_meant(ali: Citizen, no: str) -> None:
    await at_agent(ali)
    await ali.says("سالم")
    assert WHAT in await ali.says(no)
    assert "الوكيل أو المركز: سالم\n" in await review_of(ali)


@pytest.mark.parametrize("text", ["لا، رزاق عبد الحسين", "لا رزاق عبد الحسين", "رزاق عبد الحسين"])
async def test_another_than_the_one_who_was_found(ali: Citizen, text: str) -> None:
    await at_agent(ali)
    await ali.says("سالم")
    assert "اختر مما تحت" in await ali.says("اريد اشتكي")
    assert WHAT in await ali.says(text)
    assert "الوكيل أو المركز: رزاق عبد الحسين\n" in await review_of(ali)


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("بدل الاسم الى سالم عبد الله", "سالم عبد الله حسن (4418)"),
        ("لا هذا مو وكيلي، وكيلي رزاق عبد الحسين", "رزاق عبد الحسين"),
        ("لا مو كريم، سالم عبدالله", "سالم عبد الله حسن (4418)"),
        ("لا الوكيل اسمه رزاق عبد الحسين", "رزاق عبد الحسين"),
        ("اريد اغير اسم الوكيل الى حجي سلام", "حجي سلام"),
    ],
)
@pytest.mark.parametrize("where", ["account", "review", "edit"])
async def test_the_agent_is_put_right_in_words(ali: Citizen, text: str, agent: str, where: str) -> None:
    await at_agent(ali)
    await ali.says("كريم جاسم")
    if where != "account":
        await review_of(ali)
    if where == "edit":
        await ali.says("تعديل")
    said = await ali.says(text, intent="deny")
    assert "كتبت اسم الوكيل: " in said
    assert agent in said
    assert REVIEW in said if where != "account" else WHAT in said


@pytest.mark.parametrize("text", ["لا غلط الوكيل", "هذا مو وكيلي", "لا مو كريم جاسم", "اسم الوكيل غلط"])
async def test_the_wrong_agent_is_taken_back(ali: Citizen, text: str) -> None:
    await at_agent(ali)
    await ali.says("كريم جاسم")
    await review_of(ali)
    said = await ali.says(text, intent="deny")
    assert "محوت اسم الوكيل" in said
    assert WHOM in said


@pytest.mark.parametrize("text", ["الوكيل غلط علي", "اريد ابدل الوكيل بوكيل ثاني"])
async def test_an_account_is_no_correction(ali: Citizen, text: str) -> None:
    await at_agent(ali)
    await ali.says("كريم جاسم")
    said = await ali.says(text)
    assert "كتبت اسم" not in said
    assert "محوت" not in said
