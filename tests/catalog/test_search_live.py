"""The index follows the database: additions, changes and removals by any process, and faults on the way."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event, text

from catalog import loader
from catalog.__main__ import CONTENT
from catalog.models import Category, Service, ServicePhrase
from catalog.schema import read_content
from catalog.search import LiveIndex, Verdict
from catalog.search import live as live_module
from catalog.search.source import read_revision
from foundation.clock import in_baghdad, utc_now
from foundation.database import SessionFactory, transaction

FOUND_WITHIN_SECONDS = 2.0


@pytest.fixture
async def loaded(sessions: SessionFactory) -> SessionFactory:
    content = read_content(CONTENT, in_baghdad(utc_now()).date())
    async with transaction(sessions) as session:
        await loader.load(session, content, utc_now)
    return sessions


@pytest.fixture
async def live(loaded: SessionFactory) -> AsyncIterator[LiveIndex]:
    index = LiveIndex(loaded)
    await index.start()
    yield index
    await index.stop()


async def becomes(index: LiveIndex, line: str, code: str | None) -> None:
    """Wait until the first hit for `line` is `code` (or, for None, until it is no more what it was)."""
    before = (await index.search(line)).hits[0].code if code is None else ""
    started = time.monotonic()
    while True:
        hits = (await index.search(line)).hits
        if hits and (hits[0].code == code or (code is None and hits[0].code != before)):
            break
        assert time.monotonic() - started < FOUND_WITHIN_SECONDS, hits
        await asyncio.sleep(0.05)


class TestLiveIndex:
    async def test_plain_insert_is_found(self, live: LiveIndex, loaded: SessionFactory) -> None:
        async with transaction(loaded) as session:
            await session.execute(
                text(
                    "INSERT INTO services (code, category_code, name) "
                    "VALUES ('you-99', 'you', 'تسجيل نحال وإجازة المناحل')"
                )
            )
        await becomes(live, "اريد اجازة منحل للنحل", "you-99")
        assert (await live.search("تسجيل نحال واجازة المناحل")).verdict is Verdict.SURE

    async def test_phrase_added_by_plain_sql_is_found(self, live: LiveIndex, loaded: SessionFactory) -> None:
        async with transaction(loaded) as session:
            await session.execute(
                text(
                    "INSERT INTO service_phrases (service_code, kind, text) "
                    "VALUES ('nat-02', 'alias', 'دفتر الطيران الازرك')"
                )
            )
        await becomes(live, "شلون اطلع دفتر طيران ازرك", "nat-02")

    async def test_changed_and_deactivated_entries(self, live: LiveIndex, loaded: SessionFactory) -> None:
        async with transaction(loaded) as session:
            session.add(Service(code="you-98", category_code="you", name="رخصة الطائرات الورقية", phrases=[]))
        await becomes(live, "رخصة طيارة ورقية", "you-98")
        async with transaction(loaded) as session:
            (await session.get_one(Service, "you-98")).name = "ترخيص صيد السمك بالشص"
        await becomes(live, "اريد اصيد سمك بالشص", "you-98")
        async with transaction(loaded) as session:
            (await session.get_one(Service, "you-98")).active = False
        await becomes(live, "اريد اصيد سمك بالشص", None)

    async def test_text_changed_in_place_by_plain_sql_is_found(self, live: LiveIndex, loaded: SessionFactory) -> None:
        async with transaction(loaded) as session:
            old, code = (
                await session.execute(
                    text("SELECT text, service_code FROM service_phrases WHERE length(text) > 25 ORDER BY id LIMIT 1")
                )
            ).one()
            new = "رحلة الى المريخ بالصاروخ".ljust(len(old), ".")
            await session.execute(
                text("UPDATE service_phrases SET text = :new WHERE text = :old"), {"new": new, "old": old}
            )
        await becomes(live, "رحلة للمريخ بالصاروخ", code)

    async def test_every_change_of_each_table_is_counted(self, loaded: SessionFactory) -> None:
        # A migration that makes a table anew on SQLite would lose its triggers.
        for table in ("service_phrases", "faq_phrases", "services", "faqs"):
            column = "text" if table.endswith("phrases") else "contact"
            for change in (f"UPDATE {table} SET {column} = 'x' || {column}", f"DELETE FROM {table}"):
                async with transaction(loaded) as session:
                    before = await read_revision(session)
                    await session.execute(text(change))
                    assert await read_revision(session) > before

    async def test_failing_database_keeps_the_index(
        self, live: LiveIndex, loaded: SessionFactory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = 0
        looked_again = asyncio.Event()

        async def fails(_session: object) -> object:
            nonlocal calls
            calls += 1
            if calls >= 2:
                looked_again.set()
            raise RuntimeError("no database")

        with monkeypatch.context() as broken:
            broken.setattr(live_module, "read_revision", fails)
            await asyncio.wait_for(looked_again.wait(), timeout=60 * live_module.LOOK_EVERY_SECONDS)
            assert (await live.search("جواز سفر")).hits[0].code == "nat-02"
        async with transaction(loaded) as session:
            session.add(Service(code="you-97", category_code="you", name="رخصة المنطاد", phrases=[]))
        await becomes(live, "رخصة منطاد", "you-97")

    async def test_a_look_is_one_query(self, live: LiveIndex, loaded: SessionFactory) -> None:
        await live.refresh()
        statements: list[str] = []
        event.listen(loaded.kw["bind"].sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        assert not await live.refresh()
        assert len([statement for statement in statements if statement.startswith("SELECT")]) == 1

    async def test_empty_database(self, sessions: SessionFactory) -> None:
        index = LiveIndex(sessions)
        await index.start()
        found = await index.search("جواز سفر")
        assert (found.hits, found.verdict) == ((), Verdict.NOTHING)
        async with transaction(sessions) as session:
            session.add(Category(code="nat", name="الأحوال المدنية"))
            session.add(
                Service(
                    code="nat-02",
                    category_code="nat",
                    name="جواز السفر",
                    phrases=[ServicePhrase(kind="alias", text="باسبورت")],
                )
            )
        await becomes(index, "جواز سفر", "nat-02")
        await index.stop()

    async def test_entries_follow_plain_sql_that_changes_no_length(
        self, live: LiveIndex, loaded: SessionFactory
    ) -> None:
        before = live.service("nat-02")
        assert before is not None
        assert live.titles(["nat-02", "none"]) == {"nat-02": before.name}
        async with transaction(loaded) as session:
            await session.execute(
                text("UPDATE services SET fee = :fee WHERE code = 'nat-02'"), {"fee": "س" * len(before.fee)}
            )
        started = time.monotonic()
        while (now := live.service("nat-02")) is None or now.fee == before.fee:
            assert time.monotonic() - started < FOUND_WITHIN_SECONDS
            await asyncio.sleep(0.05)

    async def test_an_entry_that_is_switched_off_is_gone(self, live: LiveIndex, loaded: SessionFactory) -> None:
        code = next(code for code in live.index.entries if live.faq(code) is not None)
        async with transaction(loaded) as session:
            await session.execute(text("UPDATE faqs SET active = false WHERE code = :code"), {"code": code})
        await live.refresh()
        started = time.monotonic()
        while live.faq(code) is not None:
            assert time.monotonic() - started < FOUND_WITHIN_SECONDS
            await asyncio.sleep(0.05)
