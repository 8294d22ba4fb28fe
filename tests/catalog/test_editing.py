"""Drafts, review by a second person, publishing, versions, going back; the live search follows."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from catalog import loader
from catalog.__main__ import CONTENT
from catalog.editing import freshness, repository, service
from catalog.editing.differences import differences
from catalog.editing.fields import empty
from catalog.editing.job import ContentJob
from catalog.editing.models import Draft, How, State
from catalog.editing.preview import Previews
from catalog.editing.publishing import published
from catalog.editing.service import ConflictError, EditError, Editor, NotReadyError
from catalog.models import Origin
from catalog.schema import read_content
from catalog.search import LiveIndex, Verdict
from foundation.clock import in_baghdad, utc_now
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings
from operations.audit.chain import verify
from operations.events.models import Event

NOOR = Editor("1" * 32, "noor", "نور")
ALI = Editor("2" * 32, "ali", "علي")
HUDA = Editor("3" * 32, "huda", "هدى")
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


async def _write(sessions: SessionFactory, code: str, seen: int = 0, who: Editor = NOOR, **changes: object) -> Draft:
    kind = "faq" if code.startswith("faq-") else "service"
    async with transaction(sessions) as session:
        body = await published(session, kind, code) or empty(kind) | {"code": code}  # type: ignore[arg-type]
        return await service.save(session, kind, body | changes, seen, who, utc_now())  # type: ignore[arg-type]


async def _send_and_publish(sessions: SessionFactory, draft: Draft) -> None:
    async with transaction(sessions) as session:
        await service.submit(session, draft.code, "", NOOR, utc_now())
    async with transaction(sessions) as session:
        assert await service.approve(session, draft.code, draft.revision, None, ALI, utc_now())


async def test_a_published_change_answers_within_two_seconds(live: LiveIndex, loaded: SessionFactory) -> None:
    draft = await _write(loaded, "nat-02", fee="30,000 دينار", aliases=["دفتر الطيران الازرك"])
    assert live.service("nat-02").fee != "30,000 دينار"  # type: ignore[union-attr]
    await _send_and_publish(loaded, draft)
    started = time.monotonic()
    while True:
        entry, found = live.service("nat-02"), await live.search("شلون اطلع دفتر طيران ازرك")
        if entry and entry.fee == "30,000 دينار" and found.hits[0].code == "nat-02":
            break
        assert time.monotonic() - started < FOUND_WITHIN_SECONDS
        await asyncio.sleep(0.05)
    async with loaded() as session:
        row = await repository.entry(session, "service", "nat-02")
        assert row
        assert row.origin == Origin.EDITOR
        versions = await repository.versions(session, "nat-02", 10)
        assert [(one.number, one.how, one.written_by, one.approved_by) for one in versions] == [
            (2, How.PUBLISHED, "نور", "علي"),
            (1, How.BEFORE, "", ""),
        ]
        assert await repository.draft(session, "nat-02") is None
        assert (await verify(session)).whole


async def test_nobody_approves_what_they_wrote(loaded: SessionFactory) -> None:
    first = await _write(loaded, "nat-02", fee="أ")
    second = await _write(loaded, "nat-02", first.revision, ALI, fee="ب")
    async with transaction(loaded) as session:
        with pytest.raises(EditError, match="لم تُرسل"):
            await service.approve(session, "nat-02", second.revision, None, HUDA, utc_now())
        await service.submit(session, "nat-02", "راجعوا الرسم", NOOR, utc_now())
        for author in (NOOR, ALI):
            with pytest.raises(EditError, match="زميل غيرك"):
                await service.approve(session, "nat-02", second.revision, None, author, utc_now())
        with pytest.raises(EditError, match="تغيرت"):
            await service.approve(session, "nat-02", first.revision, None, HUDA, utc_now())
        assert await service.approve(session, "nat-02", second.revision, None, HUDA, utc_now())


async def test_the_second_to_save_hears_of_the_first(loaded: SessionFactory) -> None:
    draft = await _write(loaded, "nat-02", fee="أ")
    with pytest.raises(ConflictError):
        await _write(loaded, "nat-02", 0, ALI, fee="ب")
    await _write(loaded, "nat-02", draft.revision, ALI, fee="ب")
    with pytest.raises(ConflictError):
        await _write(loaded, "nat-02", draft.revision, NOOR, fee="ج")


async def test_what_a_colleague_types_outlives_a_publication(loaded: SessionFactory) -> None:
    draft = await _write(loaded, "nat-02", fee="أ")
    async with transaction(loaded) as session:
        await service.keep_typing(session, "nat-02", draft.body | {"fee": "نصف كلمة"}, draft.revision, HUDA, utc_now())
    await _send_and_publish(loaded, draft)
    async with loaded() as session:
        kept = await repository.autosave(session, "nat-02", HUDA.id)
    assert kept
    assert kept.body["fee"] == "نصف كلمة"
    with pytest.raises(ConflictError):
        await _write(loaded, "nat-02", kept.revision, HUDA, fee="نصف كلمة")


async def test_two_who_begin_a_draft_at_once(loaded: SessionFactory) -> None:
    outcomes = await asyncio.gather(
        *(_write(loaded, "nat-02", 0, who, fee=who.name) for who in (NOOR, ALI, HUDA)), return_exceptions=True
    )
    assert sum(isinstance(one, Draft) for one in outcomes) == 1
    assert sum(isinstance(one, ConflictError) for one in outcomes) == 2


async def test_what_is_wrong_is_said_by_field(loaded: SessionFactory) -> None:
    tomorrow = (in_baghdad(utc_now()).date() + timedelta(days=1)).isoformat()
    await _write(
        loaded,
        "nat-02",
        name=" ",
        url="http://insecure.example",
        verified_on=tomorrow,
        category="zzz",
        documents=["هوية", "هوية"],
        aliases=["ا" * 301],
        verified_until="2999-01-01",
    )
    async with transaction(loaded) as session:
        with pytest.raises(NotReadyError) as refused:
            await service.submit(session, "nat-02", "", NOOR, utc_now())
    assert refused.value.problems == {
        "name": "املأ هذا الحقل.",
        "url": "اكتب عنواناً كاملاً يبدأ بـ https:// أو اتركه فارغاً.",
        "verified_on": "التحقق لا يكون في يوم لم يأت بعد.",
        "category": "اختر فئة من القائمة.",
        "documents": "تكرر «هوية». احذف واحداً.",
        "aliases": "السطر 1 أطول من 300 حرفاً. اختصر.",
        "verified_until": "أبعد من ثلاث سنوات. اختر يوماً أقرب.",
    }
    async with transaction(loaded) as session:
        faq = empty("faq") | {"code": "new-faq", "title": "سؤال", "answer": "جواب"}
        await service.save(session, "faq", faq, 0, NOOR, utc_now())
        with pytest.raises(NotReadyError) as refused:
            await service.submit(session, "new-faq", "", NOOR, utc_now())
    assert refused.value.problems == {"code": "رمز السؤال العام يبدأ بـ faq- مثل faq-payment."}


async def test_publishing_at_a_time_and_going_back(loaded: SessionFactory) -> None:
    now = utc_now()
    draft = await _write(loaded, "nat-02", fee="غداً")
    async with transaction(loaded) as session:
        before = await published(session, "service", "nat-02")
        await service.submit(session, "nat-02", "", NOOR, now)
        assert await service.approve(session, "nat-02", draft.revision, now + timedelta(hours=1), ALI, now) is None
    times = [now]
    job = ContentJob(loaded, Settings(_env_file=None), lambda: times[0], lambda: True)
    assert await job.publish() == 0
    times[0] = now + timedelta(hours=1, seconds=1)
    assert await job.publish() == 1
    assert await job.publish() == 0
    async with transaction(loaded) as session:
        body = await published(session, "service", "nat-02")
        assert body
        assert body["fee"] == "غداً"
        with pytest.raises(EditError, match="سبب"):
            await service.roll_back(session, "nat-02", 1, " ", ALI, times[0])
        with pytest.raises(EditError, match="نسخة سابقة"):
            await service.roll_back(session, "nat-02", 2, "خطأ", ALI, times[0])
        await service.roll_back(session, "nat-02", 1, "الرسم خطأ", ALI, times[0])
    async with loaded() as session:
        assert await published(session, "service", "nat-02") == before
        assert [one.how for one in await repository.versions(session, "nat-02", 9)] == [
            How.ROLLED_BACK,
            How.PUBLISHED,
            How.BEFORE,
        ]


async def test_a_return_says_what_to_do_and_a_change_takes_the_approval_back(loaded: SessionFactory) -> None:
    now = utc_now()
    draft = await _write(loaded, "nat-02", fee="أ")
    async with transaction(loaded) as session:
        await service.submit(session, "nat-02", "", NOOR, now)
        with pytest.raises(EditError, match="ماذا يصحح"):
            await service.send_back(session, "nat-02", "", ALI, now)
        await service.approve(session, "nat-02", draft.revision, now + timedelta(days=1), ALI, now)
    changed = await _write(loaded, "nat-02", draft.revision, NOOR, fee="ب")
    assert (changed.state, changed.publish_at, changed.approved_by) == (State.WRITING, None, "")
    async with transaction(loaded) as session:
        await service.submit(session, "nat-02", "", NOOR, now)
        await service.send_back(session, "nat-02", "اذكر المصدر", ALI, now)
    async with loaded() as session:
        kept = await repository.draft(session, "nat-02")
        assert kept
        assert (kept.state, kept.note) == (State.WRITING, "اذكر المصدر")


async def test_a_new_entry_and_one_taken_away(live: LiveIndex, loaded: SessionFactory) -> None:
    draft = await _write(
        loaded, "faq-beekeeping", title="شلون اسجل منحل النحل؟", answer="راجع شعبة الزراعة.", aliases=["اجازة منحل"]
    )
    await _send_and_publish(loaded, draft)
    await live.refresh()
    assert (await live.search("اريد اجازة منحل نحل")).hits[0].code == "faq-beekeeping"
    draft = await _write(loaded, "faq-beekeeping", active=False)
    await _send_and_publish(loaded, draft)
    await live.refresh()
    assert live.faq("faq-beekeeping") is None


async def test_differences_name_each_field_and_line(loaded: SessionFactory) -> None:
    async with loaded() as session:
        body = await published(session, "service", "nat-02")
    assert body
    after = body | {"fee": "30,000 دينار", "documents": [*body["documents"][1:], "صورة حديثة"], "active": False}
    found = {one.name: one for one in differences("service", body, after)}
    assert set(found) == {"fee", "documents", "active"}
    assert [piece.text for piece in found["documents"].pieces if piece.change == "new"] == ["صورة حديثة"]
    assert [piece.text for piece in found["documents"].pieces if piece.change == "gone"] == body["documents"][:1]
    assert [(piece.change, piece.text) for piece in found["active"].pieces] == [("gone", "نعم"), ("new", "لا")]


async def test_the_preview_answers_with_the_draft_and_warns_of_theft(loaded: SessionFactory) -> None:
    previews = Previews(loaded)
    async with loaded() as session:
        body = await published(session, "service", "you-01")
        passport = await published(session, "service", "nat-02")
    assert body
    assert passport
    mine = body | {"aliases": [*body["aliases"], "دفتر الطيران الازرك"]}
    found = await previews.search("service", mine, "دفتر الطيران الازرك")
    assert (found.hits[0].code, found.verdict) == ("you-01", Verdict.SURE)
    assert await previews.thefts("service", mine) == []
    stolen = await previews.thefts("service", body | {"aliases": [*body["aliases"], *passport["aliases"]]})
    assert stolen
    assert {one.code for one in stolen} == {"nat-02"}
    assert {one.line for one in stolen} & set(passport["aliases"])


async def test_stale_entries_are_listed_and_told_once(loaded: SessionFactory) -> None:
    now = utc_now()
    today = in_baghdad(now).date()
    settings = Settings(_env_file=None, content_valid_days=10_000)
    draft = await _write(
        loaded,
        "nat-02",
        verified_on=(today - timedelta(days=30)).isoformat(),
        verified_until=(today - timedelta(days=1)).isoformat(),
    )
    await _send_and_publish(loaded, draft)
    async with transaction(loaded) as session:
        found = [one for one in await freshness.stale(session, today, settings.content_valid_days) if one.until]
        assert [(one.code, one.until) for one in found] == [("nat-02", today - timedelta(days=1))]
        told = await freshness.remind(session, now, settings)
        assert told >= 1
        while await freshness.remind(session, now, settings):
            pass
        subjects = list(await session.scalars(select(Event.subject).where(Event.type == "content.stale")))
        assert subjects.count("entry/nat-02") == 1
