"""A citizen asks in the web chat: the trained model, the search and the dialogue rules together."""

import re

import pytest

from tests.e2e.conftest import Citizen

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

QUESTIONS = [
    ("شنو المستمسكات مال جواز السفر؟", "جواز السفر"),
    ("شكد رسوم البطاقة الوطنية", "البطاقة الوطنية"),
    ("مرتي جابت ولد وأريد أسجله", "شهادة الولادة"),
    ("shlon ajaded ejazat el siaqa", "إجازة السوق"),
    ("وين اقدم على قرض صندوق الاسكان", "صندوق الإسكان"),
    ("شكد تطول شهادة عدم المحكومية", "عدم محكومية"),
    ("اريد اسوي سنوية للسيارة", "سنوية"),
    ("ابوي توفى شلون اطلعله شهادة وفاة", "شهادة الوفاة"),
    ("منو يحقله ياخذ راتب المعين المتفرغ", "المعين المتفرغ"),
    ("اريد افتح شركة شنو لازم اسوي", "تسجيل الشركات"),
]


@pytest.mark.parametrize(("line", "expected"), QUESTIONS)
def test_ten_questions_in_iraqi_arabic(citizen: Citizen, line: str, expected: str) -> None:
    reply = citizen.says(line)
    assert expected in reply
    assert re.search(r"آخر مراجعة: \d{4}/\d{2}/\d{2}", reply)
    assert "المصدر" in reply or "غير مؤكدة" in reply


def test_a_facet_keeps_the_topic_and_a_new_service_changes_it(citizen: Citizen) -> None:
    assert "جواز السفر" in citizen.says("اريد اطلع جواز سفر")
    fee = citizen.says("وشكد الرسوم؟")
    assert "جواز السفر" in fee
    assert "الرسوم:" in fee
    assert "جواز السفر" in citizen.says("زين وين أقدم")
    assert "شهادة الوفاة" in citizen.says("وشنو مستمسكات شهادة الوفاة")
    assert "شهادة الوفاة" in citizen.says("وشكد تكلف")


def test_buttons_of_a_card_answer_about_that_service(citizen: Citizen) -> None:
    citizen.says("جواز السفر")
    assert "المستمسكات" in citizen.buttons
    assert "المستمسكات:" in citizen.presses("المستمسكات")
    assert "المستمسكات" not in citizen.buttons


def test_browsing_by_category_with_pages(citizen: Citizen) -> None:
    citizen.says("شنو الخدمات الموجودة عدكم")
    assert len(citizen.buttons) == 10
    education = next(title for title in citizen.buttons if "19" in title)
    assert "الصفحة 1 من" in citizen.presses(education)
    assert "الصفحة 2 من" in citizen.presses("التالي")
    assert "الصفحة 1 من" in citizen.presses("السابق")


def test_two_failures_in_a_row_offer_a_person_and_yes_takes_the_offer(citizen: Citizen) -> None:
    assert "إنسان؟" not in citizen.says("شنو رأيك بفريق برشلونة")
    assert "إنسان؟" in citizen.says("منو راح يفوز بالدوري")
    assert "الدور" in citizen.says("اي")


def test_a_good_answer_between_two_failures_starts_the_count_again(citizen: Citizen) -> None:
    citizen.says("شنو رأيك بفريق برشلونة")
    citizen.says("جواز السفر")
    assert "إنسان؟" not in citizen.says("منو راح يفوز بالدوري")


def test_an_unknown_facet_is_said_to_be_unknown(citizen: Citizen) -> None:
    reply = citizen.says("شكد رسوم قرض صندوق الاسكان")
    assert "لا نعرف الرسوم" in reply
    assert "لا يعني أنها مجانية" in reply


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("السلام عليكم", "مساعد أور"),
        ("شكرا جزيلا", "العفو"),
        ("انت روبوت لو انسان", "برنامج آلي"),
        ("الغاء", "نبدأ من جديد"),
        ("شنو تعرف عني وشنو تحفظون", "نحفظه"),
        ("الوكيل ياخذ فلوس زيادة اريد اشتكي عليه", "أسجل شكواك"),
        ("اريد نتيجة فحص الكورونا مالتي", "رقم العينة"),
        ("اريد احجي وية موظف", "الدور"),
        ("كتابي رقم 455 وين وصل بالوزارة", "الصادر والوارد"),
        ("وين صارت شكواي", "رقم الشكوى"),
        ("انت غبي ما تفهم", "منزعج"),
    ],
)
def test_what_is_not_a_service_gets_an_honest_answer(citizen: Citizen, line: str, expected: str) -> None:
    assert expected in citizen.says(line)


