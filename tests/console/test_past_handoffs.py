"""Conversations that ended: by whom, how, until when, page by page."""

from datetime import UTC, date, datetime, timedelta

import pytest

from casework.handoffs import past
from casework.handoffs.models import CloseReason, Handoff, Reason, State
from citizens.models import Channel, Conversation
from console.web.dates import day_of
from foundation.database import SessionFactory, transaction
from operations.accounts.models import Role
from tests.console.conftest import Office

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAST = "/console/handoffs/past"


@pytest.mark.parametrize("typed", ["2026/11/23", "23/11/2026", "٢٠٢٦/١١/٢٣", " 2026-11-23 "])
def test_days_as_typed(typed: str) -> None:
    assert day_of(typed) == date(2026, 11, 23)


@pytest.mark.parametrize("typed", ["", "أمس", "2026/13/01", "31/2/2026", "11/23"])
def test_no_days(typed: str) -> None:
    assert day_of(typed) is None


async def add(sessions: SessionFactory, owner: str, ends: list[tuple[State, CloseReason | None]]) -> None:
    async with transaction(sessions) as session:
        session.add(Conversation(id="c" * 32, channel=Channel.WEB, engine_sender="e" * 32, created_at=NOON))
        await session.flush()
        for number, (state, reason) in enumerate(ends):
            ended = state in (State.CLOSED, State.RETURNED)
            session.add(
                Handoff(
                    conversation_id="c" * 32,
                    state=state,
                    reason=Reason.ASKED,
                    topic_title=f"موضوع {number}",
                    last_owner_id=owner if number % 2 else None,
                    opened_at=NOON + timedelta(minutes=number),
                    ended_at=NOON + timedelta(days=number) if ended else None,
                    close_reason=reason,
                )
            )


ENDS = [
    (State.CLOSED, CloseReason.HELPED),
    (State.CLOSED, CloseReason.HELPED),
    (State.RETURNED, None),
    (State.CLOSED, CloseReason.ABUSE),
    (State.WAITING, None),
]


async def test_newest_first_by_any_filter(office: Office) -> None:
    sara = await office.hires("sara", "سارة", Role.AGENT)
    await add(office.sessions, sara, ENDS)

    async def titles(**wanted: object) -> list[str]:
        async with office.sessions() as session:
            found = await past.ended(session, past.Wanted(**wanted), 10)  # type: ignore[arg-type]
        return [one.topic_title.removeprefix("موضوع ") for one in found]

    assert await titles() == ["3", "2", "1", "0"]
    assert await titles(account_id=sara) == ["3", "1"]
    assert await titles(ending=CloseReason.HELPED) == ["1", "0"]
    assert await titles(ending=State.RETURNED) == ["2"]
    assert await titles(until=NOON + timedelta(days=2)) == ["1", "0"]
    async with office.sessions() as session:
        first = await past.ended(session, past.Wanted(), 2)
    assert await titles(after=first[-1].id) == ["1", "0"]
    assert await titles(after=99) == ["3", "2", "1", "0"], "a conversation deleted meanwhile"


async def test_the_page(office: Office) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    assert "لا محادثات هنا" in await sara.sees(PAST)
    boss = await office.colleague("boss", "مدير", Role.ADMINISTRATOR)
    assert (await boss.http.get(PAST)).status_code == 403
    await add(office.sessions, await office.hires("ali", "علي", Role.AGENT), ENDS)
    text = await sara.sees(PAST)
    assert "موضوع 3" in text
    assert "موضوع 4" not in text
    assert "أُعيدت إلى المساعد" in text
    text = await sara.sees(f"{PAST}?ending=abuse&day=٢٠٢٦/١١/٢٦")
    assert "موضوع 3" in text
    assert "موضوع 1" not in text
    assert "اكتب التاريخ هكذا" in await sara.sees(f"{PAST}?day=أمس")
