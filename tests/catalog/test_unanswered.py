"""Lines without an answer: masked, counted once, grouped, forgotten in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from catalog.editing.job import ContentJob
from catalog.unanswered import repository, service
from catalog.unanswered.grouping import grouped
from catalog.unanswered.models import Outcome, State, Unanswered
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("وين اجدد جوازي", "وين اجدد جوازي"),
        ("رقمي 07701234567 شسوي", "رقمي ••• شسوي"),
        ("رقمي ٠٧٧٠١٢٣٤٥٦٧ شسوي", "رقمي ••• شسوي"),
        ("معاملتي ⟦nid:1a2b3c4d⟧ وين", "معاملتي ••• وين"),
        ("رقم المعاملة 12 34-567 وين", "رقم المعاملة ••• وين"),
        ("قانون 25 لسنة 2010", "قانون 25 لسنة 2010"),
        ("⟦text:1a2b3c4d⟧", ""),
        ("/ask_fee", ""),
        ("12345678", ""),
        ("؟؟؟", ""),
        ("كلمة " * 60, ""),
    ],
)
def test_what_is_kept_of_a_line(typed: str, kept: str) -> None:
    assert service.kept(typed) == kept


async def test_a_line_is_kept_once_and_counted(sessions: SessionFactory) -> None:
    now = utc_now()
    for days, line in ((0, "وين اجدد جوازي؟"), (0, "وين أجدد جوازي"), (1, "وين اجدد جوازي")):
        async with transaction(sessions) as session:
            assert await service.note(session, line, Outcome.NOT_FOUND, "nat-02", now + timedelta(days=days))
    async with sessions() as session:
        (kept,) = await repository.open_lines(session, 10)
    assert (kept.text, kept.count, kept.days, kept.nearest) == ("وين اجدد جوازي؟", 3, 2, "nat-02")
    async with transaction(sessions) as session:
        await repository.handle(session, [kept.id], State.DISMISSED, "", "نور", now)
        await service.note(session, "وين اجدد جوازي", Outcome.NOT_FOUND, "nat-02", now)
    async with sessions() as session:
        assert await repository.count_open(session) == 0
        assert await repository.some(session, [kept.id]) == []


def test_lines_that_are_alike_are_one_group() -> None:
    texts = ["وين اجدد باسبورت ابني", "تجديد باسبورت ابني", "شلون اربي نحل", "تربية نحل شلون", "بطل الدوري منو"]
    lines = [Unanswered(id=number, text=text, count=10 - number) for number, text in enumerate(texts)]
    groups = grouped(lines)
    assert [[line.id for line in group.lines] for group in groups] == [[0, 1], [2, 3], [4]]
    assert groups[0].count == 19
    assert grouped([]) == []


async def test_old_and_rare_lines_are_forgotten(sessions: SessionFactory) -> None:
    now = utc_now()
    async with transaction(sessions) as session:
        await service.note(session, "سؤال قديم جدا", Outcome.NOT_FOUND, "", now - timedelta(days=91))
        for number in range(130):
            await service.note(session, f"كلام بلا معنى رقم {number}", Outcome.OUT_OF_SCOPE, "", now)
        for _ in range(3):
            await service.note(session, "سؤال يتكرر", Outcome.NOT_FOUND, "", now)
    settings = Settings(_env_file=None, unanswered_max_lines=100)
    await ContentJob(sessions, settings, lambda: now, lambda: True).upkeep()
    async with sessions() as session:
        texts = list(await session.scalars(select(Unanswered.text)))
    assert len(texts) == 100
    assert "سؤال يتكرر" in texts
    assert "سؤال قديم جدا" not in texts
