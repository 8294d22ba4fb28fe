"""Telegram end to end over the emulated Bot API: what citizens do, and what they get."""

import time
from typing import Any

import pytest
from pydantic import SecretStr

from bot.sentences import text_of
from foundation.settings import Settings
from ops.ports import free_port
from tests.bot.conftest import Bot, running
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually, serving
from tests.telegram_emulator.citizen import PHOTO, GroupMember, Person, deliver
from tests.telegram_emulator.server import make_server
from tests.telegram_emulator.state import TOKEN, Fault, Telegram

LONG_LABEL = "شروط التقديم على القرض السكني"


def texts(person: Person) -> list[str]:
    """What a person was sent, without direction signs."""
    signs = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))
    return [message["text"].translate(signs) for message in person.received]


async def got(person: Person, count: int) -> list[str]:
    """Waits until a person has `count` messages."""
    await eventually(lambda: len(person.received) >= count)
    return texts(person)


class TestPolling:
    async def test_text_is_answered(self, polling_bot: Bot, engine: FakeEngine) -> None:
        person = polling_bot.person()
        person.says("شكد رسوم الجواز؟")
        assert await got(person, 1) == ["جواب شكد رسوم الجواز؟"]
        assert engine.turns[0]["metadata"] == {"channel": "telegram", "form": False}
        assert str(person.id) not in str(engine.turns)

    async def test_only_wanted_updates_are_asked_for(self, polling_bot: Bot) -> None:
        await eventually(lambda: polling_bot.telegram.allowed_updates is not None)
        assert polling_bot.telegram.allowed_updates == ["message", "edited_message", "callback_query", "my_chat_member"]

    async def test_commands_are_registered_in_arabic(self, polling_bot: Bot) -> None:
        await eventually(lambda: "ar" in polling_bot.telegram.commands)
        for commands in polling_bot.telegram.commands.values():
            assert [command["command"] for command in commands] == ["start", "help", "services", "cancel", "privacy"]
            assert all("\u0600" <= command["description"][0] <= "\u06ff" for command in commands)

    async def test_quick_messages_are_answered_in_order(self, polling_bot: Bot, engine: FakeEngine) -> None:
        person, neighbour = polling_bot.person(1), polling_bot.person(2)
        for number in range(4):
            person.says(f"سؤال {number}")
            neighbour.says(f"طلب {number}")
        assert await got(person, 4) == [f"جواب سؤال {number}" for number in range(4)]
        assert await got(neighbour, 4) == [f"جواب طلب {number}" for number in range(4)]
        assert engine.overlaps == 0

    async def test_update_delivered_twice_is_one_turn(self, polling_bot: Bot, engine: FakeEngine) -> None:
        person = polling_bot.person()
        update = person.says("سؤال")
        await got(person, 1)
        polling_bot.telegram.updates.append(update)
        polling_bot.telegram.news.set()
        person.says("سؤال ثان")
        await got(person, 2)
        assert engine.heard == ["سؤال", "سؤال ثان"]

    async def test_poison_update_does_not_stop_the_others(self, polling_bot: Bot, engine: FakeEngine) -> None:
        person = polling_bot.person()
        polling_bot.telegram.add(message={"chat": "nonsense", "text": {}})
        polling_bot.telegram.add(message=None)
        polling_bot.telegram.add(something_new={"a": 1})
        person.says("سؤال")
        assert await got(person, 1) == ["جواب سؤال"]
        metrics = (await polling_bot.http.get("/metrics")).text
        assert 'ur_queue_depth{queue="quarantine"} 2.0' in metrics

    async def test_server_errors_while_polling_lose_nothing(self, polling_bot: Bot) -> None:
        polling_bot.telegram.faults["getUpdates"] = [Fault(502, "Bad Gateway", times=2)]
        person = polling_bot.person()
        person.says("سؤال")
        assert await got(person, 1) == ["جواب سؤال"]


