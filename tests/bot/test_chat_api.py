"""The chat API from outside."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.bot.conftest import Bot, WebCitizen
from tests.bot.fake_engine import FakeEngine

FEE_BUTTON = {"title": "الرسوم", "payload": '/ask_fee{"service": "loan-01"}'}


async def events_of(citizen: WebCitizen, count: int, **headers: str) -> list[dict[str, Any]]:
    """The first `count` events of a stream."""
    found: list[dict[str, Any]] = []
    url = f"/api/chat/{citizen.conversation}/events"
    async with asyncio.timeout(20), citizen.http.stream("GET", url, headers=headers) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                found.append(json.loads(line.removeprefix("data:")))
            if len(found) == count:
                return found
    return found


class TestMessages:
    async def test_text_is_answered(self, bot: Bot, engine: FakeEngine) -> None:
        citizen = await bot.citizen()
        [message] = await citizen.says("شلون أطلع جواز؟")
        assert message["text"] == "جواب شلون أطلع جواز؟"
        assert message["buttons"] == message["attachments"] == []
        assert engine.turns[0]["metadata"] == {"channel": "web", "form": False}

    async def test_engine_knows_neither_token_nor_conversation(self, bot: Bot, engine: FakeEngine) -> None:
        citizen = await bot.citizen()
        await citizen.says("مرحبا")
        assert citizen.conversation not in json.dumps(engine.turns)

    async def test_conversations_have_senders_of_their_own(self, bot: Bot, engine: FakeEngine) -> None:
        for _ in range(2):
            await (await bot.citizen()).says("مرحبا")
        assert len({turn["sender"] for turn in engine.turns}) == 2

    async def test_repeat_with_same_id_returns_same_messages(self, bot: Bot, engine: FakeEngine) -> None:
        citizen = await bot.citizen()
        first = await citizen.says("مرحبا", client_message_id="a1")
        assert await citizen.says("مرحبا", client_message_id="a1") == first
        assert engine.heard == ["مرحبا"]

    async def test_same_id_at_the_same_time_is_one_turn(self, bot: Bot, engine: FakeEngine) -> None:
        engine.delay_seconds = 0.2
        citizen = await bot.citizen()
        answers = await asyncio.gather(*(citizen.says("مرحبا", client_message_id="a1") for _ in range(5)))
        assert all(answer == answers[0] for answer in answers)
        assert engine.heard == ["مرحبا"]

    async def test_same_id_in_another_conversation_is_another_message(self, bot: Bot, engine: FakeEngine) -> None:
        for _ in range(2):
            await (await bot.citizen()).says("مرحبا", client_message_id="a1")
        assert len(engine.turns) == 2

    async def test_messages_of_a_conversation_are_in_order_and_one_at_a_time(
        self, bot: Bot, engine: FakeEngine
    ) -> None:
        engine.delay_seconds = 0.05
        citizen = await bot.citizen()
        sent = []
        for number in range(6):
            sent.append(asyncio.create_task(citizen.says(f"سؤال {number}")))
            await asyncio.sleep(0.02)
        answers = await asyncio.gather(*sent)
        assert [answer[0]["text"] for answer in answers] == [f"جواب سؤال {number}" for number in range(6)]
        assert engine.heard == [f"سؤال {number}" for number in range(6)]
        assert engine.overlaps == 0

    async def test_four_quick_messages_do_not_wait_for_a_clock(self, bot: Bot, engine: FakeEngine) -> None:
        citizen = await bot.citizen()
        await citizen.says("مرحبا")
        started = asyncio.get_running_loop().time()
        await asyncio.gather(*(citizen.says(f"سؤال {number}") for number in range(4)))
        assert asyncio.get_running_loop().time() - started < 1.5

    async def test_reply_without_text_becomes_a_sentence(self, bot: Bot, engine: FakeEngine) -> None:
        engine.messages = []
        assert "لم أجد جواباً" in await (await bot.citizen()).hears("شيء")

    async def test_command_is_a_payload(self, bot: Bot, engine: FakeEngine) -> None:
        citizen = await bot.citizen()
        for command in ("/start", "/Help", "/services@Ur_Test_bot", "/start svc_LOAN-01"):
            await citizen.says(command)
        assert [turn["payload"] for turn in engine.turns] == [
            "/greet",
            "/help",
            "/list_services",
            '/ask_service{"service": "loan-01"}',
        ]

    @pytest.mark.parametrize("text", ['/ask_fee{"service":"loan-01"}', "/restart", "/greet", "/قائمة"])
    async def test_typed_payload_is_text(self, bot: Bot, engine: FakeEngine, text: str) -> None:
        await (await bot.citizen()).says(text)
        assert engine.turns[0]["text"] == text
        assert "payload" not in engine.turns[0]


class TestGate:
    @pytest.mark.parametrize("text", ["", "   ", "😀😀", "\u202e\u200f", "؟؟!!", "\x00\x07"])
    async def test_nothing_to_read(self, bot: Bot, engine: FakeEngine, text: str) -> None:
        assert "لم أجد كلاماً" in await (await bot.citizen()).hears(text)
        assert not engine.turns

    async def test_too_long_text_is_told_so(self, bot: Bot, engine: FakeEngine) -> None:
        answer = await (await bot.citizen()).hears("أريد جواز " * 500)
        assert "طويلة" in answer
        assert "4999" in answer
        assert not engine.turns

    async def test_english_and_kurdish_get_their_own_answer(self, bot: Bot, engine: FakeEngine) -> None:
        citizen = await bot.citizen()
        assert "I answer in Arabic" in await citizen.hears("How much does a passport cost?")
        assert "یاریدەدەری" in await citizen.hears("چۆن پاسپۆرت وەربگرم؟ دەمەوێت زۆر سوپاس")
        assert not engine.turns

    async def test_arabizi_goes_to_the_engine(self, bot: Bot, engine: FakeEngine) -> None:
        await (await bot.citizen()).says("shlon atala3 jawaz")
        assert engine.heard == ["shlon atala3 jawaz"]

    async def test_controls_and_surrogates_are_taken_out(self, bot: Bot, engine: FakeEngine) -> None:
        citizen = await bot.citizen()
        response = await bot.http.post(
            f"/api/chat/{citizen.conversation}/messages",
            content=b'{"text": "\\u202e\\u062c\\u0648\\u0627\\u0632\\u0000 \\ud800\\u200b\\u0633"}',
        )
        assert response.status_code == 200
        assert engine.heard == ["جواز س"]

    async def test_html_is_text(self, bot: Bot, engine: FakeEngine) -> None:
        [message] = await (await bot.citizen()).says("<script>alert(1)</script> جواز")
        assert message["text"] == "جواب <script>alert(1)</script> جواز"


class TestIdentifiers:
    async def test_engine_gets_tokens_and_citizen_sees_the_value(self, bot: Bot, engine: FakeEngine) -> None:
        citizen = await bot.citizen()
        [message] = await citizen.says("رقمي ٠٧٧٠١٢٣٤٥٦٧ والبطاقة 199012345678")
        heard = engine.heard[0]
        assert "123456" not in heard
        assert "٠٧٧٠" not in heard
        assert heard.count("⟦phone:") == heard.count("⟦nid:") == 1
        assert "+9647701234567" in message["text"]
        assert "199012345678" in message["text"]

    async def test_another_citizen_cannot_use_a_token(self, bot: Bot, engine: FakeEngine) -> None:
        await (await bot.citizen()).says("رقمي 07701234567")
        token = engine.heard[0].removeprefix("رقمي ")
        engine.messages = [{"text": f"الرقم {token}"}]
        answer = await (await bot.citizen()).hears(f"ما هو {token}")
        assert "770" not in answer
        assert "⟦" not in engine.heard[1]

    async def test_fees_and_tracking_numbers_pass(self, bot: Bot, engine: FakeEngine) -> None:
        await (await bot.citizen()).says("دفعت 25000 دينار ورقم المعاملة 2026-123456")
        assert engine.heard == ["دفعت 25000 دينار ورقم المعاملة 2026-123456"]


class TestButtons:
    async def test_button_is_opaque_and_works(self, bot: Bot, engine: FakeEngine) -> None:
        engine.buttons = [FEE_BUTTON]
        citizen = await bot.citizen()
        [message] = await citizen.says("قرض")
        [button] = message["buttons"]
        assert "loan" not in button["payload"]
        assert len(button["payload"].encode()) <= 64
        response = await citizen.post(payload=button["payload"])
        assert response.json()["messages"][0]["text"] == f"جواب {FEE_BUTTON['payload']}"

    async def test_button_of_another_conversation_does_nothing(self, bot: Bot, engine: FakeEngine) -> None:
        engine.buttons = [FEE_BUTTON]
        [message] = await (await bot.citizen()).says("قرض")
        response = await (await bot.citizen()).post(payload=message["buttons"][0]["payload"])
        assert response.status_code == 200
        assert "لم يعد يعمل" in response.json()["messages"][0]["text"]
        assert len(engine.turns) == 1

    async def test_raw_payload_is_no_button(self, bot: Bot, engine: FakeEngine) -> None:
        response = await (await bot.citizen()).post(payload='/ask_fee{"service": "loan-01"}')
        assert "لم يعد يعمل" in response.json()["messages"][0]["text"]
        assert not engine.turns

    async def test_double_press_is_one_turn_with_the_same_answer(self, bot: Bot, engine: FakeEngine) -> None:
        engine.buttons = [FEE_BUTTON]
        citizen = await bot.citizen()
        [message] = await citizen.says("قرض")
        pressed = await asyncio.gather(*(citizen.post(payload=message["buttons"][0]["payload"]) for _ in range(2)))
        assert pressed[0].json() == pressed[1].json()
        assert len(engine.turns) == 2


class TestErrors:
    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b"{", 400, "invalid_json"),
            (b"", 400, "invalid_json"),
            (b"\xff\xfe", 400, "invalid_json"),
            (b"[" * 60_000, 400, "invalid_json"),
            (b"[]", 400, "invalid_request"),
            (b"{}", 400, "invalid_request"),
            (b'{"text": 5}', 400, "invalid_request"),
            (b'{"text": "a", "payload": "b"}', 400, "invalid_request"),
            (b'{"payload": ""}', 400, "invalid_request"),
            (b'{"text": "a", "client_message_id": 7}', 400, "invalid_request"),
            (b'{"text": "a", "client_message_id": ""}', 400, "invalid_request"),
            (b'{"text": "' + b"a" * 70_000 + b'"}', 413, "too_large"),
        ],
    )
    async def test_bad_body(self, bot: Bot, content: bytes, status: int, code: str) -> None:
        citizen = await bot.citizen()
        response = await bot.http.post(f"/api/chat/{citizen.conversation}/messages", content=content)
        assert (response.status_code, response.json()["error"]) == (status, code)
        assert any("\u0600" <= char <= "\u06ff" for char in response.json()["message"])

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("POST", "/api/chat/nobody/messages", 404),
            ("GET", "/api/chat/nobody/events", 404),
            ("GET", "/api/chat/nobody/history", 404),
            ("GET", "/api/chat/conversations", 405),
            ("PUT", "/api/chat/conversations", 405),
            ("GET", "/api/unknown", 404),
            ("POST", "/api/chat/%ff%fe/messages", 404),
        ],
    )
    async def test_wrong_place(self, bot: Bot, method: str, path: str, status: int) -> None:
        body = {"json": {"text": "مرحبا"}} if method == "POST" else {}
        response = await bot.http.request(method, path, **body)  # type: ignore[arg-type]
        assert response.status_code == status
        assert response.json().keys() == {"error", "message"}

    async def test_unreadable_number_in_query(self, bot: Bot) -> None:
        citizen = await bot.citizen()
        response = await bot.http.get(f"/api/chat/{citizen.conversation}/history?after=x")
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")

    async def test_headers_on_every_answer(self, bot: Bot) -> None:
        for path in ("/", "/healthz", "/api/unknown"):
            headers = (await bot.http.get(path)).headers
            assert "unsafe-inline" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert "server" not in headers or "uvicorn" not in headers["server"]


class TestLateAnswers:
    async def test_slow_turn_is_kept_and_answered_as_event(self, bot: Bot, engine: FakeEngine) -> None:
        engine.status = 503
        citizen = await bot.citizen()
        [notice] = await citizen.says("شكد الرسوم", client_message_id="a1")
        assert "حفظتها" in notice["text"]
        [second] = await citizen.says("وين أقدم", client_message_id="a2")
        assert "حفظتها" in second["text"]
        engine.status = 200
        events = await events_of(citizen, 2)
        assert [event["text"] for event in events] == ["جواب شكد الرسوم", "جواب وين أقدم"]
        again = await citizen.says("شكد الرسوم", client_message_id="a1")
        assert [message["text"] for message in again] == [notice["text"], "جواب شكد الرسوم"]

    async def test_stream_resumes_after_last_event(self, bot: Bot, engine: FakeEngine) -> None:
        engine.status = 503
        citizen = await bot.citizen()
        await citizen.says("أول سؤال")
        await citizen.says("ثاني سؤال")
        engine.status = 200
        first, second = await events_of(citizen, 2)
        assert await events_of(citizen, 1, **{"Last-Event-ID": str(first["id"])}) == [second]

    async def test_answers_in_time_are_no_events(self, bot: Bot, engine: FakeEngine) -> None:
        citizen = await bot.citizen()
        await citizen.says("أول سؤال")
        engine.status = 503
        await citizen.says("ثاني سؤال")
        engine.status = 200
        [event] = await events_of(citizen, 1)
        assert event["text"] == "جواب ثاني سؤال"

    async def test_history_tells_all(self, bot: Bot, engine: FakeEngine) -> None:
        engine.buttons = [FEE_BUTTON]
        citizen = await bot.citizen()
        [reply] = await citizen.says("رقمي 07701234567")
        history = (await bot.http.get(f"/api/chat/{citizen.conversation}/history")).json()
        assert [message["author"] for message in history["messages"]] == ["citizen", "assistant"]
        assert "+9647701234567" in history["messages"][0]["text"]
        later = await bot.http.get(f"/api/chat/{citizen.conversation}/history?after={reply['id']}")
        assert later.json()["messages"] == []

    async def test_too_many_streams_are_refused(self, bot: Bot) -> None:
        citizen = await bot.citizen()
        url = f"/api/chat/{citizen.conversation}/events"
        async with asyncio.timeout(20), AsyncExitStack() as stack:
            streams = [await stack.enter_async_context(bot.http.stream("GET", url)) for _ in range(6)]
            lines = [stream.aiter_lines() for stream in streams]
            assert [await anext(line) for line in lines]
            assert (await bot.http.get(url)).status_code == 429
