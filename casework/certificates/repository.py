"""SQL of certificates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from casework.certificates.models import IssuedCertificate, SigningKey

CERTIFICATES = cast(Table, IssuedCertificate.__table__)


async def all_keys(session: AsyncSession) -> Sequence[SigningKey]:
    """Every key, newest first."""
    found = await session.scalars(
        select(SigningKey)
        .order_by(SigningKey.created_at.desc(), SigningKey.kid)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def retire_keys(session: AsyncSession, kids: Sequence[str], now: datetime) -> None:
    """These sign no more; their private halves are erased."""
    await session.execute(
        update(SigningKey)
        .where(SigningKey.kid.in_(kids))
        .values(private_key=None, retired_at=func.coalesce(SigningKey.retired_at, now))
    )


async def revoke_key(session: AsyncSession, kid: str, now: datetime) -> bool:
    """Nothing that this key signed is trusted any more; False if there is no such key, or it was revoked before."""
    changed = await session.execute(
        update(SigningKey)
        .where(SigningKey.kid == kid, SigningKey.revoked_at.is_(None))
        .values(private_key=None, revoked_at=now, retired_at=func.coalesce(SigningKey.retired_at, now))
    )
    return bool(cast(CursorResult[Any], changed).rowcount)


async def add(session: AsyncSession, issued: dict[str, Any]) -> None:
    """Adds a row of certificates; nothing happens if this version of the result has one."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    await session.execute(
        insert(IssuedCertificate).values(**issued).on_conflict_do_nothing(index_elements=["result_id", "version"])
    )


async def of_version(session: AsyncSession, result_id: str, version: int) -> IssuedCertificate | None:
    """The certificate of one version of a result."""
    found: IssuedCertificate | None = await session.scalar(
        select(IssuedCertificate)
        .where(IssuedCertificate.result_id == result_id, IssuedCertificate.version == version)
        .execution_options(populate_existing=True)
    )
    return found


async def get(session: AsyncSession, identifier_hash: str) -> IssuedCertificate | None:
    """A certificate by the hash of its identifier."""
    return await session.get(IssuedCertificate, identifier_hash, populate_existing=True)


async def delete_one(session: AsyncSession, identifier_hash: str) -> None:
    """Deletes a certificate whose key is revoked, so that another can take its place."""
    await session.execute(delete(CERTIFICATES).where(CERTIFICATES.c.identifier_hash == identifier_hash))


async def revoke_result(session: AsyncSession, result_id: str, now: datetime) -> int:
    """Revokes every certificate of a result; how many were not revoked before."""
    return await _revoke(session, now, IssuedCertificate.result_id == result_id)


async def revoke_certificate(session: AsyncSession, identifier_hash: str, now: datetime) -> int:
    """Revokes one certificate; 0 if there is none, or it was revoked before."""
    return await _revoke(session, now, IssuedCertificate.identifier_hash == identifier_hash)


async def _revoke(session: AsyncSession, now: datetime, which: Any) -> int:
    changed = await session.execute(
        update(IssuedCertificate).where(which, IssuedCertificate.revoked_at.is_(None)).values(revoked_at=now)
    )
    return cast(CursorResult[Any], changed).rowcount


async def revoked(session: AsyncSession, now: datetime) -> Sequence[tuple[str, str, datetime]]:
    """Revoked certificates that would not have expired yet: kid, hash of the identifier, time of expiry."""
    found = await session.execute(
        select(CERTIFICATES.c.kid, CERTIFICATES.c.identifier_hash, CERTIFICATES.c.expires_at)
        .where(CERTIFICATES.c.revoked_at.is_not(None), CERTIFICATES.c.expires_at > now)
        .order_by(CERTIFICATES.c.kid, CERTIFICATES.c.identifier_hash)
    )
    return [(row[0], row[1], row[2]) for row in found]


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many certificates each key signed, of those that are kept."""
    found = await session.execute(select(CERTIFICATES.c.kid, func.count()).group_by(CERTIFICATES.c.kid))
    return {row[0]: row[1] for row in found}


async def purge(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> int:
    """Deletes certificates that expired before then."""
    of = (CERTIFICATES.c.expires_at < before,)
    if dry:
        return await session.scalar(select(func.count()).select_from(CERTIFICATES).where(*of)) or 0
    some = select(CERTIFICATES.c.identifier_hash).where(*of).order_by(CERTIFICATES.c.expires_at).limit(limit)
    changed = await session.execute(delete(CERTIFICATES).where(CERTIFICATES.c.identifier_hash.in_(some)))
    return cast(CursorResult[Any], changed).rowcount