class TestKinds:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ({"sticker": {"file_id": "s"}}, "sticker"),
            ({"voice": {"file_id": "v", "duration": 3}}, "voice"),
            ({"audio": {"file_id": "v", "duration": 3}}, "voice"),
            ({"photo": PHOTO}, "photo"),
            ({"document": {"file_id": "d"}}, "document"),
            ({"animation": {"file_id": "d"}, "document": {"file_id": "d"}}, "video"),
            ({"video": {"file_id": "d"}}, "video"),
            ({"location": {"latitude": 33.3, "longitude": 44.4}}, "location"),
            ({"contact": {"phone_number": "9647701234567", "first_name": "ر"}}, "contact"),
            ({"poll": {"id": "1"}}, "poll"),
            ({"dice": {"value": 3}}, "other"),
            ({"text": "😀"}, "empty"),
        ],
    )
    async def test_other_than_text_gets_a_clear_answer(
        self, polling_bot: Bot, engine: FakeEngine, content: dict[str, Any], sentence: str
    ) -> None:
        person = polling_bot.person()
        person.sends(**content)
        assert await got(person, 1) == [text_of(sentence)]
        assert not engine.turns

    async def test_caption_is_answered(self, polling_bot: Bot, engine: FakeEngine) -> None:
        person = polling_bot.person()
        person.sends(photo=PHOTO, caption="شنو هذا الفورم؟")
        assert await got(person, 2) == [text_of("photo_with_text"), "جواب شنو هذا الفورم؟"]

    async def test_album_is_answered_once(self, polling_bot: Bot) -> None:
        person = polling_bot.person()
        for _ in range(3):
            person.sends(photo=PHOTO, media_group_id="g1")
        person.says("سؤال")
        assert await got(person, 2) == [text_of("photo"), "جواب سؤال"]

    async def test_edit_is_explained_and_is_no_turn(self, polling_bot: Bot, engine: FakeEngine) -> None:
        person = polling_bot.person()
        person.edits("سؤال معدل")
        assert await got(person, 1) == [text_of("edited")]
        assert not engine.turns

    async def test_group_is_answered_once_with_a_link(self, polling_bot: Bot, engine: FakeEngine) -> None:
        await eventually(lambda: "ar" in polling_bot.telegram.commands)
        member = GroupMember(polling_bot.telegram, 5, -1005)
        for text in ("مرحبا", "/start", "شكد الرسوم"):
            member.says(text)
        person = polling_bot.person()
        person.says("سؤال")
        await got(person, 1)
        await got(member, 1)
        assert ["https://t.me/ur_test_bot" in text for text in texts(member)] == [True]
        assert engine.heard == ["سؤال"]

    async def test_pinned_message_is_silent(self, polling_bot: Bot, engine: FakeEngine) -> None:
        person = polling_bot.person()
        person.sends(pinned_message={"message_id": 1})
        person.says("سؤال")
        assert await got(person, 1) == ["جواب سؤال"]


class TestButtons:
    async def test_press_is_answered_at_once_and_works(self, polling_bot: Bot, engine: FakeEngine) -> None:
        engine.buttons = [
            {"title": "الرسوم", "payload": '/ask_fee{"service": "loan-01"}'},
            {"title": "الرابط", "payload": '/ask_link{"service": "loan-01"}'},
            {"title": LONG_LABEL, "payload": "/ask_eligibility"},
        ]
        person = polling_bot.person()
        person.says("قرض")
        await got(person, 1)
        rows = person.received[0]["reply_markup"]["inline_keyboard"]
        assert [[button["text"] for button in row] for row in rows] == [["الرسوم", "الرابط"], [LONG_LABEL]]
        engine.delay_seconds = 2.6
        started = time.monotonic()
        person.presses(rows[0][0]["callback_data"])
        await eventually(lambda: bool(polling_bot.telegram.called("answerCallbackQuery")))
        assert time.monotonic() - started < 2.2
        assert (await got(person, 2))[1] == 'جواب /ask_fee{"service": "loan-01"}'

    async def test_unknown_button_gets_a_sentence(self, polling_bot: Bot) -> None:
        person = polling_bot.person()
        person.presses("from-long-ago")
        assert await got(person, 1) == [text_of("old_button")]

    async def test_double_press_is_one_turn(self, polling_bot: Bot, engine: FakeEngine) -> None:
        engine.buttons = [{"title": "الرسوم", "payload": "/ask_fee"}]
        person = polling_bot.person()
        person.says("قرض")
        await got(person, 1)
        data = person.received[0]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        person.presses(data)
        person.presses(data)
        person.says("شكراً")
        assert (await got(person, 3))[1:] == ["جواب /ask_fee", "جواب شكراً"]
        assert len(polling_bot.telegram.called("answerCallbackQuery")) == 2

    async def test_refused_callback_answer_harms_nothing(self, polling_bot: Bot) -> None:
        polling_bot.telegram.faults["answerCallbackQuery"] = [
            Fault(400, "Bad Request: query is too old and response timeout expired or query ID is invalid", times=1)
        ]
        person = polling_bot.person()
        person.presses("from-long-ago")
        assert await got(person, 1) == [text_of("old_button")]


