"""The short form of `make chaos`: real processes, real kills, on both databases."""

from pathlib import Path

import psycopg
import pytest

from bench.chaos.run import Plan, run
from bench.chaos.storage import POSTGRES_ADMIN, Database
from bench.chaos.tally import Seen, compare
from ops.prepare import ENGINE_PYTHON, MODEL
from tests.conftest import POSTGRES_CONNECT_SECONDS

SHORT = Plan(messages=60, citizens=12, kills=6, seed=3, pause_seconds=(0.5, 3.0), last_answers_seconds=120.0)
TIMEOUT_SECONDS = 420


@pytest.mark.engine
@pytest.mark.timeout(TIMEOUT_SECONDS)
@pytest.mark.parametrize("database", [Database.SQLITE, pytest.param(Database.POSTGRES, marks=pytest.mark.postgres)])
async def test_nothing_is_lost_doubled_or_swapped(database: Database, tmp_path: Path) -> None:
    if not MODEL.is_file() or not ENGINE_PYTHON.exists():
        pytest.skip("no trained model: run `make train`")
    if database is Database.POSTGRES:
        try:
            psycopg.connect(POSTGRES_ADMIN, connect_timeout=POSTGRES_CONNECT_SECONDS).close()
        except psycopg.OperationalError:
            pytest.skip("no PostgreSQL server at 127.0.0.1:5432 with trust for user postgres")
    found = await run(database, SHORT, tmp_path, POSTGRES_ADMIN)
    assert (found.lost, found.acted_twice, found.out_of_order) == (0, 0, 0), found
    assert found.messages == SHORT.messages
    assert found.kills >= SHORT.kills
    assert not found.details["ended_by_themselves"], found


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (["a", "b", "c"], Seen(0, 0, 0)),
        (["kept", "a", "a", "b", "kept", "c"], Seen(0, 0, 1)),
        (["a", "c", "b"], Seen(0, 1, 0)),
        (["c", "a", "b"], Seen(0, 2, 0)),
        (["a", "c"], Seen(1, 0, 0)),
        ([], Seen(3, 0, 0)),
    ],
)
def test_compare(shown: list[str], expected: Seen) -> None:
    assert compare(["a", "b", "c"], shown) == expected
