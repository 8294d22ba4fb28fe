"""Statements that are made once. Building one, and finding out that it is the one of before, costs SQLAlchemy several
times what the database takes to run it; on the way of a message there are twenty."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, Unpack

from sqlalchemy import Connection, Executable, Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.util import greenlet_spawn

Insert = sqlite.Insert | postgresql.Insert
Found = Row[Unpack[tuple[Any, ...]]]


class Statement:
    """A Core statement with named parameters (`bindparam`), which SQLAlchemy knows again at once."""

    def __init__(self, statement: Executable, on_postgresql: Executable | None = None) -> None:
        """Takes what is run.

        Args:
            statement: For SQLite, and for PostgreSQL where it is the same.
            on_postgresql: Where PostgreSQL needs its own.
        """
        self._statements = {
            "sqlite": statement,
            "postgresql": statement if on_postgresql is None else on_postgresql,
        }

    @classmethod
    def inserting(cls, table: Table, build: Callable[[Insert], Executable]) -> Self:
        """An `INSERT` into `table` that `build` completes with the `ON CONFLICT` of each database."""
        return cls(build(sqlite.insert(table)), build(postgresql.insert(table)))

    async def rows(self, session: AsyncSession, **parameters: Any) -> Sequence[Found]:
        """Runs it in the session's transaction; all rows that it returns."""
        found: Sequence[Found] = await greenlet_spawn(self._run, session, parameters)
        return found

    async def row(self, session: AsyncSession, **parameters: Any) -> Found | None:
        """Runs it; the first row."""
        found = await self.rows(session, **parameters)
        return found[0] if found else None

    async def value(self, session: AsyncSession, **parameters: Any) -> Any:
        """Runs it; the first value of the first row, None if there is no row."""
        found = await self.rows(session, **parameters)
        return found[0][0] if found else None

    async def many(self, session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs it once for each set of parameters."""
        await greenlet_spawn(self._run, session, rows)

    def _run(self, session: AsyncSession, parameters: Any) -> Sequence[Found]:
        connection: Connection = session.sync_session.connection()
        result = connection.execute(self._statements[connection.dialect.name], parameters)
        return result.all() if result.returns_rows else ()