class TestSending:
    async def test_long_answer_is_split_and_carries_buttons_last(self, polling_bot: Bot, engine: FakeEngine) -> None:
        paragraph = "هذه فقرة من الجواب الطويل فيها رقم 25000 دينار. " * 20
        engine.messages = [
            {"text": "\n\n".join([paragraph.strip()] * 12), "buttons": [{"title": "الرسوم", "payload": "/ask_fee"}]}
        ]
        person = polling_bot.person()
        person.says("سؤال")
        await got(person, 3)
        assert all("reply_markup" not in message for message in person.received[:-1])
        assert "reply_markup" in person.received[-1]
        assert all(text.startswith("هذه") for text in texts(person))
        assert "\n\n".join(texts(person)) == engine.messages[0]["text"]

    async def test_retry_after_is_honoured_for_that_chat_only(self, polling_bot: Bot) -> None:
        slow, other = polling_bot.person(1), polling_bot.person(2)
        polling_bot.telegram.faults["sendMessage"] = [
            Fault(429, "Too Many Requests: retry after 2", times=1, retry_after=2, chat_id=1)
        ]
        started = time.monotonic()
        slow.says("أول")
        slow.says("ثان")
        other.says("سؤال")
        await got(other, 1)
        assert not slow.received
        assert await got(slow, 2) == ["جواب أول", "جواب ثان"]
        assert time.monotonic() - started >= 2

    async def test_server_error_is_tried_again_in_order(self, polling_bot: Bot) -> None:
        person = polling_bot.person()
        polling_bot.telegram.faults["sendMessage"] = [Fault(500, "Internal Server Error", times=2)]
        person.says("أول")
        person.says("ثان")
        assert await got(person, 2) == ["جواب أول", "جواب ثان"]

    async def test_lost_outcome_is_sent_again(self, polling_bot: Bot) -> None:
        person = polling_bot.person()
        polling_bot.telegram.faults["sendMessage"] = [Fault(502, "Bad Gateway", times=1, deliver=True)]
        person.says("أول")
        assert await got(person, 2) == ["جواب أول"] * 2

    async def test_blocked_citizen_is_left_alone_until_back(self, polling_bot: Bot, engine: FakeEngine) -> None:
        person = polling_bot.person()
        polling_bot.telegram.blocked_by.add(person.id)
        engine.messages = [{"text": "جواب"}, {"text": "تتمة"}]
        person.says("سؤال")
        await eventually(lambda: len(polling_bot.telegram.called("sendMessage")) == 1)
        person.blocks(unblock=True)
        engine.messages = None
        person.says("رجعت")
        assert await got(person, 1) == ["جواب رجعت"]
        assert len(polling_bot.telegram.called("sendMessage")) == 2

    async def test_formatting_refused_is_sent_plain(self, polling_bot: Bot, engine: FakeEngine) -> None:
        engine.messages = [{"text": "عنوان\n\nنص"}]
        polling_bot.telegram.faults["sendMessage"] = [Fault(400, "Bad Request: can't parse entities", times=1)]
        person = polling_bot.person()
        person.says("سؤال")
        assert await got(person, 1) == ["عنوان\n\nنص"]
        assert "entities" not in person.received[0]

    async def test_refused_reply_does_not_hold_up_the_next(self, polling_bot: Bot) -> None:
        person = polling_bot.person()
        polling_bot.telegram.faults["sendMessage"] = [Fault(400, "Bad Request: something", times=1)]
        person.says("أول")
        person.says("ثان")
        assert await got(person, 1) == ["جواب ثان"]

    async def test_a_chat_is_paced(self, polling_bot: Bot, engine: FakeEngine) -> None:
        engine.messages = [{"text": f"جزء {number}"} for number in range(6)]
        person = polling_bot.person()
        person.says("سؤال")
        await got(person, 6)
        calls = polling_bot.telegram.called("sendMessage")
        assert calls[-1].at - calls[0].at >= 1.5

    async def test_typing_is_shown_on_a_slow_turn_only(self, polling_bot: Bot, engine: FakeEngine) -> None:
        person = polling_bot.person()
        person.says("سؤال")
        await got(person, 1)
        assert not polling_bot.telegram.called("sendChatAction")
        engine.delay_seconds = 1.5
        person.says("سؤال بطيء")
        await got(person, 2)
        assert polling_bot.telegram.called("sendChatAction")[0].parameters["action"] == "typing"


