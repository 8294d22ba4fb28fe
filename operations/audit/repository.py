"""SQL of the audit."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast

import structlog
from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.statements import Statement
from operations.audit.digest import FIRST, digest_of
from operations.audit.models import WHO_MAX_CHARS, Action, AuditEntry

CHAIN_LOCK = 0x75725F6175646974
"""PostgreSQL's advisory lock of those who add an entry: the chain grows one entry at a time."""

_TABLE = cast(Table, AuditEntry.__table__)
_ALONE = Statement(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
_LAST = Statement(select(_TABLE.c.digest).order_by(_TABLE.c.id.desc()).limit(1))
_ADD = Statement(insert(_TABLE).returning(_TABLE.c.id))

log = structlog.get_logger(__name__)


async def add(
    session: AsyncSession,
    who: str,
    action: Action,
    now: datetime,
    *,
    subject: str = "",
    reason: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Notes that `who` did something; it holds when the caller's transaction does.

    Others who add an entry wait until that transaction ends, so it is best called last.
    """
    await session.flush()
    if session.get_bind().dialect.name != "sqlite":  # a writing transaction is alone there
        await _ALONE.rows(session)
    previous = await _LAST.value(session) or FIRST
    kept = None if details is None else json.loads(json.dumps(dict(details)))
    who = who[:WHO_MAX_CHARS]
    digest = digest_of(previous, now, who, action.value, subject, reason, kept)
    entry = await _ADD.value(
        session, at=now, who=who, action=action, subject=subject, reason=reason, details=kept, digest=digest
    )
    log.info("audited", entry=entry, action=action.value, digest=digest)


async def page(session: AsyncSession, after_id: int, limit: int) -> Sequence[AuditEntry]:
    """The next `limit` entries, in the order in which they were written."""
    found = await session.scalars(
        select(AuditEntry).where(AuditEntry.id > after_id).order_by(AuditEntry.id).limit(limit)
    )
    return found.all()


async def listed(
    session: AsyncSession, *, who: str = "", action: Action | None = None, before_id: int | None = None, limit: int
) -> Sequence[AuditEntry]:
    """The newest entries first, of one person or of one kind, from before the entry `before_id`."""
    wanted = select(AuditEntry)
    if who:
        wanted = wanted.where(AuditEntry.who == who)
    if action is not None:
        wanted = wanted.where(AuditEntry.action == action)
    if before_id is not None:
        wanted = wanted.where(AuditEntry.id < before_id)
    return (await session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(limit))).all()


async def newest(session: AsyncSession, actions: Collection[Action], limit: int) -> Sequence[AuditEntry]:
    """The last `limit` entries of these actions, newest first."""
    found = await session.scalars(
        select(AuditEntry).where(AuditEntry.action.in_(actions)).order_by(AuditEntry.id.desc()).limit(limit)
    )
    return found.all()


async def of_subject(session: AsyncSession, subject: str, action: Action, limit: int) -> Sequence[AuditEntry]:
    """What was done to one thing, newest first."""
    found = await session.scalars(
        select(AuditEntry)
        # By the subject's index: it has few entries, the action many.
        .where(AuditEntry.subject == subject, AuditEntry.action + "" == action)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return found.all()
