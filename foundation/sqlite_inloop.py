"""SQLite without a thread: each statement runs where it is asked for.

aiosqlite hands every cursor, statement, fetch and close to a thread and back, which takes twenty times as long as the
statements of a turn do. Here they run in the event loop; for statements over an index that end in microseconds only.
What reads or changes many rows belongs on an engine with the thread.
"""

import sqlite3
from typing import Any

from sqlalchemy import URL
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool, StaticPool

DRIVER = "sqlite+inloop"


class _Cursor(sqlite3.Cursor):
    async def _async_soft_close(self) -> None:
        """SQLAlchemy asks cursors of asynchronous engines for it; nothing is left to close."""


class _Connection(sqlite3.Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)


class InLoopDialect(SQLiteDialect_pysqlite):
    """Python's own `sqlite3` behind SQLAlchemy's asynchronous engine; nothing in it ever awaits."""

    driver = "inloop"
    is_async = True
    supports_statement_cache = True
    has_terminate = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """Connections of a file may be several; a database in memory is its connection."""
        return AsyncAdaptedQueuePool if cls._is_url_file_db(url) else StaticPool

    def create_connect_args(self, url: URL) -> tuple[Any, Any]:
        """See the parent class. What the garbage collector closes, it may close in another thread."""
        arguments, options = super().create_connect_args(url)
        return arguments, {**options, "check_same_thread": False, "factory": _Connection}

    def do_terminate(self, dbapi_connection: Any) -> None:
        """Closes a connection that was not given back."""
        dbapi_connection.close()


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another connection holds the lock that was asked for."""
    return error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY


_PRIMARY = 0xFF
"""An extended error code's first byte is the plain one."""


registry.register("sqlite.inloop", __name__, InLoopDialect.__name__)
