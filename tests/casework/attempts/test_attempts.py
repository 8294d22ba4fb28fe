"""Failures lock for longer and longer, also when many come at once, and are forgotten with time."""

import asyncio
from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet

from casework.attempts import repository, service
from casework.attempts.service import Attempt, Subject
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS = DataKeys([Fernet.generate_key().decode()])
SETTINGS = Settings(_env_file=None)


async def attempt(sessions: SessionFactory, *names: str, now: datetime = NOON, right: bool = False) -> Attempt:
    async with transaction(sessions) as session:
        begun = await service.begin(
            session,
            [Subject(f"kind{place}", name) for place, name in enumerate(names)],
            now,
            keys=KEYS,
            settings=SETTINGS,
        )
        if right and begun.locked_until is None:
            await service.succeed(session, begun)
    return begun


async def test_the_third_locks_and_each_lock_is_longer(sessions: SessionFactory) -> None:
    now, waits = NOON, []
    for number in range(14):
        begun = await attempt(sessions, "a", now=now)
        if begun.locks_until is not None:
            waits.append(round((begun.locks_until - now).total_seconds() / 60))
            assert (await attempt(sessions, "a", now=now)).locked_until == begun.locks_until
            now = begun.locks_until + timedelta(seconds=1)
        assert begun.locked_until is None, number
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]


async def test_what_was_right_does_not_count(sessions: SessionFactory) -> None:
    await attempt(sessions, "a")
    await attempt(sessions, "a")
    for _ in range(5):
        assert (await attempt(sessions, "a", right=True)).locked_until is None
    assert (await attempt(sessions, "a")).locks == ("kind0",)
    assert (await attempt(sessions, "a", right=True)).locked_until is not None


async def test_they_are_forgotten_with_time(sessions: SessionFactory) -> None:
    await attempt(sessions, "a")
    await attempt(sessions, "a")
    later = NOON + timedelta(hours=SETTINGS.attempts_forgotten_hours, seconds=1)
    assert (await attempt(sessions, "a", now=later)).locks == ()


async def test_one_locked_subject_spares_the_other(sessions: SessionFactory) -> None:
    for _ in range(3):
        await attempt(sessions, "a", "x")
    for _ in range(9):
        assert (await attempt(sessions, "b", "x")).locked_until is not None
    assert (await attempt(sessions, "b", "y")).locked_until is None
    assert (await attempt(sessions, "b", "z")).locks == ()


async def test_many_at_once_do_not_get_more_tries(sessions: SessionFactory) -> None:
    begun = await asyncio.gather(*(attempt(sessions, f"c{number}", "x") for number in range(12)))
    assert sum(one.locked_until is None for one in begun) == SETTINGS.attempts_before_lock


async def test_subjects_are_hashed_and_purged(sessions: SessionFactory) -> None:
    await attempt(sessions, "07701234567")
    await attempt(sessions, "new", now=NOON + timedelta(days=2))
    async with transaction(sessions) as session:
        connection = await session.connection()
        assert "0770" not in repr((await connection.exec_driver_sql("SELECT * FROM attempts")).all())
        before = NOON + timedelta(days=1)
        assert await repository.purge(session, before, 10, dry=True) == 1
        assert await repository.purge(session, before, 10, dry=False) == 1
        assert await repository.purge(session, before, 10, dry=False) == 0
