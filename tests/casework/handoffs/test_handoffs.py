"""Handoffs: queue, claim, lease, transfer, return, close."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from casework.handoffs import drafts, leases, listing, repository, service, sweep
from casework.handoffs.models import CloseReason, Handoff, HandoffDraft, HandoffEvent, Happening, Reason, State
from casework.handoffs.payloads import read
from casework.handoffs.ports import Speaker
from casework.handoffs.service import Desk, HandoffError
from foundation.database import SessionFactory, transaction
from operations.accounts.person import Person
from tests.casework.handoffs.conftest import Heard

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday noon in Baghdad: the office is open."""
Make = Callable[[], Awaitable[str]]
Colleague = Callable[[str], Awaitable[Person]]


async def _ask(
    sessions: SessionFactory, conversation_id: str, at: datetime = NOW, reason: Reason = Reason.ASKED
) -> service.Queued:
    async with transaction(sessions) as session:
        return await service.ask(session, conversation_id, reason, at)


async def test_the_place_in_the_queue_is_told_and_asking_again_makes_no_second(
    sessions: SessionFactory, conversation: Make
) -> None:
    first, second = await conversation(), await conversation()
    assert "أنت الأول" in (await _ask(sessions, first)).text
    queued = await _ask(sessions, second, NOW + timedelta(seconds=1))
    assert "قبلك في الدور: شخص واحد" in queued.text
    again = await _ask(sessions, second, NOW + timedelta(seconds=9))
    assert again.handoff_id == queued.handoff_id
    assert not again.fresh
    assert "ما زلت في الدور" in again.text
    async with sessions() as session:
        assert await listing.counts(session) == (2, 0)


async def test_of_two_hundred_claims_at_once_one_wins(
    sessions: SessionFactory, desk: Desk, conversation: Make, colleague: Colleague
) -> None:
    queued = await _ask(sessions, await conversation())
    people = [await colleague(f"موظف {number}") for number in range(4)]

    async def one(person: Person) -> bool:
        try:
            async with transaction(sessions) as session:
                await service.claim(session, desk, queued.handoff_id, person, NOW)
        except HandoffError:
            return False
        return True

    won = await asyncio.gather(*(one(people[number % 4]) for number in range(200)))
    assert sum(won) == 1
    async with sessions() as session:
        handoff = await repository.get(session, queued.handoff_id)
        claims = (await session.scalars(select(HandoffEvent).where(HandoffEvent.kind == Happening.CLAIMED))).all()
    assert handoff is not None
    assert handoff.owner_id == people[won.index(True) % 4].id
    assert len(claims) == 1


async def test_a_lease_that_ends_puts_it_back_at_its_place(
    sessions: SessionFactory, desk: Desk, heard: Heard, conversation: Make, colleague: Colleague
) -> None:
    sara = await colleague("سارة")
    mine, other = await conversation(), await conversation()
    queued = await _ask(sessions, mine)
    await _ask(sessions, other, NOW + timedelta(seconds=5))
    async with transaction(sessions) as session:
        await service.claim(session, desk, queued.handoff_id, sara, NOW)
        assert await repository.owner_of(session, mine) == sara.id
    just_before = NOW + desk.lease - timedelta(seconds=1)
    async with transaction(sessions) as session:
        assert await sweep.put_back(session, desk, just_before) == []
        assert await leases.renew(session, sara.id, just_before, desk.lease) == 1
    async with transaction(sessions) as session:
        assert await sweep.put_back(session, desk, NOW + desk.lease + timedelta(seconds=1)) == []
    async with transaction(sessions) as session:
        assert await sweep.put_back(session, desk, just_before + desk.lease + timedelta(seconds=1)) == [mine]
        assert await repository.owner_of(session, mine) is None
        first = await listing.waiting(session, team=None, after=0, limit=1)
    assert first[0].conversation_id == mine
    assert "انقطع الموظف" in heard.told[-1][1]
    with pytest.raises(HandoffError):
        async with transaction(sessions) as session:
            await service.reply(session, desk, queued.handoff_id, sara, "متأخر", NOW)