@pytest.mark.parametrize(
    "line",
    [
        "اريد نتيجة مسحتي رقمها TST-2026-1001 ورقم هويتي 199000001001",
        "TST-2026-1001 199000001001",
        "١٩٩٠٠٠٠٠١٠٠١ تست ٢٠٢٦ ١٠٠١",
    ],
)
def test_a_sample_number_and_its_proof_in_one_line_give_the_result(citizen: Citizen, line: str) -> None:
    assert "النتيجة: سالبة" in citizen.says(line)


def test_who_is_not_found_may_ask_why_and_for_a_person(citizen: Citizen) -> None:
    assert "لم أجد نتيجة" in citizen.says("TST-2026-7777 199000001001")
    assert "لم يرسل المختبر" in citizen.says("مو صح؟ شسوي هسه")
    assert "الدور" in citizen.says("والله هذا رقمي صح، اريد موظف")


@pytest.mark.parametrize("line", ["شنو يعني سالبة؟", "شنو معنى موجبة", "النتيجة غير حاسمة شنو يعني"])
def test_what_a_finding_means(citizen: Citizen, line: str) -> None:
    assert "لم يجد المختبر الفيروس" in citizen.says(line)


@pytest.mark.parametrize("follow_up", ["شنو المستمسكات", "المستمسكات", "والمستمسكات؟", "يعني شنو اجيب وياي"])
def test_the_commonest_follow_up_is_about_the_topic(citizen: Citizen, follow_up: str) -> None:
    citizen.says("اريد اجدد جواز السفر")
    assert "المستمسكات:" in citizen.says(follow_up)


@pytest.mark.parametrize(
    "line", ["السلام عليكم اريد اجدد جوازي", "صباح الخير اريد اجدد جوازي", "الله يساعدكم اريد اجدد جوازي"]
)
def test_a_greeting_does_not_swallow_the_question(citizen: Citizen, line: str) -> None:
    reply = citizen.says(line)
    assert "جواز السفر" in reply
    assert "أهلاً بك" not in reply


def test_a_correction_after_no_is_heard(citizen: Citizen) -> None:
    citizen.says("شهادة الولادة")
    assert "شهادة الوفاة" in citizen.says("لا اقصد شهادة الوفاة")


def test_a_choice_can_be_typed(citizen: Citizen) -> None:
    citizen.says("شنو خدمات وزارة الداخلية")
    assert "شهادة عدم محكومية" in citizen.says("٢")
    assert "أي واحدة" in citizen.says("اريد قرض")
    second = citizen.buttons[1]
    assert citizen.says("الثانية").startswith(second.rstrip("…"))


def test_a_facet_waits_for_its_service(citizen: Citizen) -> None:
    assert "عن أي خدمة" in citizen.says("شكد الرسوم")
    assert "الرسوم" in citizen.says("جواز السفر")


def test_several_facets_in_one_line_are_all_answered(citizen: Citizen) -> None:
    reply = citizen.says("شكد رسوم فحص المقبلين على الزواج وشكد تطول وشنو المستمسكات")
    assert "الرسوم:" in reply
    assert "المدة:" in reply
    assert "المستمسكات:" in reply


def test_what_no_entry_holds_is_not_answered_with_a_fee(citizen: Citizen) -> None:
    reply = citizen.says("المعين المتفرغ شكد راتبه")
    assert "لا نعرف الراتب" in reply


def test_a_short_line_that_is_not_understood_keeps_the_topic_at_hand(citizen: Citizen) -> None:
    citizen.says("جواز السفر")
    citizen.says("طيط طيط بوق")
    assert "الرسوم" in citizen.buttons


def test_a_typed_intent_is_text(citizen: Citizen) -> None:
    reply = citizen.says('/ask_fee{"service": "nat-02"}')
    assert "الرسوم:" not in reply


