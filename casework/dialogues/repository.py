"""SQL of dialogues."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from casework.dialogues.models import DIALOGUES, Dialogue


async def get(session: AsyncSession, conversation_id: str) -> Dialogue | None:
    """The conversation's dialogue, locked until the transaction ends."""
    return await session.scalar(select(Dialogue).where(Dialogue.conversation_id == conversation_id).with_for_update())


async def expects(session: AsyncSession, conversation_id: str) -> frozenset[str]:
    """What the open question waits for, without waiting for whoever works on it."""
    found = await session.scalar(select(Dialogue.expects).where(Dialogue.conversation_id == conversation_id))
    return frozenset(filter(None, (found or "").split(",")))


async def put(
    session: AsyncSession,
    conversation_id: str,
    *,
    expects: str | None,
    state: bytes | None,
    message_id: str,
    outcome: dict[str, Any],
    now: datetime,
) -> None:
    """Writes what is open now."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {
        "expects": expects,
        "state": state,
        "message_id": message_id,
        "outcome": outcome,
        "updated_at": now,
    }
    await session.execute(
        insert(DIALOGUES)
        .values(conversation_id=conversation_id, **values)
        .on_conflict_do_update(index_elements=["conversation_id"], set_=values)
    )


async def forget_old(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> int:
    """Deletes dialogues that nobody went on with since `before`; returns how many."""
    ids = (
        await session.scalars(
            select(Dialogue.conversation_id)
            .where(Dialogue.updated_at < before)
            .order_by(Dialogue.updated_at)
            .limit(limit)
        )
    ).all()
    if ids and not dry:
        await session.execute(delete(Dialogue).where(Dialogue.conversation_id.in_(ids)))
    return len(ids)
