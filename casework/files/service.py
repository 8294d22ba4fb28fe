"""Keeping files and giving them out again."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.files import repository
from casework.files.models import NAME_MAX_CHARS, StoredFile
from foundation.datakeys import DataKeys


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file in clear."""

    name: str
    media_type: str
    data: bytes


async def keep(
    session: AsyncSession,
    data: bytes,
    *,
    name: str,
    media_type: str,
    now: datetime,
    owner_conversation: str | None,
    keys: DataKeys,
) -> StoredFile:
    """Stores a file that was made here, or that `checking.check` has passed.

    Args:
        session: The caller's transaction.
        data: The content.
        name: What the citizen sees.
        media_type: Its type.
        now: The present moment.
        owner_conversation: Whose it is.
        keys: It is kept encrypted.
    """
    file = StoredFile(
        id=secrets.token_hex(16),
        conversation_id=owner_conversation,
        name=name[:NAME_MAX_CHARS],
        media_type=media_type,
        size=len(data),
        content=keys.encrypt_bytes(data),
        created_at=now,
    )
    await repository.add(session, file)
    return file


async def open_file(session: AsyncSession, file_id: str, keys: DataKeys) -> OpenedFile | None:
    """A file in clear, for those whose right to it was checked; None if it is gone."""
    file = await repository.get(session, file_id)
    return None if file is None else OpenedFile(file.name, file.media_type, keys.decrypt_bytes(file.content))


async def open_own(session: AsyncSession, file_id: str, conversation_id: str, keys: DataKeys) -> OpenedFile | None:
    """A file in clear for the conversation that it belongs to; None for all others."""
    file = await repository.get(session, file_id)
    if file is None or file.conversation_id != conversation_id:
        return None
    return OpenedFile(file.name, file.media_type, keys.decrypt_bytes(file.content))
