"""The database of a run, on SQLite or PostgreSQL, and the killing of its connections."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from bench.database import prepared
from bench.errors import BenchError

POSTGRES_ADMIN: Final = "postgresql://postgres@127.0.0.1:5432/postgres"
CONNECT_SECONDS: Final = 5


class Database(StrEnum):
    """What the product keeps its tables in."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


@dataclass(frozen=True, slots=True)
class Storage:
    """A migrated database with the sample catalogue.

    Attributes:
        environment: Settings of processes that work on it.
        engine_url: Where the engine keeps its states, in the product's form.
        name: The database on the PostgreSQL server; None on SQLite, which has no connections that can be killed alone.
    """

    environment: dict[str, str]
    engine_url: str
    name: str | None
    admin: str

    async def cut(self) -> int:
        """Ends all connections of the product to the database server; returns how many."""
        async with await psycopg.AsyncConnection.connect(
            self.admin, autocommit=True, connect_timeout=CONNECT_SECONDS
        ) as connection:
            ended = await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (self.name,)
            )
            return len(await ended.fetchall())


@contextmanager
def storage(database: Database, work: Path, admin: str = POSTGRES_ADMIN) -> Iterator[Storage]:
    """Makes a database for the length of a `with` block.

    Args:
        database: Which kind.
        work: Folder for SQLite's files.
        admin: A PostgreSQL server, as somebody who may make databases.

    Raises:
        BenchError: It could not be made.
    """
    if database is Database.SQLITE:
        engine_url = f"sqlite+aiosqlite:///{work / 'engine.db'}"
        yield Storage(prepared(work, extra={"ENGINE_DATABASE_URL": engine_url}), engine_url, None, admin)
        return
    name = f"chaos_{secrets.token_hex(6)}"
    try:
        connection = psycopg.connect(admin, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        raise BenchError(f"no PostgreSQL server that lets this user in (--postgres): {error}".strip()) from error
    with connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            url = admin.replace("postgresql://", "postgresql+psycopg://", 1).rpartition("/")[0] + f"/{name}"
            environment = prepared(work, extra={"DATABASE_URL": url, "ENGINE_DATABASE_URL": url})
            yield Storage(environment, url, name, admin)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
