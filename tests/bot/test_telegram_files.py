"""Photos and documents over Telegram: fetched while a form waits for them, checked, stored; and sent to people."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from bot.conversations import repository as conversations
from bot.sentences import text_of
from casework.dialogues import repository as dialogues
from casework.dialogues.forms import Prompt
from casework.files.models import StoredFile
from casework.files.service import keep, open_file
from casework.notices.service import add
from citizens.models import Channel
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from tests.bot.conftest import Bot
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually
from tests.telegram_emulator.citizen import Person
from tests.telegram_emulator.state import Fault

MEGABYTE = 1024 * 1024


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (300, 200), "green").save(out, "JPEG", exif=_position())
    return out.getvalue()


def _position() -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (33.0, 18.0, 0.0)
    return exif


def photo(file_id: str, size: int) -> dict[str, Any]:
    about = {"file_unique_id": "u", "width": 90, "height": 90}
    return {"photo": [{"file_id": "small", "file_size": 9, **about}, {"file_id": file_id, "file_size": size, **about}]}


async def conversation_of(sessions: SessionFactory, person: Person) -> str:
    async with sessions() as session:
        found = await conversations.find(session, Channel.TELEGRAM, str(person.id))
    assert found is not None
    return found


async def waiting(bot: Bot, sessions: SessionFactory) -> Person:
    """Somebody whose form waits for a picture."""
    person = bot.person()
    person.says("مرحبا")
    await eventually(lambda: len(person.received) == 1)
    conversation_id = await conversation_of(sessions, person)
    async with transaction(sessions) as session:
        await dialogues.put(
            session,
            conversation_id,
            expects="photo,document",
            state=b"x",
            message_id="m",
            outcome={},
            now=utc_now(),
        )
    return person


async def test_a_photo_reaches_the_form_without_its_position(
    polling_bot: Bot, engine: FakeEngine, sessions: SessionFactory, settings: Settings
) -> None:
    person = await waiting(polling_bot, sessions)
    data = picture()
    assert b"Exif" in data
    polling_bot.telegram.files["big"] = data
    person.sends(**photo("big", len(data)))
    await eventually(lambda: len(person.received) == 2)
    assert engine.turns[-1]["payload"].startswith('/shared{"what": "photo"')
    async with sessions() as session:
        file = (await session.scalars(select(StoredFile))).one()
        opened = await open_file(session, file.id, load_data_keys(settings))
    assert opened is not None
    assert opened.media_type == "image/jpeg"
    assert b"Exif" not in opened.data
    assert file.conversation_id == await conversation_of(sessions, person)
    assert "big" not in str(engine.turns)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("photo.jpg", b"MZ\x90\x00" + b"\x00" * 300, "PDF"),
        ("60MB.jpg", b"\xff\xd8" + bytes(60 * MEGABYTE), "ميغابايت"),
        ("half.jpg", picture()[:400], "تالفة"),
    ],
)
async def test_what_is_not_taken_gets_a_sentence(
    polling_bot: Bot,
    engine: FakeEngine,
    sessions: SessionFactory,
    name: str,
    content: bytes,
    word: str,
) -> None:
    person = await waiting(polling_bot, sessions)
    turns = len(engine.turns)
    polling_bot.telegram.files["doc"] = content
    person.sends(document={"file_id": "doc", "file_unique_id": "u", "file_name": name, "mime_type": "image/jpeg"})
    await eventually(lambda: len(person.received) == 2)
    assert word in person.received[-1]["text"]
    assert len(engine.turns) == turns
    async with sessions() as session:
        assert (await session.scalars(select(StoredFile))).all() == []
    person.says("بعدني هنا")
    await eventually(lambda: len(person.received) == 3)


@pytest.mark.parametrize("method", ["getFile", "download"])
async def test_a_file_that_telegram_does_not_give(polling_bot: Bot, sessions: SessionFactory, method: str) -> None:
    person = await waiting(polling_bot, sessions)
    polling_bot.telegram.files["big"] = picture()
    polling_bot.telegram.faults[method] = [Fault(500, "Internal Server Error", times=1)]
    person.sends(**photo("big", 5000))
    await eventually(lambda: len(person.received) == 2)
    assert person.received[-1]["text"] == text_of("file_not_fetched")
    person.sends(**photo("big", 5000))
    await eventually(lambda: len(person.received) == 3)
    async with sessions() as session:
        assert len((await session.scalars(select(StoredFile))).all()) == 1


async def test_a_photo_that_nothing_waits_for_is_not_fetched(
    polling_bot: Bot, engine: FakeEngine, sessions: SessionFactory
) -> None:
    person = polling_bot.person()
    polling_bot.telegram.files["big"] = picture()
    person.sends(**photo("big", 5000))
    await eventually(lambda: len(person.received) == 1)
    assert polling_bot.telegram.called("getFile") == []
    async with sessions() as session:
        assert (await session.scalars(select(StoredFile))).all() == []


async def test_a_file_is_sent_to_a_person(polling_bot: Bot, sessions: SessionFactory, settings: Settings) -> None:
    person = await waiting(polling_bot, sessions)
    conversation_id = await conversation_of(sessions, person)
    keys = load_data_keys(settings)
    async with transaction(sessions) as session:
        file = await keep(
            session,
            picture(),
            name="R-123-456-7890.png",
            media_type="image/png",
            now=utc_now(),
            owner_conversation=conversation_id,
            keys=keys,
        )
        await add(session, conversation_id, Prompt("وصلك", files=(file.id,)), utc_now(), key="k", keys=keys)
    await eventually(lambda: bool(polling_bot.telegram.uploads))
    [(chat, name, content)] = polling_bot.telegram.uploads
    assert (chat, name, content) == (person.id, "R-123-456-7890.png", picture())
