"""SQL of failures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Executable,
    LargeBinary,
    String,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from casework.attempts.models import Attempts
from foundation.database import UtcDateTime
from foundation.statements import Insert, Statement

TABLE = cast(Table, Attempts.__table__)
_NOW = bindparam("now", type_=UtcDateTime())
_LOCK = Statement(
    update(TABLE)
    .where(TABLE.c.kind == bindparam("of_kind"), TABLE.c.subject == bindparam("of_subject"))
    .values(locked_until=bindparam("until", type_=UtcDateTime()))
)


@cache
def _counting(subjects: int) -> Statement:
    """Counts so many subjects at once; one look-up never has more than a handful."""

    def build(statement: Insert) -> Executable:
        locked = TABLE.c.locked_until > _NOW
        forgotten_before = bindparam("forgotten_before", type_=UtcDateTime())
        forgotten = and_(TABLE.c.last_at < forgotten_before, func.coalesce(TABLE.c.locked_until, _NOW) <= _NOW)
        # Several VALUES would be made into SQL anew each time: SQLAlchemy does not keep them.
        rows = union_all(
            *(
                select(kind, subject, literal_column("1"), _NOW).where(true())
                for kind, subject in map(_named, range(subjects))
            )
        )
        return (
            statement.from_select(["kind", "subject", "failures", "last_at"], rows)
            .on_conflict_do_update(
                index_elements=["kind", "subject"],
                set_={
                    "failures": case((locked, TABLE.c.failures), (forgotten, 1), else_=TABLE.c.failures + 1),
                    "last_at": case((locked, TABLE.c.last_at), else_=_NOW),
                    "locked_until": case((locked, TABLE.c.locked_until), else_=None),
                },
            )
            .returning(TABLE.c.kind, TABLE.c.subject, TABLE.c.failures, TABLE.c.locked_until)
        )

    return Statement.inserting(TABLE, build)


@cache
def _taking_back(subjects: int) -> Statement:
    these = or_(
        *(and_(TABLE.c.kind == kind, TABLE.c.subject == subject) for kind, subject in map(_named, range(subjects)))
    )
    return Statement(
        update(TABLE).where(these, TABLE.c.failures > 0).values(failures=TABLE.c.failures - 1, locked_until=None)
    )


def _named(place: int) -> tuple[Any, Any]:
    return bindparam(f"kind_{place}", type_=String()), bindparam(f"subject_{place}", type_=LargeBinary())


def _of(subjects: Sequence[tuple[str, bytes]]) -> dict[str, str | bytes]:
    # In one order everywhere, so that two transactions never wait for each other.
    ordered = list(enumerate(sorted(subjects)))
    kinds = {f"kind_{place}": kind for place, (kind, _) in ordered}
    return kinds | {f"subject_{place}": subject for place, (_, subject) in ordered}


@dataclass(frozen=True, slots=True)
class Count:
    """The failures of a subject, and until when it is locked."""

    kind: str
    subject: bytes
    failures: int
    locked_until: datetime | None


async def count(
    session: AsyncSession, subjects: Sequence[tuple[str, bytes]], now: datetime, forgotten_before: datetime
) -> Sequence[Count]:
    """Counts a failure of each subject (kind, hash) that is not locked; those before `forgotten_before` do not count.

    The rows stay locked until the transaction ends, so that attempts on one subject happen one after the other.
    """
    rows = await _counting(len(subjects)).rows(session, **_of(subjects), now=now, forgotten_before=forgotten_before)
    return [Count(row.kind, row.subject, row.failures, row.locked_until) for row in rows]


async def lock(session: AsyncSession, kind: str, subject: bytes, until: datetime) -> None:
    """Locks a subject."""
    await _LOCK.rows(session, of_kind=kind, of_subject=subject, until=until)


async def take_back(session: AsyncSession, subjects: Sequence[tuple[str, bytes]]) -> None:
    """Takes one failure of each subject back, with the lock that it caused; none of them was locked before."""
    if subjects:
        await _taking_back(len(subjects)).rows(session, **_of(subjects))


async def purge(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> int:
    """Deletes at most `limit` subjects whose last failure was before `before`; how many. `dry`: only counts all."""
    old = Attempts.last_at < before
    if dry:
        return await session.scalar(select(func.count()).select_from(Attempts).where(old)) or 0
    found = await session.execute(select(Attempts.kind, Attempts.subject).where(old).limit(limit))
    keys = [(row.kind, row.subject) for row in found]
    if keys:
        await session.execute(delete(Attempts).where(tuple_(Attempts.kind, Attempts.subject).in_(keys)))
    return len(keys)