async def test_a_colleague_who_does_not_answer_loses_it(
    sessions: SessionFactory, desk: Desk, conversation: Make, colleague: Colleague
) -> None:
    sara = await colleague("سارة")
    mine = await conversation()
    queued = await _ask(sessions, mine)
    late = NOW + timedelta(minutes=desk.settings.handoff_answer_minutes, seconds=1)
    async with transaction(sessions) as session:
        await service.claim(session, desk, queued.handoff_id, sara, NOW)
        await service.reply(session, desk, queued.handoff_id, sara, "أهلاً", NOW)
        await leases.renew(session, sara.id, late, desk.lease)
        assert await sweep.put_back(session, desk, late) == []  # the citizen has the word
        await repository.citizen_wrote(session, queued.handoff_id, NOW + timedelta(seconds=1))
        await repository.citizen_wrote(session, queued.handoff_id, late)
        assert await sweep.put_back(session, desk, late + timedelta(seconds=1)) == [mine]
    async with sessions() as session:
        kinds = [event.kind for event in await listing.history(session, queued.handoff_id)]
    assert kinds == [Happening.OPENED, Happening.CLAIMED, Happening.SILENT]


async def test_identifiers_in_a_reply_and_in_a_note_are_kept_as_tokens(
    sessions: SessionFactory, desk: Desk, heard: Heard, conversation: Make, colleague: Colleague
) -> None:
    sara = await colleague("سارة")
    queued = await _ask(sessions, await conversation())
    async with transaction(sessions) as session:
        await service.claim(session, desk, queued.handoff_id, sara, NOW)
        await service.reply(session, desk, queued.handoff_id, sara, "اتصل على 07701234567", NOW)
        await service.add_note(session, desk, queued.handoff_id, sara, "رقمه 07701234567", NOW)
        history = await listing.history(session, queued.handoff_id)
    assert "0770" not in heard.said[-1][2]
    assert "⟦phone:" in heard.said[-1][2]
    assert "0770" not in history[-1].text


async def test_transfer_to_a_colleague_keeps_the_place_and_names_the_colleague(
    sessions: SessionFactory, desk: Desk, heard: Heard, conversation: Make, colleague: Colleague
) -> None:
    sara, ali = await colleague("سارة"), await colleague("علي")
    queued = await _ask(sessions, await conversation())
    await _ask(sessions, await conversation(), NOW + timedelta(seconds=3))
    async with transaction(sessions) as session:
        await service.claim(session, desk, queued.handoff_id, sara, NOW)
        await service.transfer(session, desk, queued.handoff_id, sara, NOW, colleague=ali)
    assert "علي" in heard.told[-1][1]
    async with transaction(sessions) as session:
        first = (await listing.waiting(session, team=None, after=0, limit=1))[0]
        assert (first.id, first.wanted_id) == (queued.handoff_id, ali.id)
        await service.claim(session, desk, queued.handoff_id, ali, NOW)
    assert "محفوظ ومقروء" in heard.told[-1][1]
    with pytest.raises(HandoffError):
        async with transaction(sessions) as session:
            await service.transfer(session, desk, queued.handoff_id, sara, NOW, team="فريق")


async def test_hand_back_greets_and_the_citizen_can_ask_again(
    sessions: SessionFactory, desk: Desk, heard: Heard, conversation: Make, colleague: Colleague
) -> None:
    sara = await colleague("سارة")
    mine = await conversation()
    queued = await _ask(sessions, mine)
    async with transaction(sessions) as session:
        await service.claim(session, desk, queued.handoff_id, sara, NOW)
        await service.hand_back(session, desk, queued.handoff_id, sara, NOW)
        assert await repository.owner_of(session, mine) is None
    assert heard.told[-1][2] is Speaker.ASSISTANT
    assert (await _ask(sessions, mine)).fresh


