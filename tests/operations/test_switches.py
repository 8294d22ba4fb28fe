"""Switches: audited, seen by every process within two seconds, kept while the database is away."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.database import SessionFactory, transaction
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.switches import repository, service
from operations.switches.board import SwitchBoard
from operations.switches.models import Capability, Switch
from tests.bot.serving import eventually

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SENTENCE = "الخدمة متوقفة."
SEEN_WITHIN_SECONDS = 2.0


async def switch_off(sessions: SessionFactory, capability: Capability, message: str = SENTENCE) -> None:
    async with transaction(sessions) as session:
        await service.switch_off(session, capability, message=message, reason="تجربة", who="زينب", now=NOON)


async def switch_on(sessions: SessionFactory, capability: Capability) -> bool:
    async with transaction(sessions) as session:
        return await service.switch_on(session, capability, reason="انتهت", who="علي", now=NOON + timedelta(hours=1))


async def test_every_change_is_audited(sessions: SessionFactory) -> None:
    await switch_off(sessions, Capability.TELEGRAM)
    await switch_off(sessions, Capability.TELEGRAM, "جملة أخرى.")
    assert await switch_on(sessions, Capability.TELEGRAM)
    assert not await switch_on(sessions, Capability.TELEGRAM)
    async with sessions() as session:
        entries = await audit.newest(session, list(Action), 10)
    assert [(entry.action, entry.subject, entry.who, entry.reason) for entry in reversed(entries)] == [
        ("switch_off", "telegram", "زينب", "تجربة"),
        ("switch_off", "telegram", "زينب", "تجربة"),
        ("switch_on", "telegram", "علي", "انتهت"),
    ]
    assert entries[0].at == NOON + timedelta(hours=1)
    assert entries[1].details == {"message": "جملة أخرى."}


@pytest.mark.parametrize(
    ("message", "reason", "says"),
    [
        ("closed", "r", "Arabic"),
        ("", "r", "Arabic"),
        (SENTENCE, " \u200f", "reason"),
        ("ن" * 2000, "r", "longer"),
        (SENTENCE, "r" * 2000, "longer"),
    ],
)
async def test_what_is_no_use_is_refused(sessions: SessionFactory, message: str, reason: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        async with transaction(sessions) as session:
            await service.switch_off(session, Capability.WEBCHAT, message=message, reason=reason, who="زينب", now=NOON)
    async with sessions() as session:
        assert not await repository.off(session)
        assert not await audit.newest(session, list(Action), 10)


async def test_boards_follow_within_two_seconds(sessions: SessionFactory) -> None:
    boards = [SwitchBoard(sessions), SwitchBoard(sessions)]
    for board in boards:
        await board.start()
    try:
        await switch_off(sessions, Capability.EVERYTHING)
        await eventually(
            lambda: all(board.message(Capability.EVERYTHING) == SENTENCE for board in boards), SEEN_WITHIN_SECONDS
        )
        assert boards[0].message(Capability.TELEGRAM) is None
        assert boards[0].message(Capability.TELEGRAM, Capability.EVERYTHING) == SENTENCE
        await switch_on(sessions, Capability.EVERYTHING)
        await eventually(
            lambda: all(board.message(Capability.EVERYTHING) is None for board in boards), SEEN_WITHIN_SECONDS
        )
    finally:
        for board in boards:
            await board.stop()


async def test_a_board_knows_before_it_follows(sessions: SessionFactory) -> None:
    await switch_off(sessions, Capability.WEBCHAT)
    board = SwitchBoard(sessions)
    await board.start()
    assert board.message(Capability.WEBCHAT) == SENTENCE
    await board.stop()


async def test_what_was_known_holds_while_the_database_is_away(
    sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_session: AsyncSession) -> Sequence[Switch]:
        raise OperationalError("", None, Exception("away"))

    await switch_off(sessions, Capability.WEBCHAT)
    board = SwitchBoard(sessions)
    await board.start()
    monkeypatch.setattr("operations.switches.board.LOOK_EVERY_SECONDS", 0.01)
    with monkeypatch.context() as broken:
        broken.setattr(repository, "off", away)
        await asyncio.sleep(1.2)
        assert board.message(Capability.WEBCHAT) == SENTENCE
    await switch_on(sessions, Capability.WEBCHAT)
    await eventually(lambda: board.message(Capability.WEBCHAT) is None)
    await board.stop()


async def test_a_switch_of_a_newer_release_does_no_harm(sessions: SessionFactory) -> None:
    async with transaction(sessions) as session:
        session.add(Switch(capability="letters", message=SENTENCE, reason="r", who="w", since=NOON))
    board = SwitchBoard(sessions)
    await board.refresh()
    assert board.message(*Capability) is None
