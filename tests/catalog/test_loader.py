"""Loading content files into the database, and what is said when one is wrong."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text

from catalog import loader, repository, service
from catalog.__main__ import CONTENT
from catalog.models import Category, Origin, Service, ServicePhrase
from catalog.schema import ContentError, read_content
from foundation.database import SessionFactory, transaction

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAX_QUERIES_PER_LOAD = 20
"""A load reads six tables and writes with batched statements, however many entries there are."""

CATEGORIES = "- {code: nat, name: الأحوال المدنية, order: 1}\n"
SERVICE = """
code: nat-90
category: nat
name: إصدار دفتر النفوس
aliases: [دفتر نفوس]
questions: [شلون أطلع دفتر نفوس؟]
situations: []
url: https://ur.gov.iq/x
confidence: sourced
verified_on: '2026-11-01'
"""


def write(directory: Path, service_text: str = SERVICE, name: str = "nat-90.yml") -> Path:
    (directory / "services").mkdir(parents=True, exist_ok=True)
    (directory / "categories.yml").write_text(CATEGORIES, encoding="utf-8")
    (directory / "services" / name).write_text(service_text, encoding="utf-8")
    return directory


async def load(sessions: SessionFactory, directory: Path, now: datetime = NOON) -> dict[str, int]:
    async with transaction(sessions) as session:
        return dict(await loader.load(session, read_content(directory, TODAY), lambda: now))


async def updated(sessions: SessionFactory) -> dict[str, datetime]:
    async with sessions() as session:
        return {row.code: row.updated_at for row in await session.scalars(select(Service))}


class TestReadContent:
    def test_shipped_content_is_valid(self) -> None:
        content = read_content(CONTENT, TODAY)
        assert len(content.categories) == 10
        assert len(content.services) == 94
        assert len(content.faqs) >= 5

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("https://ur.gov.iq/x", "http://ur.gov.iq", r"nat-90\.yml: url: must be empty or an https:// address"),
            ("https://ur.gov.iq/x", "javascript:alert(1)", r"nat-90\.yml: url: "),
            ("category: nat", "category: zoo", r"nat-90\.yml: category: zoo is not in categories\.yml"),
            ("name: إصدار دفتر النفوس", "name: '  '", r"nat-90\.yml: name: "),
            ("confidence: sourced", "confidence: sure", r"nat-90\.yml: confidence: "),
            ("2026-11-01", "2026-11-24", r"nat-90\.yml: verified_on: 2026-11-24 lies in the future"),
            ("2026-11-01", "yesterday", r"nat-90\.yml: verified_on: "),
            ("code: nat-90", "code: nat-91", r"nat-90\.yml: code: nat-91 does not fit the file's name"),
            ("situations: []", "situation: []", r"nat-90\.yml: situation: Extra inputs are not permitted"),
            ("aliases: [دفتر نفوس]", "aliases: دفتر نفوس", r"nat-90\.yml: aliases: "),
            ("aliases: [دفتر نفوس]", "aliases: ['']", r"nat-90\.yml: aliases\.0: "),
            ("situations: []", "situations: [", r"nat-90\.yml: line \d+: not YAML"),
        ],
    )
    def test_error_names_file_and_field(self, tmp_path: Path, old: str, new: str, message: str) -> None:
        assert old in SERVICE
        with pytest.raises(ContentError, match=message) as caught:
            read_content(write(tmp_path, SERVICE.replace(old, new)), TODAY)
        assert "\n" not in str(caught.value)

    def test_duplicate_code_names_both_files(self, tmp_path: Path) -> None:
        write(tmp_path)
        faqs = tmp_path / "faqs"
        faqs.mkdir()
        for name in ("a.yml", "b.yml"):
            (faqs / name).write_text("{code: faq-x, title: س, answer: ج, confidence: partly}", encoding="utf-8")
        with pytest.raises(ContentError, match=r"b\.yml: code: faq-x is already in a\.yml"):
            read_content(tmp_path, TODAY)

    def test_missing_directory(self, tmp_path: Path) -> None:
        with pytest.raises(ContentError, match=r"categories\.yml is missing"):
            read_content(tmp_path / "nowhere", TODAY)

    def test_not_utf8(self, tmp_path: Path) -> None:
        write(tmp_path)
        (tmp_path / "services" / "nat-90.yml").write_bytes(SERVICE.encode("cp1256"))
        with pytest.raises(ContentError, match=r"nat-90\.yml: not UTF-8"):
            read_content(tmp_path, TODAY)


class TestLoad:
    async def test_second_load_changes_nothing(self, sessions: SessionFactory) -> None:
        first = await load(sessions, CONTENT)
        before = await updated(sessions)
        second = await load(sessions, CONTENT, NOON + timedelta(hours=1))
        assert first["added"] == 94 + 10 + len(read_content(CONTENT, TODAY).faqs)
        assert second == {"unchanged": first["added"]}
        assert await updated(sessions) == before

    async def test_number_of_queries(self, sessions: SessionFactory) -> None:
        statements: list[str] = []
        engine = sessions.kw["bind"].sync_engine
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        await load(sessions, CONTENT)
        assert len(statements) <= MAX_QUERIES_PER_LOAD
        statements.clear()
        await load(sessions, CONTENT)
        assert len(statements) <= MAX_QUERIES_PER_LOAD

    async def test_changed_entry_is_updated(self, sessions: SessionFactory, tmp_path: Path) -> None:
        await load(sessions, write(tmp_path))
        changed = SERVICE.replace("[دفتر نفوس]", "[دفتر نفوس, دفتر العائلة]")
        later = NOON + timedelta(hours=1)
        assert await load(sessions, write(tmp_path, changed), later) == {"unchanged": 1, "updated": 1}
        assert (await updated(sessions))["nat-90"] == later
        async with sessions() as session:
            texts = await session.scalars(select(ServicePhrase.text).where(ServicePhrase.kind == "alias"))
            assert list(texts) == ["دفتر نفوس", "دفتر العائلة"]

    async def test_removed_file_is_deactivated_and_comes_back(self, sessions: SessionFactory, tmp_path: Path) -> None:
        await load(sessions, write(tmp_path))
        (tmp_path / "services" / "nat-90.yml").unlink()
        assert await load(sessions, tmp_path) == {"unchanged": 1, "deactivated": 1}
        async with sessions() as session:
            assert await service.get_service(session, "nat-90") is None
        assert await load(sessions, write(tmp_path)) == {"unchanged": 1, "updated": 1}

    async def test_rows_of_editors_are_left(self, sessions: SessionFactory, tmp_path: Path) -> None:
        await load(sessions, write(tmp_path))
        async with transaction(sessions) as session:
            row = await session.get_one(Service, "nat-90")
            row.name, row.origin = "اسم من محرر", Origin.EDITOR.value
            session.add(Service(code="nat-99", category_code="nat", name="خدمة من محرر", phrases=[]))
        assert await load(sessions, tmp_path) == {"unchanged": 1, "kept": 1}
        async with sessions() as session:
            assert await service.titles(session, ["nat-99", "nat-90"]) == {
                "nat-99": "خدمة من محرر",
                "nat-90": "اسم من محرر",
            }

    async def test_export_loads_back_unchanged(self, sessions: SessionFactory, tmp_path: Path) -> None:
        await load(sessions, CONTENT)
        async with sessions() as session:
            await loader.export(session, tmp_path)
        assert set(await load(sessions, tmp_path)) == {"unchanged"}

    async def test_plain_sql_may_leave_out_what_is_unknown(self, sessions: SessionFactory, tmp_path: Path) -> None:
        await load(sessions, write(tmp_path))
        async with transaction(sessions) as session:
            await session.execute(
                text("INSERT INTO services (code, category_code, name) VALUES ('nat-91', 'nat', 'خدمة')")
            )
        async with sessions() as session:
            found = await service.get_service(session, "nat-91")
            assert found is not None
            assert (found.active, found.documents, found.fee, found.origin) == (True, [], "", "editor")
            assert found.updated_at.tzinfo is not None


class TestListings:
    async def test_categories_are_counted(self, sessions: SessionFactory) -> None:
        await load(sessions, CONTENT)
        async with sessions() as session:
            found = await service.categories(session)
            total = await session.scalar(select(func.count()).select_from(Service))
            assert (await session.get_one(Category, "loan")).position == 1
        assert [row.code for row in found] == ["loan", "dis", "edu", "hea", "ele", "jus", "biz", "nat", "tra", "you"]
        assert sum(row.services for row in found) == total == 94

    @pytest.mark.parametrize(
        ("line", "kind", "code"),
        [
            ("شنو خدمات وزارة الداخلية", "agency", "وزارة الداخلية"),
            ("اريد خدمات وزاره التربيه", "agency", "وزارة التربية"),
            ("شنو تقدم هيئة النزاهة", "agency", "هيئة النزاهة الاتحادية"),
            ("خدمات الصحة", "category", "hea"),
            ("شنو الخدمات مال الشباب والرياضة", "category", "you"),
            ("خدمات التعليم", "category", "edu"),
            ("شنو خدمات وزارة الداخلييه", "agency", "وزارة الداخلية"),
            ("خدمات الشبااب والرياظة", "category", "you"),
        ],
    )
    async def test_find_listing(self, sessions: SessionFactory, line: str, kind: str, code: str) -> None:
        await load(sessions, CONTENT)
        async with sessions() as session:
            listing = await service.find_listing(session, line)
        assert listing is not None
        assert (listing.kind, listing.code) == (kind, code)
        assert listing.services

    @pytest.mark.parametrize("line", ["شنو الخدمات الموجودة", "اعرضلي كل الخدمات لو سمحت", ""])
    async def test_no_listing_named(self, sessions: SessionFactory, line: str) -> None:
        await load(sessions, CONTENT)
        async with sessions() as session:
            assert await service.find_listing(session, line) is None

    async def test_inactive_entries_are_not_shown(self, sessions: SessionFactory, tmp_path: Path) -> None:
        await load(sessions, write(tmp_path))
        async with transaction(sessions) as session:
            (await session.get_one(Service, "nat-90")).active = False
        async with sessions() as session:
            assert await service.titles(session, ["nat-90"]) == {}
            assert await repository.list_in_category(session, "nat", limit=10) == []