async def test_close_asks_for_a_rating_that_counts_once(
    sessions: SessionFactory, desk: Desk, heard: Heard, conversation: Make, colleague: Colleague
) -> None:
    sara = await colleague("سارة")
    mine, stranger = await conversation(), await conversation()
    queued = await _ask(sessions, mine)
    async with transaction(sessions) as session:
        await service.claim(session, desk, queued.handoff_id, sara, NOW)
        await service.close(session, desk, queued.handoff_id, sara, CloseReason.HELPED, NOW)
    best = read(heard.options[0].payload)
    assert best is not None
    assert (best.what, best.stars, len(heard.options)) == ("rate", 5, 5)
    async with transaction(sessions) as session:
        assert "وصل تقييمك من قبل" in await service.rate(session, stranger, best.handoff_id, 1, NOW)
        assert "شكراً لتقييمك" in await service.rate(session, mine, best.handoff_id, 5, NOW)
        assert "وصل تقييمك من قبل" in await service.rate(session, mine, best.handoff_id, 1, NOW)
        handoff = await session.get(Handoff, queued.handoff_id, populate_existing=True)
    assert handoff is not None
    assert (handoff.rating, handoff.state, handoff.close_reason) == (5, State.CLOSED, CloseReason.HELPED)


async def test_a_citizen_leaves_the_queue(sessions: SessionFactory, conversation: Make) -> None:
    mine = await conversation()
    await _ask(sessions, mine)
    async with transaction(sessions) as session:
        assert "خرجت من الدور" in await service.leave(session, mine, NOW)
        assert "لست في الدور" in await service.leave(session, mine, NOW)


async def test_outside_office_hours_it_waits_for_the_morning(
    sessions: SessionFactory, desk: Desk, heard: Heard, conversation: Make
) -> None:
    friday = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    mine = await conversation()
    queued = await _ask(sessions, mine, friday)
    assert "الأحد 2026/11/29، الساعة 8:00" in queued.text
    assert [option.title for option in queued.options] == ["تسجيل شكوى", "اتصلوا بي", "الخروج من الدور"]
    async with transaction(sessions) as session:
        assert "اكتب رقم هاتفك" in await service.ask_call_back(session, mine, queued.handoff_id)
        assert await sweep.tell_places(session, desk, friday) == []
    sunday = datetime(2026, 11, 29, 5, 1, tzinfo=UTC)
    async with transaction(sessions) as session:
        assert await sweep.tell_places(session, desk, sunday) == [mine]
    assert "بدأ الدوام" in heard.told[-1][1]
    async with transaction(sessions) as session:
        assert await sweep.tell_places(session, desk, sunday) == []


async def test_who_waits_is_told_when_the_queue_moves(
    sessions: SessionFactory, desk: Desk, heard: Heard, conversation: Make, colleague: Colleague
) -> None:
    sara = await colleague("سارة")
    queue = [await _ask(sessions, await conversation(), NOW + timedelta(seconds=step)) for step in range(3)]
    at = NOW + timedelta(minutes=5)
    async with transaction(sessions) as session:
        assert await sweep.tell_places(session, desk, at) == []
        await service.claim(session, desk, queue[0].handoff_id, sara, at)
        assert len(await sweep.tell_places(session, desk, at)) == 2
    assert "قبلك الآن: شخص واحد" in heard.told[-1][1]
    assert "أنت الأول الآن" in heard.told[-2][1]


async def test_a_draft_is_kept_encrypted_for_its_writer(
    sessions: SessionFactory, desk: Desk, conversation: Make, colleague: Colleague
) -> None:
    sara, ali = await colleague("سارة"), await colleague("علي")
    queued = await _ask(sessions, await conversation())
    async with transaction(sessions) as session:
        for text in ("أهلاً", "أهلاً وسهلاً"):
            await drafts.keep(session, queued.handoff_id, sara.id, text, desk.keys, NOW)
        assert await drafts.read(session, queued.handoff_id, sara.id, desk.keys) == "أهلاً وسهلاً"
        assert await drafts.read(session, queued.handoff_id, ali.id, desk.keys) == ""
        content = (await session.scalars(select(HandoffDraft.content))).one()
        assert "وسهلاً".encode() not in content
        await drafts.keep(session, queued.handoff_id, sara.id, " ", desk.keys, NOW)
        assert await drafts.read(session, queued.handoff_id, sara.id, desk.keys) == ""
