"""SQL of the sealed word."""

from datetime import datetime

from sqlalchemy import Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.statements import Statement
from operations.keycheck.models import ONLY, KeyCheck

_CHECK: Table = KeyCheck.__table__  # type: ignore[assignment]
_PUT = Statement.inserting(
    _CHECK,
    lambda statement: (
        statement.values(id=ONLY, sealed=bindparam("sealed"), since=bindparam("since"))
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(_CHECK.c.id)
    ),
)


async def sealed(session: AsyncSession) -> bytes | None:
    """The word under the keys of who came first; None if nobody came yet."""
    return await session.scalar(select(KeyCheck.sealed).where(KeyCheck.id == ONLY))


async def put(session: AsyncSession, sealed: bytes, now: datetime) -> bool:
    """Keeps the word; False if another process was first."""
    return await _PUT.row(session, sealed=sealed, since=now) is not None
