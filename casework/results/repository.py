"""SQL of results. That of the epidemic picture is in `picture`, that of retention and new keys in `upkeep`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Boolean, Executable, Integer, Table, and_, bindparam, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from casework.results.models import Laboratory, Result, ResultImport, ResultReader, ResultVersion, Status
from foundation.database import UtcDateTime
from foundation.statements import Insert, Statement

NEIGHBOURS = 4
"""So many rows are read and compared for a look-up, whether the number is among them or not."""


_RESULTS = cast(Table, Result.__table__)
_READERS = cast(Table, ResultReader.__table__)
_FACTORS = ("phone", "national_id", "passport", "birth")
_NEIGHBOURS = Statement(
    select(_RESULTS.c.id, _RESULTS.c.sample_digest, *(_RESULTS.c[f"{name}_digest"] for name in _FACTORS))
    .where(_RESULTS.c.sample_digest >= bindparam("digest"))
    .order_by(_RESULTS.c.sample_digest, _RESULTS.c.laboratory)
    .limit(NEIGHBOURS)
)


def _putting_reader(statement: Insert) -> Executable:
    values = {
        "told_version": bindparam("told_version", type_=Integer()),
        "waiting": bindparam("waiting", type_=Boolean()),
        "at": bindparam("now", type_=UtcDateTime()),
    }
    return statement.values(
        conversation_id=bindparam("conversation_id"), result_id=bindparam("result_id"), **values
    ).on_conflict_do_update(index_elements=["conversation_id", "result_id"], set_=values)


_PUT_READER = Statement.inserting(_READERS, _putting_reader)
_FOR_READER = (
    select(Result, Laboratory.name, Laboratory.name_latin, ResultReader.waiting)
    .join(Laboratory, Laboratory.code == Result.laboratory)
    .outerjoin(
        ResultReader,
        and_(ResultReader.result_id == Result.id, ResultReader.conversation_id == bindparam("conversation_id")),
    )
    .where(Result.id.in_(bindparam("result_ids", expanding=True)))
)


async def laboratory(session: AsyncSession, code: str) -> Laboratory | None:
    """The laboratory with this code."""
    return await session.get(Laboratory, code)


async def laboratories(session: AsyncSession) -> Sequence[Laboratory]:
    """All laboratories by code."""
    return (await session.scalars(select(Laboratory).order_by(Laboratory.code))).all()


async def put_laboratory(session: AsyncSession, one: Laboratory) -> None:
    """Adds a laboratory, or changes what is known of it."""
    await session.merge(one)
    await session.flush()


async def get(session: AsyncSession, result_id: int, *, for_change: bool = False) -> Result | None:
    """The result with this id; `for_change`: others who want to change it wait."""
    return await session.get(Result, result_id, with_for_update=for_change, populate_existing=for_change)


async def of_laboratory(session: AsyncSession, code: str, digests: Sequence[bytes]) -> Sequence[Result]:
    """The results of a laboratory whose sample numbers have these digests."""
    found = await session.scalars(
        select(Result).where(Result.sample_digest.in_(digests), Result.laboratory == code).with_for_update()
    )
    return found.all()


async def of_others(session: AsyncSession, code: str, digests: Sequence[bytes]) -> Sequence[Result]:
    """The results of other laboratories that hold, and whose sample numbers have these digests."""
    found = await session.scalars(
        select(Result).where(Result.sample_digest.in_(digests), Result.laboratory != code, Result.status != Status.VOID)
    )
    return found.all()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A result as a look-up compares it; digests by the column's name."""

    id: int
    sample_digest: bytes
    factors: Mapping[str, bytes | None]


async def neighbours(session: AsyncSession, digest: bytes) -> Sequence[Neighbour]:
    """The `NEIGHBOURS` results from this digest on, in the digests' order: first those that have it, if any.

    One and the same piece of the index is read whether there is such a number or not.
    """
    return [
        Neighbour(row[0], row[1], dict(zip(_FACTORS, row[2:], strict=True)))
        for row in await _NEIGHBOURS.rows(session, digest=digest)
    ]


