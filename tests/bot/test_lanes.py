"""Lanes and leadership: one worker at a time, whatever dies when."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversations import repository as conversations
from bot.models import LaneKind
from bot.work import lanes, leadership
from bot.work.lanes import LEASE, Claim, LeaseLostError
from citizens.models import Channel
from foundation.database import SessionFactory, transaction

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + LEASE + timedelta(seconds=1)


async def add(sessions: SessionFactory, address: str = "a") -> str:
    """A conversation with work waiting."""
    async with transaction(sessions) as session:
        conversation = await conversations.get_or_create(session, Channel.WEB, address, NOON)
        await lanes.add_work(session, LaneKind.TURN, conversation, NOON)
    return conversation


async def claim(sessions: SessionFactory, now: datetime = NOON, limit: int = 10) -> list[Claim]:
    """Claims in a transaction of its own."""
    async with transaction(sessions) as session:
        return list(await lanes.claim(session, LaneKind.TURN, now, limit))


class TestClaim:
    async def test_taken_once(self, sessions: SessionFactory) -> None:
        conversation = await add(sessions)
        [held] = await claim(sessions)
        assert (held.conversation_id, held.crashes) == (conversation, 0)
        assert await claim(sessions) == []

    async def test_never_by_two_at_the_same_time(self, sessions: SessionFactory) -> None:
        added = {await add(sessions, str(number)) for number in range(12)}
        claimed = await asyncio.gather(*(claim(sessions, limit=3) for _ in range(8)))
        taken = [held.conversation_id for claims in claimed for held in claims]
        assert len(taken) == len(set(taken))
        assert set(taken) == added
        assert all(len(claims) <= 3 for claims in claimed)

    async def test_expired_lease_is_taken_over_and_counted(self, sessions: SessionFactory) -> None:
        await add(sessions)
        [dead] = await claim(sessions)
        [held] = await claim(sessions, LATER)
        assert held.crashes == 1
        with pytest.raises(LeaseLostError):
            async with transaction(sessions) as session:
                await lanes.hold(session, dead)
        async with transaction(sessions) as session:
            await lanes.hold(session, held)

    async def test_renewed_lease_stays(self, sessions: SessionFactory) -> None:
        await add(sessions)
        [held] = await claim(sessions)
        async with transaction(sessions) as session:
            await lanes.renew(session, [held], NOON + LEASE)
        assert await claim(sessions, LATER) == []

    async def test_good_end_forgets_crashes(self, sessions: SessionFactory) -> None:
        await add(sessions)
        await claim(sessions)
        [held] = await claim(sessions, LATER)
        async with transaction(sessions) as session:
            await lanes.end(session, held, LATER)
        [again] = await claim(sessions, LATER)
        assert again.crashes == 0


class TestWaiting:
    async def test_new_work_does_not_end_a_wait_but_haste_does(self, sessions: SessionFactory) -> None:
        conversation = await add(sessions)
        [held] = await claim(sessions)
        async with transaction(sessions) as session:
            await lanes.end(session, held, NOON + timedelta(minutes=1))
        await add(sessions)
        assert await claim(sessions) == []
        async with sessions() as session:
            assert await lanes.waits(session, LaneKind.TURN, conversation, NOON)
        async with transaction(sessions) as session:
            await lanes.hasten(session, LaneKind.TURN, NOON)
        assert len(await claim(sessions)) == 1

    async def test_ended_lane_is_gone_and_comes_back_with_work(self, sessions: SessionFactory) -> None:
        await add(sessions)
        [held] = await claim(sessions)
        async with transaction(sessions) as session:
            await lanes.end(session, held, None)
        assert await claim(sessions, LATER) == []
        await add(sessions)
        assert len(await claim(sessions)) == 1


async def test_same_address_at_the_same_time_is_one_conversation(sessions: SessionFactory) -> None:
    assert len(set(await asyncio.gather(*(add(sessions, "same") for _ in range(6))))) == 1


class TestLeadership:
    async def test_one_leads_until_its_term_ends_or_it_gives_up(self, sessions: SessionFactory) -> None:
        async def take(owner: str, now: datetime) -> bool:
            async with transaction(sessions) as session:
                return await leadership.take(session, "telegram:1", owner, now)

        assert await take("a", NOON)
        assert not await take("b", NOON)
        assert await take("a", NOON + timedelta(seconds=5))
        assert not await take("b", NOON + leadership.TERM)
        assert await take("b", NOON + leadership.TERM * 2)
        async with transaction(sessions) as session:
            await leadership.give_up(session, "telegram:1", "b")
        assert await take("a", NOON + leadership.TERM * 2)
