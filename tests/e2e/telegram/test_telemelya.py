"""A citizen on Telegram, by webhook: the whole product over telemelya, a Bot API server that nobody here wrote."""

import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.sentences import text_of
from tests.e2e.telegram.conftest import Lane
from tests.e2e.telegram.processes import until
from tests.e2e.telegram.reading import data_of, plain
from tests.telegram_emulator.state import TOKEN

pytestmark = [pytest.mark.engine, pytest.mark.telegram, pytest.mark.timeout(300)]

_chats = itertools.count(7_900_000_000)


class Person:
    """Somebody in a private chat with the bot."""

    def __init__(self, url: str) -> None:
        self.chat = next(_chats)
        self.http = httpx.Client(
            base_url=f"{url}/api/v1/test",
            headers={"Authorization": "Bearer any", "X-Test-Session": str(self.chat)},
            timeout=30.0,
        )

    def does(self, **content: Any) -> str:
        """Sends something; the reply."""
        before = len(self.received)
        sent = self.http.post(
            "/send_update",
            params={"bot_token": TOKEN},
            json={"chat_id": self.chat, "from_user": {"id": self.chat, "first_name": "زينب"}, **content},
        )
        assert sent.json()["delivery"]["status_code"] == 200, sent.text
        until(lambda: len(self.received) > before, "a reply")
        return plain(self.received[before]["text"])

    def presses(self, title: str) -> str:
        """Presses a button under the last message; the reply."""
        shown = self.received[-1]
        return self.does(callback_data=data_of(shown["reply_markup"], title), callback_message_id=shown["message_id"])

    @property
    def received(self) -> list[dict[str, Any]]:
        """What the bot sent."""
        return [call for call in self.called if call["method"] == "sendMessage"]

    @property
    def called(self) -> list[dict[str, Any]]:
        """Every call of the bot for this chat."""
        calls: list[dict[str, Any]] = self.http.get("/responses").json()["responses"]
        return calls


@pytest.fixture
def person(telemelya: str) -> Iterator[Person]:
    """Somebody new."""
    person = Person(telemelya)
    yield person
    person.http.close()


def test_a_question_and_its_buttons(person: Person) -> None:
    assert "مساعد أور" in person.does(command="/start")
    assert "جواز السفر" in person.does(text="شنو المستمسكات مال جواز السفر؟")
    assert "الرسوم:" in person.presses("الرسوم")
    until(lambda: "answerCallbackQuery" in {call["method"] for call in person.called}, "the spinner to stop")
    assert "جواز السفر" in person.does(text="زين وين أقدم")


def test_services_are_browsed(person: Person) -> None:
    person.does(command="/services")
    rows = person.received[-1]["reply_markup"]["inline_keyboard"]
    titles = [button["text"] for row in rows for button in row]
    assert len(titles) == 10
    assert "الصفحة 1 من" in person.presses(next(title for title in titles if "19" in title))
    assert "الصفحة 2 من" in person.presses("التالي")


def test_a_photo_is_not_fetched_and_its_caption_is_answered(person: Person, webhook: Lane) -> None:
    fetched = len(webhook.proxy.called("getFile"))
    assert person.does(photo_file_id="AgAD-1") == text_of("photo")
    assert person.does(photo_file_id="AgAD-2", photo_caption="شكد رسوم الجواز") == text_of("photo_with_text")
    until(lambda: len(person.received) == 3, "the answer to the caption")
    assert "جواز السفر" in plain(person.received[-1]["text"])
    assert len(webhook.proxy.called("getFile")) == fetched


def test_every_call_is_one_of_the_bot_api(person: Person, webhook: Lane) -> None:
    person.does(text="مرحبا")
    webhook.check_calls()
