"""Made-up rows put into a database by the shortest way: COPY on PostgreSQL, `executemany` on SQLite."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final

import psycopg
from psycopg.types.json import Json
from sqlalchemy import make_url

Row = tuple[Any, ...]
Put = Callable[[str, Sequence[str], Iterable[Row]], None]
"""Puts rows into a table, by the names of its columns; a dict or list becomes JSON."""
BATCH_ROWS: Final = 20_000


@contextmanager
def bulk(url: str) -> Iterator[Put]:
    """A way into the migrated database at `url` (of SQLAlchemy); all rows hold at the end, or none."""
    if url.startswith("sqlite"):
        with _sqlite(str(make_url(url).database)) as put:
            yield put
        return
    with psycopg.connect(url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:

        def copy_in(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([Json(value) if isinstance(value, dict | list) else value for value in row])

        yield copy_in
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _sqlite(path: str) -> Iterator[Put]:
    connection = sqlite3.connect(path)
    # Nobody else has the file, and a measurement that fails starts anew.
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")

    # Made at the end, an index is sorted once.
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")

    def insert(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        plain = ([_plain(value) for value in row] for row in rows)
        while some := list(islice(plain, BATCH_ROWS)):
            connection.executemany(statement, some)

    yield insert
    for _, statement in indexes:
        connection.execute(statement)
    connection.commit()
    connection.close()


def _plain(value: Any) -> Any:
    """As SQLAlchemy keeps it in SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict | list) else value