async def learn_size(session: AsyncSession) -> None:
    """Lets PostgreSQL know that the table has grown; SQLite plans without statistics.

    Plans that were made while it was nearly empty read all of it, and are kept until somebody analyses the table:
    the server itself does so once a minute.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("ANALYZE results"))


async def old_contents(session: AsyncSession, result_ids: Sequence[int]) -> Sequence[tuple[int, bytes]]:
    """Id and content digest of every earlier version of these results."""
    found = await session.execute(
        select(ResultVersion.result_id, ResultVersion.content_digest).where(ResultVersion.result_id.in_(result_ids))
    )
    return [(row[0], row[1]) for row in found]


async def versions(session: AsyncSession, result_id: int) -> Sequence[ResultVersion]:
    """The earlier versions of a result, oldest first."""
    found = await session.scalars(
        select(ResultVersion).where(ResultVersion.result_id == result_id).order_by(ResultVersion.version)
    )
    return found.all()


async def insert_results(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds results."""
    if rows:
        await session.execute(insert(Result.__table__), list(rows))  # type: ignore[arg-type]


async def insert_versions(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds what results were before."""
    if rows:
        await session.execute(insert(ResultVersion.__table__), list(rows))  # type: ignore[arg-type]


async def readers(session: AsyncSession, result_ids: Sequence[int]) -> Sequence[ResultReader]:
    """The conversations that wait for one of these results or have received it."""
    found = await session.scalars(select(ResultReader).where(ResultReader.result_id.in_(result_ids)))
    return found.all()


async def reader(session: AsyncSession, conversation_id: str, result_id: int) -> ResultReader | None:
    """What a conversation knows of a result; None if it never proved that it is its own."""
    return await session.get(ResultReader, (conversation_id, result_id))


@dataclass(frozen=True, slots=True)
class ForReader:
    """A result with what is shown beside it; `waiting` is None if the conversation never proved that it is its own."""

    result: Result
    laboratory: str
    laboratory_latin: str
    waiting: bool | None


async def for_reader(session: AsyncSession, conversation_id: str, result_ids: Sequence[int]) -> Sequence[ForReader]:
    """These results as a conversation is to see them, in the order of their ids given."""
    rows = await session.execute(_FOR_READER, {"conversation_id": conversation_id, "result_ids": list(result_ids)})
    found = {row[0].id: ForReader(row[0], row[1], row[2], row[3]) for row in rows}
    return [found[one] for one in result_ids if one in found]


async def of_reader(session: AsyncSession, conversation_id: str) -> Sequence[tuple[ResultReader, Result]]:
    """The results that a conversation waits for or has received, newest first."""
    found = await session.execute(
        select(ResultReader, Result)
        .join(Result, Result.id == ResultReader.result_id)
        .where(ResultReader.conversation_id == conversation_id)
        .order_by(ResultReader.at.desc())
    )
    return [(row[0], row[1]) for row in found]


async def put_reader(
    session: AsyncSession,
    conversation_id: str,
    result_id: int,
    *,
    told_version: int | None,
    waiting: bool,
    now: datetime,
) -> None:
    """Notes what a conversation knows of a result."""
    await _PUT_READER.rows(
        session,
        conversation_id=conversation_id,
        result_id=result_id,
        told_version=told_version,
        waiting=waiting,
        now=now,
    )


async def add_import(session: AsyncSession, one: ResultImport) -> None:
    """Notes that a file came in."""
    session.add(one)
    await session.flush()


async def imported_before(session: AsyncSession, code: str, digest: bytes) -> bool:
    """Whether this very file came from this laboratory before."""
    found = await session.scalar(
        select(ResultImport.id).where(ResultImport.laboratory == code, ResultImport.digest == digest).limit(1)
    )
    return found is not None
