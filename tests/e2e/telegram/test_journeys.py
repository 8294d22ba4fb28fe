"""Both journeys on Telegram: a complaint with the phone's place and photo; a result proven by one's own number."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.e2e.telegram.conftest import Lane
from tests.e2e.telegram.processes import until
from tests.e2e.telegram.reading import data_of, plain, titles
from tests.telegram_emulator.citizen import Person, deliver
from tests.telegram_emulator.state import Telegram

pytestmark = [pytest.mark.engine, pytest.mark.telegram, pytest.mark.timeout(300)]

ZUBAIR = {"latitude": 30.3894, "longitude": 47.7081}


class Citizen:
    """Somebody on a phone."""

    chats = 7_711_000_000

    def __init__(self, telegram: Telegram) -> None:
        Citizen.chats += 1
        self.telegram = telegram
        self.person = Person(telegram, Citizen.chats)
        self.read = 0

    def does(self, update: dict[str, Any], words: str) -> str:
        """Delivers an update and waits for a reply that holds `words`."""
        assert asyncio.run(deliver(self.telegram, update)).status_code == 200

        def there() -> bool:
            return any(words in plain(message.get("text", "")) for message in self.fresh)

        try:
            until(there, f"«{words}»")
        except AssertionError as error:
            raise AssertionError([plain(message.get("text", "")) for message in self.fresh]) from error
        replies = "\n".join(plain(message.get("text", "")) for message in self.fresh)
        self.read = len(self.person.received)
        return replies

    def says(self, text: str, words: str) -> str:
        return self.does(self.person.says(text), words)

    def presses(self, title: str, words: str) -> str:
        """Presses the newest inline button with this title."""
        for message in reversed(self.person.received):
            if title in titles(message.get("reply_markup")):
                return self.does(self.person.presses(data_of(message["reply_markup"], title)), words)
        raise AssertionError(f"no button «{title}»")

    @property
    def fresh(self) -> list[dict[str, Any]]:
        return self.person.received[self.read :]

    @property
    def newest_buttons(self) -> dict[str, Any]:
        """The newest inline keyboard."""
        keyboards = (message.get("reply_markup") or {} for message in reversed(self.person.received))
        return next(keyboard for keyboard in keyboards if "inline_keyboard" in keyboard)

    @property
    def phone_keys(self) -> list[dict[str, Any]]:
        """Buttons at the foot of the screen, of any message so far."""
        return [
            key
            for message in self.person.received
            for row in (message.get("reply_markup") or {}).get("keyboard", [])
            for key in row
        ]


@pytest.fixture
def citizen(webhook: Lane, telegram: Telegram) -> Citizen:
    return Citizen(telegram)


def test_a_complaint_with_a_place_and_a_photo_of_the_phone(citizen: Citizen, webhook: Lane) -> None:
    out = BytesIO()
    Image.new("RGB", (400, 300), "green").save(out, "JPEG")
    citizen.telegram.files["sack"] = out.getvalue()
    size = {"file_id": "sack", "file_unique_id": "s", "width": 400, "height": 300, "file_size": len(out.getvalue())}
    citizen.says("الوكيل أخذ مني ألفين زيادة", "محافظة")
    until(lambda: any(key.get("request_location") for key in citizen.phone_keys), "the button for the place")
    citizen.does(citizen.person.sends(location=ZUBAIR), "قريب من هذه الأماكن")
    nearest = next(title for title in titles(citizen.newest_buttons) if "الزبير" in title)
    citizen.presses(nearest, "الوكيل أو مركز")
    citizen.presses("لا أعرف", "متى")
    citizen.says("البارحه", "بطاقتك")
    citizen.says("٧٦٥٤٣٢١", "صور")
    citizen.does(citizen.person.sends(photo=[size]), "وصلت 1")
    summary = citizen.presses("تم، أخفوا اسمي عن الوكيل", "راجع شكواك")
    assert "الزبير" in summary
    receipt = citizen.presses("نعم، أرسل", "R-")
    assert "رقمها" in receipt
    until(lambda: bool(citizen.telegram.called("sendPhoto")), "the receipt as a picture")
    assert citizen.telegram.uploads[-1][2].startswith(b"\x89PNG")
    citizen.says("وين وصلت شكواي", "أخذ مبلغ زائد")
    webhook.check_calls()


def test_a_result_proven_by_ones_own_number_and_its_certificate(citizen: Citizen, webhook: Lane) -> None:
    mine = {"phone_number": "+9647700001001", "first_name": "مثال", "user_id": citizen.person.id}
    citizen.says("اريد نتيجة فحص كورونا", "رقم العينة")
    citizen.says("TST 2026 ١٠٠١", "حتى أتأكد")
    until(lambda: any(key.get("request_contact") for key in citizen.phone_keys), "the button for the number")
    citizen.does(citizen.person.sends(contact={**mine, "user_id": 5}), "شخص آخر")
    citizen.does(citizen.person.sends(contact=mine), "سالبة")
    before = len(citizen.telegram.uploads)
    title = next(title for title in titles(citizen.newest_buttons) if "شهادة" in title)
    citizen.presses(title, "شهادة فحصك")
    until(lambda: len(citizen.telegram.uploads) > before, "the certificate")
    assert any(content.startswith(b"%PDF") for _, _, content in citizen.telegram.uploads[before:])
    webhook.check_calls()
