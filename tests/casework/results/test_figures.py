"""Short forms of the measurements of `bench.results`: nothing disclosed, nothing told apart, memory flat."""

import io
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet

from bench.results_asked import APART, Asker, enumerate_results, times, told_apart
from bench.results_data import HEADERS, fill, lines
from casework.results.sources import Limits, read
from foundation.database import SessionFactory
from foundation.datakeys import DataKeys
from foundation.settings import Settings

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROUNDS = 3
"""A t-test is wrong once in a hundred times; three times in a row it is not."""


@pytest.fixture
def asker(database_url: str, sessions: SessionFactory) -> Asker:
    keys = DataKeys([Fernet.generate_key().decode()])
    fill(database_url, 2000, 2000, keys, NOON)
    return Asker(sessions, keys, Settings(_env_file=None), 2000)


async def test_guessing_discloses_nothing(asker: Asker) -> None:
    found = await enumerate_results(asker, citizens=20, attempts=15, apart=timedelta(minutes=10), now=NOON)
    assert found["attempts"] == 300
    assert found["disclosed"] == 0
    assert found["looked"] < 200


async def test_wrong_and_missing_take_the_same(asker: Asker) -> None:
    for turn in range(ROUNDS):
        spent = await times(asker, 80, NOON, first=turn * 500)
        if told_apart(spent["wrong"], spent["missing"]) >= APART:
            return
    pytest.fail("a wrong factor is told from a missing number by its time")


def test_memory_is_flat() -> None:
    def peak(count: int) -> int:
        text = "\n".join(",".join(line) for line in (HEADERS, *lines(count, NOON)))
        file = io.BytesIO(text.encode())
        tracemalloc.start()
        try:
            assert sum(1 for _ in read(file, Limits.of(Settings(_env_file=None)))) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(20_000) < 1.2 * peak(2_000) + 100_000
