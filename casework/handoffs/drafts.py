"""Replies that are being written, kept encrypted by handoff and person."""

from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs.models import HandoffDraft
from foundation.datakeys import DataKeys


async def keep(
    session: AsyncSession, handoff_id: int, account_id: str, text: str, keys: DataKeys, now: datetime
) -> None:
    """Keeps what is written so far; an empty text keeps nothing."""
    if not text.strip():
        await drop(session, handoff_id, account_id)
        return
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    content = keys.encrypt(text)
    await session.execute(
        make(HandoffDraft)
        .values(handoff_id=handoff_id, account_id=account_id, content=content, at=now)
        .on_conflict_do_update(index_elements=["handoff_id", "account_id"], set_={"content": content, "at": now})
    )


async def read(session: AsyncSession, handoff_id: int, account_id: str, keys: DataKeys) -> str:
    """What was being written; empty if nothing is kept."""
    content = await session.scalar(
        select(HandoffDraft.content).where(HandoffDraft.handoff_id == handoff_id, HandoffDraft.account_id == account_id)
    )
    if content is None:
        return ""
    try:
        return keys.decrypt(content)
    except InvalidToken:
        return ""


async def drop(session: AsyncSession, handoff_id: int, account_id: str) -> None:
    """The reply was sent, or given up."""
    await session.execute(
        delete(HandoffDraft).where(HandoffDraft.handoff_id == handoff_id, HandoffDraft.account_id == account_id)
    )
