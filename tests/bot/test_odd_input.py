"""Input that fuzzing found: characters that a database refuses, in every field that reaches it."""

import pytest

from bot.turns.runner import MAX_OWN_FAILURES
from tests.bot.conftest import Bot
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually

ODD = ("\ud800", "\u0000", "x\u0000y\udfff")


@pytest.mark.parametrize("odd", ODD)
async def test_button_in_the_web_chat(bot: Bot, engine: FakeEngine, odd: str) -> None:
    citizen = await bot.citizen()
    content = '{"payload": "' + "".join(f"\\u{ord(char):04x}" for char in odd) + '"}'
    response = await bot.http.post(f"/api/chat/{citizen.conversation}/messages", content=content)
    assert response.status_code == 200
    assert "زر" in response.json()["messages"][0]["text"]
    assert not engine.turns


@pytest.mark.parametrize("odd", ODD)
async def test_button_and_album_on_telegram(polling_bot: Bot, engine: FakeEngine, odd: str) -> None:
    person = polling_bot.person()
    person.presses(odd)
    person.sends(photo=[], media_group_id=odd)
    person.says("سؤال")
    await eventually(lambda: len(person.received) == 3, MAX_OWN_FAILURES + 20)
    assert "زر" in person.received[0]["text"]
    assert engine.heard == ["سؤال"]


async def test_nested_deeper_than_can_be_written(polling_bot: Bot, engine: FakeEngine) -> None:
    person = polling_bot.person()
    for depth in (150, 900):
        nested: object = None
        for _ in range(depth):
            nested = [nested]
        person.sends(text="سؤال", entities=nested)
    person.says("سؤال")
    await eventually(lambda: engine.heard == ["سؤال"])
    await eventually(lambda: len(person.received) == 1)
