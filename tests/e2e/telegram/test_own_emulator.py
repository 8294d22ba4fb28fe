"""A citizen on Telegram, by webhook: the whole product over our own emulator, for what the third-party servers lack."""

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from bot.sentences import text_of
from tests.e2e.telegram.conftest import Lane
from tests.e2e.telegram.processes import kill, until
from tests.e2e.telegram.reading import data_of, plain, titles
from tests.telegram_emulator.citizen import PHOTO, GroupMember, Person, deliver
from tests.telegram_emulator.state import Fault, Telegram

pytestmark = [pytest.mark.engine, pytest.mark.telegram, pytest.mark.timeout(300), pytest.mark.usefixtures("webhook")]

OK = 200
FORBIDDEN = 403


class Visitor:
    """Somebody whose updates are delivered to the webhook."""

    chats = 7_700_000_000

    def __init__(self, telegram: Telegram, person: Person | None = None) -> None:
        Visitor.chats += 1
        self.telegram = telegram
        self.person = person or Person(telegram, Visitor.chats)

    def does(self, update: dict[str, Any], secret: str | None = None) -> int:
        """Delivers an update; the status that the webhook answered."""
        return asyncio.run(deliver(self.telegram, update, secret)).status_code

    def asks(self, text: str) -> str:
        """Sends a text; the reply."""
        before = len(self.person.received)
        assert self.does(self.person.says(text)) == OK
        return self.hears(before + 1)[before]

    def presses(self, title: str) -> str:
        """Presses a button under the last message; the reply."""
        before = self.person.received
        update = self.person.presses(data_of(before[-1].get("reply_markup"), title))
        assert self.does(update) == OK
        reply = self.hears(len(before) + 1)[len(before)]
        query = update["callback_query"]["id"]
        until(
            lambda: query in {c.parameters["callback_query_id"] for c in self.telegram.called("answerCallbackQuery")},
            "the spinner to stop",
        )
        return reply

    def hears(self, count: int) -> list[str]:
        """Waits for `count` messages in all; their texts."""
        until(lambda: len(self.person.received) >= count, f"{count} messages")
        return [plain(message["text"]) for message in self.person.received]


@pytest.fixture
def visitor(telegram: Telegram) -> Visitor:
    """Somebody new."""
    return Visitor(telegram)


def test_the_secret_decides(visitor: Visitor) -> None:
    asked = visitor.person.says("شكد رسوم الجواز")
    for secret in ("", "wrong"):
        assert visitor.does(asked, secret) == FORBIDDEN
    assert visitor.does(asked) == OK
    assert "جواز السفر" in visitor.hears(1)[0]
    assert visitor.telegram.polls == 0


def test_an_update_delivered_again_is_one_turn(visitor: Visitor) -> None:
    asked = visitor.person.says("شكد رسوم الجواز")
    for _ in range(3):
        assert visitor.does(asked) == OK
    assert "البطاقة الوطنية" in visitor.asks("شكد رسوم البطاقة الوطنية")
    assert visitor.does(asked) == OK
    assert "شهادة الوفاة" in visitor.asks("شنو مستمسكات شهادة الوفاة")
    assert len(visitor.person.received) == 3


def test_the_menu_is_in_arabic_and_each_command_works(visitor: Visitor) -> None:
    menus = visitor.telegram.commands
    assert menus.keys() == {"", "ar"}
    expected = {"start": "مساعد أور", "help": "", "services": "", "cancel": "نبدأ من جديد", "privacy": "نحفظه"}
    for menu in menus.values():
        assert [command["command"] for command in menu] == list(expected)
        assert all("\u0600" <= command["description"][0] <= "\u06ff" for command in menu)
    replies = {command: visitor.asks(f"/{command}") for command in expected}
    assert all(expected[command] in reply for command, reply in replies.items())
    assert len(set(replies.values())) == len(expected)


def test_a_deep_link_opens_its_service_and_its_buttons_work(visitor: Visitor) -> None:
    assert "صندوق الإسكان" in visitor.asks("/start svc_loan-01")
    assert "المستمسكات:" in visitor.presses("المستمسكات")
    assert "صندوق الإسكان" in visitor.asks("وشكد تطول")
    assert "لم تعد في الدليل" in visitor.asks("/start svc_none-99")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"sticker": {"file_id": "s", "file_unique_id": "s"}}, "sticker"),
        ({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}, "voice"),
        ({"photo": PHOTO}, "photo"),
        ({"contact": {"phone_number": "9647701234567", "first_name": "ر"}}, "contact"),
        ({"location": {"latitude": 33.3, "longitude": 44.4}}, "location"),
    ],
)
def test_other_than_text_gets_a_clear_answer_and_a_way_on(
    visitor: Visitor, content: dict[str, Any], sentence: str
) -> None:
    assert visitor.does(visitor.person.sends(**content)) == OK
    assert visitor.hears(1) == [text_of(sentence)]
    assert len(titles(visitor.person.received[-1]["reply_markup"])) >= 2
    visitor.presses("الخدمات")
    assert len(titles(visitor.person.received[-1]["reply_markup"])) == 10


