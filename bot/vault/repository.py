"""SQL of the vault."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import VaultEntry


async def put(
    session: AsyncSession, conversation_id: str, kind: str, digest: str, token: str, value: bytes, now: datetime
) -> str:
    """Stores an identifier, unless the conversation has it; returns the token that stands for it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(
        insert(VaultEntry)
        .values(conversation_id=conversation_id, token=token, kind=kind, digest=digest, value=value, created_at=now)
        .on_conflict_do_nothing(index_elements=["conversation_id", "kind", "digest"])
    )
    kept = await session.scalar(
        select(VaultEntry.token).where(
            VaultEntry.conversation_id == conversation_id, VaultEntry.kind == kind, VaultEntry.digest == digest
        )
    )
    if kept is None:
        raise LookupError("the identifier was removed while it was being added")
    return kept


async def get(session: AsyncSession, conversation_id: str, tokens: Sequence[str]) -> dict[str, bytes]:
    """The encrypted values behind `tokens` of this conversation; unknown tokens are left out."""
    found = await session.execute(
        select(VaultEntry.token, VaultEntry.value).where(
            VaultEntry.conversation_id == conversation_id, VaultEntry.token.in_(tokens)
        )
    )
    return {row.token: row.value for row in found}