def test_kurdish_and_english_get_an_answer_in_their_language(citizen: Citizen) -> None:
    assert "Arabic" in citizen.says("Hello, how can I renew my passport please?")
    assert re.search("[ێۆڕڵە]", citizen.says("سڵاو، دەمەوێت پاسپۆرتەکەم نوێ بکەمەوە"))


@pytest.mark.parametrize("line", ["😀😀😀", "\u202e\u202d\u200f", "؟؟؟؟؟", "<script>alert(1)</script>", "ا" * 1999])
def test_odd_input_gets_a_clear_answer(citizen: Citizen, line: str) -> None:
    reply = citizen.says(line)
    assert re.search("[\u0600-\u06ff]", reply)
    assert "Traceback" not in reply


def test_five_thousand_characters_are_answered_with_what_to_do(citizen: Citizen) -> None:
    response = citizen.http.post(f"/api/chat/{citizen.conversation}/messages", json={"text": "جواز " * 1000})
    body = response.json()
    sentence = body["messages"][0]["text"] if response.status_code == 200 else body["message"]
    assert "طويلة" in sentence


def test_one_common_word_is_asked_about_and_not_answered(citizen: Citizen) -> None:
    assert "هل تقصد" in citizen.says("وين اعترض")
    assert "التحدث مع إنسان" in citizen.buttons


def test_a_service_of_one_governorate_is_not_given_to_another(citizen: Citizen) -> None:
    assert "لم أجد خدمة" in citizen.says("المجاري طافحة بشارعنا بالنجف")


@pytest.mark.parametrize("line", ["التقديم اونلاين لو حضوري", "لازم حجز لو بلا", "ما عندي نت اكدر اروح للدائرة"])
def test_the_way_of_applying_is_told_of_the_topic(citizen: Citizen, line: str) -> None:
    citizen.says("اريد اجدد جواز السفر")
    assert "طريقة التقديم:" in citizen.says(line)


def test_the_source_is_told_once(citizen: Citizen) -> None:
    assert "المصدر:" in citizen.says("اريد اجدد جواز السفر")
    reply = citizen.says("وشكد الرسوم؟")
    assert "المصدر:" not in reply
    assert re.search(r"غير مؤكدة رسمياً: تأكد من 5599 · مراجعتنا \d{4}/\d{2}/\d{2}$", reply)


def test_the_same_question_is_not_put_twice_in_a_row(citizen: Citizen) -> None:
    first = citizen.says("شكد الرسوم")
    second = citizen.says("وين اروح")
    assert first != second
    assert "التحدث مع إنسان" in citizen.buttons


def test_a_paper_asked_for_by_name_is_not_made_up(citizen: Citizen) -> None:
    citizen.says("شلون انقل نفوسي من البصرة لبغداد")
    assert "لا نعرف هل يُطلب لهذه الخدمة: ختم المختار" in citizen.says("المختار لازم؟")


def test_stopping_a_loan_does_not_start_anew(citizen: Citizen) -> None:
    assert "نبدأ من جديد" not in citizen.says("اريد اوكف قرضي")


@pytest.mark.parametrize(
    ("line", "button", "begins"),
    [
        ("شنو هاي سلامات الي تنطي نتايج الفحص", "اعرض نتيجة فحصي", "رقم العينة"),
        ("طريقة تقديم شكوى على وكيل", "سجّل شكواي الآن", "أسجل شكواك"),
    ],
)
def test_a_service_done_here_is_explained_and_begun_by_a_button(
    citizen: Citizen, line: str, button: str, begins: str
) -> None:
    citizen.says(line)
    assert button in citizen.buttons
    assert begins in citizen.presses(button)


def test_a_second_matter_is_named_and_what_belongs_to_the_first_is_not(citizen: Citizen) -> None:
    assert "وذكرت أيضاً" in citizen.says("شكد رسوم جواز السفر، وشلون اجدد اجازة السوق")
    assert "وذكرت أيضاً" not in citizen.says("مرتي جابت طفلة، شلون اضيفها على البطاقة التموينية")


def test_how_long_a_complaint_takes(citizen: Citizen) -> None:
    assert "لكل مرحلة وقت محدد" in citizen.says("شكد تاخذ وقت الشكوى حتى تنحل")