def test_an_edit_is_explained_and_keeps_the_topic(visitor: Visitor) -> None:
    visitor.asks("جواز السفر")
    assert visitor.does(visitor.person.edits("البطاقة الوطنية")) == OK
    assert visitor.hears(2)[1] == text_of("edited")
    assert "جواز السفر" in visitor.asks("وشكد الرسوم؟")


def test_a_group_is_told_once_to_write_in_private(telegram: Telegram) -> None:
    group = Visitor(telegram, GroupMember(telegram, 7_800_000_000, -1_007_800))
    for text in ("مرحبا", "شكد رسوم الجواز", "/services"):
        assert group.does(group.person.says(text)) == OK
    Visitor(telegram).asks("شكد رسوم الجواز")
    assert len(group.hears(1)) == 1
    assert "https://t.me/ur_test_bot" in group.hears(1)[0]


def test_a_limit_is_waited_for_and_order_is_kept(visitor: Visitor) -> None:
    chat = visitor.person.id
    visitor.telegram.faults["sendMessage"] = [
        Fault(429, "Too Many Requests: retry after 1", times=1, retry_after=1, chat_id=chat)
    ]
    for text in ("شكد رسوم الجواز", "شكد رسوم البطاقة الوطنية"):
        assert visitor.does(visitor.person.says(text)) == OK
    first, second = visitor.hears(2)
    assert "جواز السفر" in first
    assert "البطاقة الوطنية" in second
    tries = [call for call in visitor.telegram.called("sendMessage") if int(call.parameters["chat_id"]) == chat]
    assert [call.accepted for call in tries] == [False, True, True]
    assert tries[1].at - tries[0].at >= 1.0


def test_who_blocked_the_bot_is_answered_after_coming_back(visitor: Visitor) -> None:
    visitor.asks("مرحبا")
    visitor.telegram.blocked_by.add(visitor.person.id)
    visitor.does(visitor.person.says("شكد رسوم الجواز"))
    refused = visitor.telegram.called("sendMessage")
    until(lambda: not visitor.telegram.called("sendMessage")[-1].accepted, "the refusal")
    assert len(visitor.telegram.called("sendMessage")) <= len(refused) + 1
    visitor.does(visitor.person.blocks(unblock=True))
    assert "البطاقة الوطنية" in visitor.asks("شكد رسوم البطاقة الوطنية")


def test_a_service_added_now_is_answered_in_parts_when_long(webhook: Lane, visitor: Visitor) -> None:
    steps = [f"الخطوة رقم {number} من معاملة تسجيل المنحل عند دائرة الزراعة في المحافظة" for number in range(1, 91)]
    path = webhook.product.environment["DATABASE_URL"].removeprefix("sqlite+aiosqlite:///")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "INSERT INTO services (code, category_code, name, steps) VALUES (?, ?, ?, ?)",
            ("you-99", "you", "تسجيل النحالين وإجازة المناحل", json.dumps(steps)),
        )
    until(lambda: "النحالين" in visitor.asks("تسجيل النحالين واجازة المناحل"), "the new service")
    heard = len(visitor.person.received)
    visitor.presses("الخطوات")
    whole = "\n".join(visitor.hears(heard + 2)[heard:])
    assert [step for step in steps if step not in whole] == []
    first, second = visitor.person.received[heard:]
    assert "reply_markup" not in first
    assert "reply_markup" in second


def test_an_outage_is_told_and_the_message_answered_after_it(webhook: Lane, visitor: Visitor) -> None:
    visitor.asks("جواز السفر")
    kill(webhook.product, "actions")
    visitor.does(visitor.person.says("وشكد الرسوم؟"))
    replies = visitor.hears(3)[1:]
    assert replies[0] == text_of("kept")
    assert "الرسوم:" in replies[1]
    assert "جواز السفر" in replies[1]


def test_every_call_is_one_of_the_bot_api(webhook: Lane) -> None:
    webhook.check_calls()
    assert {call.method for call in webhook.proxy.calls} >= {
        "getMe",
        "setWebhook",
        "setMyCommands",
        "setMyDescription",
        "setMyShortDescription",
        "sendMessage",
        "answerCallbackQuery",
    }
