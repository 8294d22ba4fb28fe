"""Files through both channels: sent while a form waits for one, and given to their owner only."""

import asyncio
from io import BytesIO

from PIL import Image
from sqlalchemy import select

from bot.conversations import repository as conversations
from bot.webchat.service import address_of
from casework.dialogues import repository as dialogues
from casework.dialogues.forms import Prompt
from casework.files import repository as files
from casework.files.models import StoredFile
from casework.files.service import keep
from casework.notices.service import add
from citizens.models import Channel
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from tests.bot.conftest import WebCitizen, running
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (30, 20), "blue").save(out, "PNG")
    return out.getvalue()


async def waits_for(sessions: SessionFactory, citizen: WebCitizen, expects: str) -> str:
    """Opens a form's question in the citizen's conversation; its id."""
    async with transaction(sessions) as session:
        conversation_id = await conversations.find(session, Channel.WEB, address_of(citizen.conversation))
        assert conversation_id is not None
        await dialogues.put(
            session, conversation_id, expects=expects, state=b"x", message_id="m", outcome={}, now=utc_now()
        )
        return conversation_id


async def test_web_upload_reaches_the_form(settings: Settings, engine: FakeEngine, sessions: SessionFactory) -> None:
    async with running(settings) as bot:
        citizen = await bot.citizen()
        await waits_for(sessions, citizen, "photo")
        sent = await citizen.http.post(f"/api/chat/{citizen.conversation}/files?name=وصل.png", content=picture())
        assert sent.status_code == 201, sent.text
        file = sent.json()["file"]
        assert (await citizen.post(file=file)).status_code == 200
        assert engine.turns[-1]["payload"] == f'/shared{{"what": "photo", "item": "{file}"}}'
        got = await citizen.http.get(f"/api/chat/{citizen.conversation}/files/{file}")
        assert (got.status_code, got.headers["content-type"]) == (200, "image/jpeg")
        other = await bot.citizen()
        assert (await citizen.http.get(f"/api/chat/{other.conversation}/files/{file}")).status_code == 404
        assert (await other.post(file=file)).status_code == 400


async def test_files_are_taken_when_they_are_asked_for(settings: Settings, sessions: SessionFactory) -> None:
    async with running(settings) as bot:
        citizen = await bot.citizen()
        address = f"/api/chat/{citizen.conversation}/files?name=a.png"
        refused = await citizen.http.post(address, content=picture())
        assert (refused.status_code, refused.json()["error"]) == (409, "file_not_wanted")
        await waits_for(sessions, citizen, "digits")
        assert (await citizen.http.post(address, content=picture())).status_code == 409
        await waits_for(sessions, citizen, "document,photo")
        assert (await citizen.http.post(address, content=picture())).status_code == 201


async def test_files_that_nothing_needs_do_not_pile_up(settings: Settings, sessions: SessionFactory) -> None:
    async with running(settings.model_copy(update={"file_pending_max": 2})) as bot:
        citizen = await bot.citizen()
        await waits_for(sessions, citizen, "photo")
        address = f"/api/chat/{citizen.conversation}/files?name=a.png"
        sent = await asyncio.gather(*(citizen.http.post(address, content=picture()) for _ in range(4)))
        assert sorted(answer.status_code for answer in sent) == [201, 201, 429, 429]
        async with transaction(sessions) as session:
            await files.attach(session, [one.json()["file"] for one in sent if one.status_code == 201])
        assert (await citizen.http.post(address, content=picture())).status_code == 201


async def test_bad_uploads_get_a_sentence(settings: Settings, sessions: SessionFactory) -> None:
    async with running(settings.model_copy(update={"file_max_megabytes": 1})) as bot:
        citizen = await bot.citizen()
        await waits_for(sessions, citizen, "photo")
        address = f"/api/chat/{citizen.conversation}/files?name=a.jpg"
        refused = await citizen.http.post(address, content=b"MZ\x90" * 100)
        assert (refused.status_code, refused.json()["error"]) == (415, "file_bad_type")
        large = await citizen.http.post(address, content=picture() + b"\x00" * 1024 * 1024)
        assert (large.status_code, large.json()["error"]) == (413, "file_too_large")
        assert "ميغابايت" in large.json()["message"]


async def test_a_file_for_the_citizen_is_linked(settings: Settings, sessions: SessionFactory) -> None:
    async with running(settings) as bot:
        citizen = await bot.citizen()
        keys = load_data_keys(settings)
        async with transaction(sessions) as session:
            conversation_id = await conversations.find(session, Channel.WEB, address_of(citizen.conversation))
            assert conversation_id is not None
            file = await keep(
                session,
                b"%PDF-",
                name="وصل.pdf",
                media_type="application/pdf",
                now=utc_now(),
                owner_conversation=conversation_id,
                keys=keys,
            )
            await add(session, conversation_id, Prompt("وصلك", files=(file.id,)), utc_now(), key="k", keys=keys)

        async def there() -> bool:
            history = await citizen.http.get(f"/api/chat/{citizen.conversation}/history")
            return bool(history.json()["messages"])

        await eventually(there)
        [message] = (await citizen.http.get(f"/api/chat/{citizen.conversation}/history")).json()["messages"]
        [attachment] = message["attachments"]
        assert (attachment["name"], attachment["media_type"]) == ("وصل.pdf", "application/pdf")
        got = await citizen.http.get(attachment["url"])
        assert got.content == b"%PDF-"
        assert "attachment" in got.headers["content-disposition"]
        async with sessions() as session:
            assert b"%PDF-" not in (await session.scalars(select(StoredFile.content))).one()
