"""SQL of the audit."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from operations.audit.models import WHO_MAX_CHARS, Action, AuditEntry


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
    """Notes that `who` did something; it holds when the caller's transaction does."""
    session.add(
        AuditEntry(
            at=now,
            who=who[:WHO_MAX_CHARS],
            action=action,
            subject=subject,
            reason=reason,
            details=None if details is None else dict(details),
        )
    )
    await session.flush()


async def newest(session: AsyncSession, actions: Collection[Action], limit: int) -> Sequence[AuditEntry]:
    """The last `limit` entries of these actions, newest first."""
    found = await session.scalars(
        select(AuditEntry).where(AuditEntry.action.in_(actions)).order_by(AuditEntry.id.desc()).limit(limit)
    )
    return found.all()