class TestFaults:
    async def test_engine_away_is_told_once_and_answered_later_in_order(
        self, polling_bot: Bot, engine: FakeEngine
    ) -> None:
        engine.status = 503
        person = polling_bot.person()
        person.says("أول")
        person.says("ثان")
        assert await got(person, 1) == [text_of("kept")]
        await eventually(lambda: engine.asked >= 2)
        engine.status = 200
        assert await got(person, 3) == [text_of("kept"), "جواب أول", "جواب ثان"]

    async def test_actions_away_counts_as_an_outage(self, polling_bot: Bot, engine: FakeEngine) -> None:
        engine.status, engine.actions_up = 500, False
        person = polling_bot.person()
        person.says("أول")
        assert await got(person, 1) == [text_of("kept")]
        engine.status, engine.actions_up = 200, True
        assert await got(person, 2) == [text_of("kept"), "جواب أول"]

    async def test_slow_turn_is_apologised_for_retried_once_and_put_aside(
        self, polling_bot: Bot, engine: FakeEngine
    ) -> None:
        engine.delay_seconds = 60.0
        person = polling_bot.person()
        person.says("سؤال")
        assert await got(person, 2) == [text_of("slow_retry"), text_of("given_up")]
        engine.delay_seconds = 0.0
        person.says("سؤال آخر")
        assert (await got(person, 3))[2] == "جواب سؤال آخر"

    async def test_rate_limit_is_told_once(
        self, telegram_settings: Settings, telegram_url: tuple[Telegram, str], engine: FakeEngine
    ) -> None:
        limited = telegram_settings.model_copy(update={"rate_limit_per_minute": 2})
        async with running(limited, telegram_url[0]) as bot:
            person, other = bot.person(), bot.person(8)
            for number in range(5):
                person.says(f"سؤال {number}")
            other.says("غيري")
            await got(other, 1)
            assert await got(person, 3) == ["جواب سؤال 0", "جواب سؤال 1", text_of("rate_limited")]
            await eventually(lambda: not telegram_url[0].updates)
        assert len(person.received) == 3
        assert sorted(engine.heard) == ["سؤال 0", "سؤال 1", "غيري"]

    async def test_telegram_away_at_start_does_not_stop_the_web_chat(self, settings: Settings) -> None:
        port = free_port()
        away = settings.model_copy(
            update={
                "telegram_bot_token": SecretStr(TOKEN),
                "telegram_api_base_url": f"http://127.0.0.1:{port}",
            }
        )
        telegram = Telegram()
        async with running(away, telegram) as bot:
            assert await (await bot.citizen()).hears("سؤال") == "جواب سؤال"
            person = bot.person()
            person.says("سؤال آخر")
            async with serving(make_server(telegram), port):
                assert await got(person, 1) == ["جواب سؤال آخر"]


class TestWebhook:
    async def test_update_with_secret_is_answered(self, webhook_bot: Bot, engine: FakeEngine) -> None:
        telegram = webhook_bot.telegram
        await eventually(lambda: bool(telegram.webhook_url))
        person = webhook_bot.person()
        assert (await deliver(telegram, person.says("سؤال"))).status_code == 200
        assert await got(person, 1) == ["جواب سؤال"]
        assert telegram.allowed_updates == ["message", "edited_message", "callback_query", "my_chat_member"]

    @pytest.mark.parametrize("secret", ["", "wrong", "s3cret-of-the-webhooK"])
    async def test_wrong_secret_is_refused(self, webhook_bot: Bot, engine: FakeEngine, secret: str) -> None:
        telegram = webhook_bot.telegram
        await eventually(lambda: bool(telegram.webhook_url))
        response = await deliver(telegram, webhook_bot.person().says("سؤال"), secret=secret)
        assert response.status_code == 403
        assert not engine.turns

    async def test_repeated_delivery_is_one_turn(self, webhook_bot: Bot, engine: FakeEngine) -> None:
        telegram = webhook_bot.telegram
        await eventually(lambda: bool(telegram.webhook_url))
        person = webhook_bot.person()
        update = person.says("سؤال")
        for _ in range(3):
            assert (await deliver(telegram, update)).status_code == 200
        await got(person, 1)
        assert engine.heard == ["سؤال"]
        assert telegram.polls == 0

    async def test_nonsense_is_no_error(self, webhook_bot: Bot) -> None:
        telegram = webhook_bot.telegram
        await eventually(lambda: bool(telegram.webhook_url))
        bodies: list[object] = [{}, [], 5, None, {"update_id": True}, {"update_id": 5, "callback_query": {"id": 7}}]
        for nonsense in bodies:
            assert (await deliver(telegram, nonsense)).status_code == 200
