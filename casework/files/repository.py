"""SQL of stored files."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from casework.files.models import StoredFile


async def add(session: AsyncSession, file: StoredFile) -> None:
    """Stores a file."""
    session.add(file)
    await session.flush()


async def get(session: AsyncSession, file_id: str) -> StoredFile | None:
    """A file with its content."""
    return await session.scalar(select(StoredFile).where(StoredFile.id == file_id).options(undefer(StoredFile.content)))


async def names(session: AsyncSession, file_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Names and media types of files."""
    if not file_ids:
        return {}
    found = await session.execute(
        select(StoredFile.id, StoredFile.name, StoredFile.media_type).where(StoredFile.id.in_(file_ids))
    )
    return {file_id: (name, media_type) for file_id, name, media_type in found}


async def belongs(session: AsyncSession, file_id: str, conversation_id: str) -> bool:
    """Whether a file is this conversation's."""
    owner = await session.scalar(select(StoredFile.conversation_id).where(StoredFile.id == file_id))
    return owner == conversation_id


async def pending(session: AsyncSession, conversation_id: str) -> tuple[int, int]:
    """How many files of a conversation nothing needs yet, and their size in bytes."""
    found = await session.execute(
        select(func.count(), func.coalesce(func.sum(StoredFile.size), 0)).where(
            StoredFile.conversation_id == conversation_id, StoredFile.attached.is_(False)
        )
    )
    count, size = found.one()
    return int(count), int(size)


async def attach(session: AsyncSession, file_ids: Sequence[str]) -> None:
    """Something that is kept needs these files from now on."""
    await session.execute(update(StoredFile).where(StoredFile.id.in_(file_ids)).values(attached=True))


async def remove(session: AsyncSession, file_ids: Sequence[str]) -> None:
    """Deletes files."""
    await session.execute(delete(StoredFile).where(StoredFile.id.in_(file_ids)))


async def erase(session: AsyncSession, conversation_id: str) -> None:
    """Deletes all files of a conversation."""
    await session.execute(delete(StoredFile).where(StoredFile.conversation_id == conversation_id))


async def purge(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> int:
    """Deletes files made before then that nothing needs; returns how many."""
    old = (
        select(StoredFile.id)
        .where(StoredFile.created_at < before, StoredFile.attached.is_(False))
        .order_by(StoredFile.created_at)
        .limit(limit)
    )
    ids = (await session.scalars(old)).all()
    if ids and not dry:
        await remove(session, ids)
    return len(ids)
