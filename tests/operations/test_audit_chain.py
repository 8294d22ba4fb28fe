"""The audit shows tampering."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from operations.audit import repository as audit
from operations.audit.chain import verify
from operations.audit.models import Action, AuditEntry


async def _fill(sessions: SessionFactory) -> None:
    for number in range(4):
        async with transaction(sessions) as session:
            await audit.add(
                session, "سارة", Action.REVEAL, utc_now(), subject=f"c{number}", details={"n": number, "list": [1, "ب"]}
            )


async def test_what_was_written_is_whole(sessions: SessionFactory) -> None:
    await _fill(sessions)
    async with sessions() as session:
        done = await verify(session)
    assert (done.entries, done.broken_at, done.whole) == (4, None, True)


@pytest.mark.parametrize(
    "values", [{"who": "حسين"}, {"reason": "x"}, {"subject": ""}, {"details": None}, {"digest": "0" * 64}]
)
async def test_a_changed_entry_shows(sessions: SessionFactory, values: dict[str, str]) -> None:
    await _fill(sessions)
    async with transaction(sessions) as session:
        await session.execute(update(AuditEntry).where(AuditEntry.id == 2).values(**values))
    assert (await _broken_at(sessions)) == 2


async def test_a_removed_entry_shows(sessions: SessionFactory) -> None:
    await _fill(sessions)
    async with transaction(sessions) as session:
        await session.execute(delete(AuditEntry).where(AuditEntry.id == 2))
    assert (await _broken_at(sessions)) == 3


async def test_entries_cut_off_at_the_end_show_by_a_noted_digest(sessions: SessionFactory) -> None:
    await _fill(sessions)
    async with sessions() as session:
        noted = (await verify(session)).head
        assert (await verify(session, noted)).whole
    async with transaction(sessions) as session:
        await session.execute(delete(AuditEntry).where(AuditEntry.id == 4))
    async with sessions() as session:
        done = await verify(session, noted)
    assert done.broken_at is None
    assert not done.whole


async def test_entries_of_two_transactions_at_once_make_one_chain(sessions: SessionFactory) -> None:
    import asyncio

    async def one(name: str) -> None:
        async with transaction(sessions) as session:
            await audit.add(session, name, Action.LOGIN, utc_now())
            await asyncio.sleep(0.01)

    await asyncio.gather(*(one(f"p{number}") for number in range(8)))
    async with sessions() as session:
        assert (await verify(session)).entries == 8


async def _broken_at(sessions: SessionFactory) -> int | None:
    session: AsyncSession
    async with sessions() as session:
        return (await verify(session)).broken_at
