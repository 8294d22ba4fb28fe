"""The emulated Telegram against models that nobody here wrote: aiogram's and python-telegram-bot's."""

import telegram as ptb
from aiogram.types import Message, Update

from tests.bot.conftest import Bot
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually
from tests.telegram_emulator.citizen import PHOTO, GroupMember, Person, deliver
from tests.telegram_emulator.contract import check_call
from tests.telegram_emulator.state import Telegram

METHODS = {"sendMessage", "answerCallbackQuery", "sendChatAction", "setMyCommands", "setWebhook"}


def test_updates_are_what_libraries_expect() -> None:
    telegram = Telegram()
    person, member = Person(telegram, 5), GroupMember(telegram, 6, -1006)
    person.says("/start svc_loan-01")
    person.edits("سؤال")
    person.presses("x")
    person.blocks()
    person.blocks(unblock=True)
    person.sends(photo=PHOTO, caption="صورة")
    person.sends(voice={"file_id": "v", "file_unique_id": "v", "duration": 3})
    person.sends(contact={"phone_number": "9647701234567", "first_name": "ر"})
    member.says("مرحبا")
    for update in telegram.updates:
        Update.model_validate(update)
        assert ptb.Update.de_json(update, None).effective_chat is not None


async def test_calls_of_the_bot_are_valid(webhook_bot: Bot, engine: FakeEngine) -> None:
    telegram = webhook_bot.telegram
    await eventually(lambda: "ar" in telegram.commands)
    engine.buttons = [{"title": "شروط التقديم", "payload": '/ask_eligibility{"service": "loan-01"}'}] * 3
    engine.delay_seconds = 1.2
    person = webhook_bot.person()
    for update in (person.says("قرض\n\nالرابط https://ur.gov.iq"), person.presses("x"), person.sends(photo=PHOTO)):
        await deliver(telegram, update)
    await eventually(lambda: len(person.received) == 3)
    for call in telegram.calls:
        check_call(call.method, call.parameters)
    assert {call.method for call in telegram.calls} >= METHODS
    for message in telegram.sent:
        Message.model_validate(message)
