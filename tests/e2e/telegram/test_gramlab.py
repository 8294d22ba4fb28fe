"""A citizen on Telegram, polled: the whole product over gramlab, a Bot API server that nobody here wrote."""

import re

import pytest

from tests.e2e.telegram.conftest import Lane
from tests.e2e.telegram.gramlab_people import GroupMember, Person, World
from tests.e2e.telegram.processes import kill, until

pytestmark = [pytest.mark.engine, pytest.mark.telegram, pytest.mark.timeout(300), pytest.mark.usefixtures("polling")]

QUESTIONS = [
    ("شكد رسوم البطاقة الوطنية", "البطاقة الوطنية", "الرسوم:"),
    ("شنو لازم اجيب وياي للجواز", "جواز السفر", "المستمسكات:"),
    ("عدم المحكومية شكد تطول", "عدم محكومية", "المدة:"),
    ("شلون اجدد اجازة السوق", "تجديد إجازة السوق", "الخطوات:"),
    ("منو يحقله ياخذ راتب المعين المتفرغ", "المعين المتفرغ", "من يحق له:"),
    ("وين اقدم على سلفة صندوق الاسكان", "صندوق الإسكان", "طريقة التقديم:"),
    ("مرتي جابت ولد واريد اسجله", "شهادة الولادة", "عن أي شيء تسأل؟"),
    ("اريد افتح شركة شنو لازم اسوي", "تسجيل الشركات", "الخطوات:"),
    ("shkad rusum el jawaz", "جواز السفر", "الرسوم"),
    ("ابوي توفى شنو مستمسكات شهادة الوفاة", "شهادة الوفاة", "المستمسكات:"),
]


@pytest.fixture
def person(world: World) -> Person:
    """Somebody new."""
    return Person(world)


@pytest.mark.parametrize(("line", "service", "label"), QUESTIONS)
def test_ten_questions_in_iraqi_arabic(person: Person, line: str, service: str, label: str) -> None:
    reply = person.asks(line)
    assert service in reply.splitlines()[0]
    assert label in reply
    assert re.search(r"آخر مراجعة: \d{4}/\d{2}/\d{2}", reply)
    assert "المصدر" in reply or "غير مؤكدة" in reply


def test_start_and_a_facet_by_button_and_by_word(person: Person) -> None:
    assert "مساعد أور" in person.asks("/start")
    assert "جواز السفر" in person.asks("اريد اطلع جواز سفر")
    assert "الرسوم:" in person.presses("الرسوم")
    assert "المستمسكات:" in person.presses("المستمسكات")
    reply = person.asks("زين وين أقدم")
    assert "جواز السفر" in reply


def test_services_are_browsed_by_page(person: Person) -> None:
    person.asks("/services")
    assert len(person.buttons) == 10
    assert "الصفحة 1 من" in person.presses(next(title for title in person.buttons if "19" in title))
    assert "الصفحة 2 من" in person.presses("التالي")
    assert "الصفحة 1 من" in person.presses("السابق")
    service = person.buttons[0]
    assert service.split("…")[0] in person.presses(service)


def test_a_deep_link_opens_its_service(person: Person) -> None:
    assert "صندوق الإسكان" in person.asks("/start svc_loan-01")


def test_a_button_of_an_earlier_message_still_works(person: Person, world: World) -> None:
    person.asks("جواز السفر")
    card = person.received()[-1]
    person.asks("شكد رسوم البطاقة الوطنية")
    assert "جواز السفر" in person.presses("المستمسكات", under=card)


def test_a_group_gets_one_answer_with_a_link(person: Person) -> None:
    member = GroupMember(person)
    for text in ("مرحبا", "/start", "شكد رسوم الجواز"):
        member.says(text)
    assert "جواز السفر" in person.asks("شكد رسوم الجواز")
    assert [("https://t.me/ur_gramlab_bot" in text) for text in member.hears(1)] == [True]


def test_nothing_is_lost_when_the_bot_dies_and_order_is_kept(polling: Lane, world: World) -> None:
    people = [Person(world) for _ in range(2)]
    for person in people:
        person.asks("مرحبا")
    people[0].says("شنو مستمسكات جواز السفر")
    kill(polling.product, "bot")
    until(lambda: not polling.alive(), "the bot to be gone")
    for person in people:
        person.says("شكد رسوم البطاقة الوطنية")
        person.says("شنو مستمسكات شهادة الوفاة")
    first, second = people[0].hears(4)[1:], people[1].hears(3)[1:]
    for replies, expected in (
        (first, ["جواز السفر", "البطاقة الوطنية", "شهادة الوفاة"]),
        (second, ["البطاقة الوطنية", "شهادة الوفاة"]),
    ):
        for reply, name in zip(replies, expected, strict=True):
            assert name in reply.splitlines()[0]
    assert "جواز السفر" in people[1].asks("شكد رسوم الجواز")
    assert [len(person.received()) for person in people] == [4, 4]


def test_every_call_is_one_of_the_bot_api(polling: Lane) -> None:
    polling.check_calls()
    called = {call.method for call in polling.proxy.calls}
    assert called >= {"getMe", "getUpdates", "sendMessage", "answerCallbackQuery"}
    refused = {call.method for call in polling.proxy.calls if call.status >= 400}
    # What gramlab lacks; the product works on without its menu.
    assert refused <= {"setMyCommands", "setMyDescription", "setMyShortDescription", "sendChatAction", "getUpdates"}
