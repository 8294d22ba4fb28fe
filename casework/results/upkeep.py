"""SQL of upkeep: what is too old is erased, what is under an older key is put under the newest."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from casework.results import factors, sample_number
from casework.results.factors import Kind
from casework.results.models import Result, ResultReader, ResultVersion
from casework.results.record import Personal, content_digest, content_of
from foundation.datakeys import DataKeys

RESULTS = cast(Table, Result.__table__)
_ERASED = {
    "personal": None,
    "sample_digest": None,
    "content_digest": None,
    **{f"{kind.value}_digest": None for kind in Kind},
}


async def erase(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> int:
    """Erases whose at most `limit` results were that were sampled before `before`, with their history and readers.

    The bare figure (day, laboratory, value) stays for the epidemic picture. `dry`: only counts all.
    """
    of = (RESULTS.c.sampled_at < before, RESULTS.c.personal.is_not(None))
    if dry:
        return await session.scalar(select(func.count()).select_from(RESULTS).where(*of)) or 0
    ids = (await session.scalars(select(RESULTS.c.id).where(*of).limit(limit))).all()
    if ids:
        await session.execute(delete(ResultVersion).where(ResultVersion.result_id.in_(ids)))
        await session.execute(delete(ResultReader).where(ResultReader.result_id.in_(ids)))
        await session.execute(update(RESULTS).where(RESULTS.c.id.in_(ids)).values(**_ERASED))
    return len(ids)


async def page(session: AsyncSession, after_id: int, limit: int) -> Sequence[Result]:
    """The next `limit` results that say whose they are, in the order of their ids."""
    found = await session.scalars(
        select(Result).where(Result.id > after_id, Result.personal.is_not(None)).order_by(Result.id).limit(limit)
    )
    return found.all()


async def renew(session: AsyncSession, result: Result, keys: DataKeys) -> bool:
    """Puts a result, its digests and its history under the newest key, if it is as it was read.

    Returns:
        Whether anything was changed.

    Raises:
        cryptography.fernet.InvalidToken: No key fits.
    """
    held = result.personal
    if held is None:
        return False
    personal = Personal.load(keys.decrypt(held))
    number = sample_number.canonical(personal.sample)
    newest = keys.digest_keys[0]
    # A void one is hashed as it stands: the row that voided it is not stored, and met again it is refused as late.
    sample = factors.sample_digest(newest, number) if number else result.sample_digest
    sealed = keys.renewed(held)
    if sealed is None and sample == result.sample_digest:
        return False
    made = factors.digests(newest, number or "", personal.factors())
    changed = await session.execute(
        update(RESULTS)
        .where(RESULTS.c.id == result.id, RESULTS.c.personal == held)
        .values(
            personal=sealed or held,
            sample_digest=sample,
            content_digest=_content(newest, result, personal),
            **{f"{kind.value}_digest": made.get(kind) for kind in Kind},
        )
    )
    for version in await session.scalars(select(ResultVersion).where(ResultVersion.result_id == result.id)):
        past = Personal.load(keys.decrypt(version.personal))
        version.content_digest = _content(newest, version, past)
        version.personal = keys.renewed(version.personal) or version.personal
    await session.flush()
    return cast(CursorResult[tuple[int]], changed).rowcount > 0


def _content(key: bytes, stored: Result | ResultVersion, personal: Personal) -> bytes:
    content = content_of(stored.status, stored.value, stored.sampled_at, stored.reported_at, personal.dump())
    return content_digest(key, content)
