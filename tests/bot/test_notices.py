"""Notices reach citizens on both channels: once, in order, encrypted until then."""

from datetime import UTC, datetime

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.conversations import repository as conversations
from bot.models import Message, OutboxItem
from bot.notices.job import NoticeJob
from bot.signals import Signals
from casework.dialogues.forms import Choice, Prompt
from casework.notices.models import Notice
from casework.notices.service import add
from citizens.models import Channel
from citizens.vault import service as vault
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys

KEYS = DataKeys([Fernet.generate_key().decode()])
NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def conversation(sessions: SessionFactory, channel: Channel) -> str:
    async with transaction(sessions) as session:
        return await conversations.get_or_create(session, channel, "1", NOW)


async def queue(sessions: SessionFactory, conversation_id: str, text: str, key: str, *, personal: bool = False) -> bool:
    prompt = Prompt(text, (Choice("تفاصيل", "do:case:1"),), personal=personal)
    async with transaction(sessions) as session:
        return await add(session, conversation_id, prompt, NOW, key=key, keys=KEYS)


async def test_said_once_in_order(sessions: SessionFactory) -> None:
    web, telegram = await conversation(sessions, Channel.WEB), await conversation(sessions, Channel.TELEGRAM)
    assert await queue(sessions, web, "الأول", "a")
    assert await queue(sessions, web, "الثاني", "b", personal=True)
    assert not await queue(sessions, web, "الأول مرة ثانية", "a")
    assert await queue(sessions, telegram, "تلغرام", "a")
    async with sessions() as session:
        stored = (await session.scalars(select(Notice.content))).all()
    assert not any("الأول".encode() in (content or b"") for content in stored)
    job = NoticeJob(sessions, Signals(), KEYS, utc_now)
    assert await job.look() == 2
    assert await job.look() == 0
    async with sessions() as session:
        lines = (
            await session.scalars(select(Message).where(Message.conversation_id == web).order_by(Message.id))
        ).all()
        assert [await vault.reveal(session, web, line.text, KEYS) for line in lines] == ["الأول", "الثاني"]
        assert lines[1].text.startswith("⟦text:")
        assert all(line.late for line in lines)
        assert lines[0].body is not None
        assert lines[0].body["buttons"][0]["title"] == "تفاصيل"
        assert len((await session.scalars(select(OutboxItem))).all()) == 1
        assert set((await session.scalars(select(Notice.content))).all()) == {None}
