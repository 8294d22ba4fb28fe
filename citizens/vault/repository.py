"""SQL of the vault."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from citizens.models import VaultEntry


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored identifier; the fields are those of `VaultEntry`."""

    conversation_id: str
    token: str
    kind: str
    digest: str
    value: bytes


async def put(
    session: AsyncSession,
    conversation_id: str,
    kind: str,
    digests: Sequence[str],
    token: str,
    value: bytes,
    now: datetime,
) -> str:
    """Stores an identifier, unless the conversation has it under one of `digests` (newest key first).

    Returns:
        The token that stands for it.
    """
    known = await session.execute(
        update(VaultEntry)
        .where(VaultEntry.conversation_id == conversation_id, VaultEntry.kind == kind, VaultEntry.digest.in_(digests))
        .values(used_at=now)
        .returning(VaultEntry.token, VaultEntry.digest)
    )
    tokens: dict[str, str] = {row.digest: row.token for row in known}
    if tokens:
        return next(tokens[digest] for digest in digests if digest in tokens)
    digest = digests[0]
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(
        insert(VaultEntry)
        .values(conversation_id=conversation_id, token=token, kind=kind, digest=digest, value=value, used_at=now)
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


async def page(session: AsyncSession, after: tuple[str, str], limit: int) -> Sequence[Entry]:
    """The next `limit` entries after the one with this conversation and token, in that order."""
    key = tuple_(VaultEntry.conversation_id, VaultEntry.token)
    found = await session.execute(
        select(VaultEntry.conversation_id, VaultEntry.token, VaultEntry.kind, VaultEntry.digest, VaultEntry.value)
        .where(key > after)
        .order_by(VaultEntry.conversation_id, VaultEntry.token)
        .limit(limit)
    )
    return [Entry(*row) for row in found]


async def has_digest(session: AsyncSession, conversation_id: str, kind: str, digest: str) -> bool:
    """Whether the conversation has an identifier under this digest."""
    found = await session.scalar(
        select(VaultEntry.token).where(
            VaultEntry.conversation_id == conversation_id, VaultEntry.kind == kind, VaultEntry.digest == digest
        )
    )
    return found is not None


async def replace(session: AsyncSession, entry: Entry, digest: str, value: bytes) -> bool:
    """Puts the same identifier under another key; False if the entry is gone or was changed meanwhile."""
    replaced = await session.scalar(
        update(VaultEntry)
        .where(
            VaultEntry.conversation_id == entry.conversation_id,
            VaultEntry.token == entry.token,
            VaultEntry.value == entry.value,
        )
        .values(digest=digest, value=value)
        .returning(VaultEntry.token)
    )
    return replaced is not None
