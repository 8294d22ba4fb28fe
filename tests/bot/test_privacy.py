"""A citizen sees, takes along and deletes what is kept."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from bot.conversations import repository as conversations
from bot.models import Author, InboxItem, Message
from bot.turns.concealing import CANCEL_PAYLOAD
from bot.webchat.service import address_of
from casework.cases import service as cases
from casework.cases.models import Case, Kind
from casework.cases.office import Office
from casework.cases.service import NewCase
from casework.files.models import StoredFile
from casework.privacy import repository as requests
from casework.privacy.models import Wish
from citizens.models import Channel, Conversation, VaultEntry
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from operations.audit import repository as audit
from operations.audit.models import Action
from tests.bot.conftest import Bot, WebCitizen, running
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually

PHONE = "07701234567"


async def wish(sessions: SessionFactory, citizen: WebCitizen, what: Wish, *, seconds: int = 0) -> str:
    """Keeps a request, as the form does."""
    async with transaction(sessions) as session:
        conversation_id = await conversations.find(session, Channel.WEB, address_of(citizen.conversation))
        assert conversation_id is not None
        await requests.add(session, conversation_id, what, utc_now() + timedelta(seconds=seconds))
        return conversation_id


async def last_message(citizen: WebCitizen) -> Any:
    """The newest line of the page."""
    return (await citizen.http.get(f"/api/chat/{citizen.conversation}/history")).json()["messages"][-1]


async def test_shown_masked_and_taken_along_in_full(settings: Settings, sessions: SessionFactory) -> None:
    async with running(settings) as bot:
        citizen = await bot.citizen()
        await citizen.says(f"رقمي {PHONE}")
        await wish(sessions, citizen, Wish.SHOW)

        async def shown() -> bool:
            return "ما نحفظه عنك" in str((await last_message(citizen))["text"])

        await eventually(shown)
        assert "هاتف: +9•••67" in str((await last_message(citizen))["text"])
        await wish(sessions, citizen, Wish.FILE)

        async def sent() -> bool:
            return bool((await last_message(citizen))["attachments"])

        await eventually(sent)
        [attachment] = (await last_message(citizen))["attachments"]
        copy = (await citizen.http.get(attachment["url"])).text
        assert "+9647701234567" in copy


async def test_deleted_whole(settings: Settings, engine: FakeEngine, sessions: SessionFactory) -> None:
    async with running(settings) as bot:
        citizen, other = await bot.citizen(), await bot.citizen()
        await citizen.says(f"رقمي {PHONE}")
        await other.says(f"رقمي {PHONE}")
        conversation_id = await wish(sessions, citizen, Wish.ERASE)

        async def gone() -> bool:
            return (await citizen.http.get(f"/api/chat/{citizen.conversation}/history")).status_code == 404

        await eventually(gone)
        assert len(engine.forgotten) == 1
        async with sessions() as session:
            for column in (Message.conversation_id, VaultEntry.conversation_id, Conversation.id):
                assert await session.scalar(select(func.count()).where(column == conversation_id)) == 0
            assert await session.scalar(select(func.count()).select_from(Conversation)) == 1
            # The update's number stays, so that a repeat of it is recognised.
            assert await session.scalar(select(func.count()).select_from(InboxItem)) == 2
            assert len(await audit.newest(session, [Action.ERASE], 5)) == 1
        assert "رقمي" in (await other.hears("رقمي"))


async def test_deletion_waits_for_the_engine(settings: Settings, engine: FakeEngine, sessions: SessionFactory) -> None:
    async with running(settings) as bot:
        citizen = await bot.citizen()
        await citizen.says("مرحبا")
        engine.status = 503
        await wish(sessions, citizen, Wish.ERASE)
        assert (await citizen.http.get(f"/api/chat/{citizen.conversation}/history")).status_code == 200
        engine.status = 200

        async def gone() -> bool:
            return (await citizen.http.get(f"/api/chat/{citizen.conversation}/history")).status_code == 404

        await eventually(gone)


async def test_cases_lose_their_owner_and_files_go(settings: Settings, sessions: SessionFactory) -> None:
    keys = load_data_keys(settings)
    async with running(settings) as bot:
        citizen = await bot.citizen()
        await citizen.says("مرحبا")
        conversation_id = await wish(sessions, citizen, Wish.FILE)

        async def sent() -> bool:
            return bool((await last_message(citizen))["attachments"])

        await eventually(sent)
        async with transaction(sessions) as session:
            office = Office(session, keys, settings, utc_now())
            new = NewCase(kind=Kind.DELAY, text="تأخرت الحصة", ration_card="1234567", conversation_id=conversation_id)
            number = (await cases.file(office, new)).case.number
        await wish(sessions, citizen, Wish.ERASE)

        async def gone() -> bool:
            async with sessions() as session:
                return await session.get(Conversation, conversation_id) is None

        await eventually(gone)
        async with sessions() as session:
            assert await session.scalar(select(func.count()).select_from(StoredFile)) == 0
            case = (await session.scalars(select(Case).where(Case.number == number))).one()
            assert case.kind == Kind.DELAY
            kept = (case.conversation_id, case.text, case.ration_card, case.ration_card_digest)
            assert kept == (None, None, None, None)


async def test_what_opens_a_form_is_one_token_in_the_transcript(
    bot: Bot, engine: FakeEngine, sessions: SessionFactory
) -> None:
    citizen = await bot.citizen()
    await citizen.says("شكد رسوم جواز السفر اليوم")
    engine.buttons = [{"title": "إلغاء", "payload": CANCEL_PAYLOAD}]
    await citizen.says("الوكيل أخذ مني ألفين زيادة")
    lines = select(Message.text).where(Message.author == Author.CITIZEN).order_by(Message.id)
    async with sessions() as session:
        plain, account = (await session.scalars(lines)).all()
    assert plain == "شكد رسوم جواز السفر اليوم"
    assert account.startswith("⟦text:")
    assert engine.heard[-1] == "الوكيل أخذ مني ألفين زيادة"
