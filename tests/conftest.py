"""Fixtures that all packages share: a migrated database of each kind, and sessions on it."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from hypothesis import settings as hypothesis_settings

from foundation.database import SessionFactory, make_engine, make_session_factory
from foundation.settings import ROOT

POSTGRES_ADMIN = "postgresql://postgres@127.0.0.1:5432/postgres"
POSTGRES_CONNECT_SECONDS = 2

# A busy machine makes an example slow, not wrong.
hypothesis_settings.register_profile("project", deadline=None)
hypothesis_settings.load_profile("project")


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest revision, as set-up does."""
    config = Config(ROOT / "migrations" / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, "head")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file; tests copy it."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A migrated, empty PostgreSQL database of this run, dropped at its end."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    try:
        admin = psycopg.connect(POSTGRES_ADMIN, autocommit=True, connect_timeout=POSTGRES_CONNECT_SECONDS)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL server at 127.0.0.1:5432 with trust for user postgres")
    with admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            # Processes are killed in these tests, the server is not: commits need not wait for the disk.
            admin.execute(f'ALTER DATABASE "{name}" SET synchronous_commit TO off')
            url = f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"
            migrate(url)
            yield url
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        template: Path = request.getfixturevalue("sqlite_template")
        path.write_bytes(template.read_bytes())
        yield f"sqlite+aiosqlite:///{path}"
        return
    url: str = request.getfixturevalue("postgres_url")
    yield url
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
        ]
        # Deleting a few rows takes a hundredth of the time of TRUNCATE, which makes and syncs new files for each table.
        used = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables)
        filled = [row[0] for row in connection.execute(used)]
        connection.execute("SET session_replication_role = replica")  # in any order: no foreign key is checked
        for table in filled:
            connection.execute(f'DELETE FROM "{table}"')
        connection.execute("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[SessionFactory]:
    """A session factory on `database_url`."""
    engine = make_engine(database_url)
    yield make_session_factory(engine)
    await engine.dispose()
