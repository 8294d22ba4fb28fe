"""The content pages: drafts, two who save at once, review, unanswered lines, files, the notice, roles."""

import asyncio
import io
import json
import re

import pytest
from openpyxl import load_workbook

from catalog import loader
from catalog.__main__ import CONTENT
from catalog.editing import repository
from catalog.editing.publishing import published
from catalog.schema import read_content
from catalog.unanswered import service as unanswered
from catalog.unanswered.models import Outcome
from console.content.desk import kind_of
from console.content.files import XLSX
from foundation.clock import in_baghdad, utc_now
from foundation.database import transaction
from operations.accounts.models import Role
from operations.audit.chain import verify
from tests.console.conftest import Colleague, Office

HERE = "/console/content"


@pytest.fixture
async def guide(office: Office) -> Office:
    """An office whose catalogue is filled."""
    content = read_content(CONTENT, in_baghdad(utc_now()).date())
    async with transaction(office.sessions) as session:
        await loader.load(session, content, utc_now)
    return office


async def _body(office: Office, code: str) -> dict[str, str]:
    async with office.sessions() as session:
        body = await published(session, kind_of(code), code)
    assert body
    texts = {}
    for name, value in body.items():
        if isinstance(value, list):
            texts[name] = "\n".join(value)
        elif isinstance(value, bool):
            texts[name] = "1" if value else ""
        else:
            texts[name] = str(value)
    texts.pop("code")
    texts.pop("inferred_fields", None)
    return texts


async def _editors(office: Office) -> tuple[Colleague, Colleague]:
    noor = await office.colleague("noor", "نور", Role.EDITOR)
    ali = await office.colleague("ali", "علي", Role.EDITOR, Role.REVIEWER)
    return noor, ali


async def test_an_editor_writes_a_reviewer_publishes(guide: Office) -> None:
    noor, ali = await _editors(guide)
    typed = await _body(guide, "nat-02")
    assert "جواز" in await noor.sees(f"{HERE}?q=جواز")
    await noor.sees(f"{HERE}/entries/nat-02")
    wrong = await noor.sends(f"{HERE}/entries/nat-02", **typed | {"url": "بلا", "revision": "0", "then": "submit"})
    assert wrong.status_code == 422
    assert "اكتب عنواناً كاملاً" in wrong.text
    sent = await noor.sends(
        f"{HERE}/entries/nat-02",
        **typed | {"fee": "31,000 دينار", "revision": "1"},
        then="submit",
        note="من الموقع",
    )
    assert sent.status_code == 303
    assert "من الموقع" in await ali.sees(f"{HERE}/review")
    seen = await ali.sees(f"{HERE}/review/nat-02")
    assert "<ins>" in seen
    assert "/review/nat-02/approve" in seen
    assert "/review/nat-02/approve" not in await noor.sees(f"{HERE}/review/nat-02")
    assert (await noor.sends(f"{HERE}/review/nat-02/approve", revision="2")).status_code == 403
    done = await ali.sends(f"{HERE}/review/nat-02/approve", revision="2")
    assert done.headers["location"].endswith("/entries/nat-02/versions")
    assert "المنشورة" in await ali.sees(f"{HERE}/entries/nat-02/versions?show=2")
    assert (await _body(guide, "nat-02"))["fee"] == "31,000 دينار"
    back = await ali.sends(f"{HERE}/entries/nat-02/rollback", number="1", reason="خطأ في الرسم")
    assert back.status_code == 303
    assert (await _body(guide, "nat-02"))["fee"] == typed["fee"]
    async with guide.sessions() as session:
        assert (await verify(session)).whole


async def test_two_save_at_once_and_both_are_seen(guide: Office) -> None:
    noor, ali = await _editors(guide)
    typed = await _body(guide, "nat-02")
    for one in (noor, ali):
        await one.sees(f"{HERE}/entries/nat-02")
    await noor.sends(f"{HERE}/entries/nat-02", **typed | {"fee": "رسم نور", "revision": "0", "then": "save"})
    clash = await ali.sends(f"{HERE}/entries/nat-02", **typed | {"fee": "رسم علي", "revision": "0", "then": "save"})
    assert clash.status_code == 409
    assert "سبقك حفظ من نور" in clash.text
    assert "رسم علي" in clash.text
    assert "رسم نور" in clash.text
    assert clash.text.count('class="theirs"') == 1
    assert 'name="revision" value="1"' in clash.text
    # The browser goes down here: what was typed is there again.
    again = await ali.sees(f"{HERE}/entries/nat-02")
    assert "رسم علي" in again
    assert "ما كتبته ولم تحفظه" in again
    await ali.sends(f"{HERE}/entries/nat-02", **typed | {"fee": "رسم علي", "revision": "1", "then": "save"})
    async with guide.sessions() as session:
        draft = await repository.draft(session, "nat-02")
    assert draft
    assert (draft.body["fee"], draft.revision) == ("رسم علي", 2)


async def test_what_is_typed_is_kept_until_it_is_saved(guide: Office) -> None:
    noor, ali = await _editors(guide)
    typed = await _body(guide, "nat-02")
    await noor.sees(f"{HERE}/entries/nat-02")
    kept = await noor.sends(f"{HERE}/entries/nat-02/typing", **typed | {"fee": "نصف كلم", "revision": "0"})
    assert kept.status_code == 200
    assert "نصف كلم" in await noor.sees(f"{HERE}/entries/nat-02")
    assert "نصف كلم" not in await ali.sees(f"{HERE}/entries/nat-02")
    await noor.sends(f"{HERE}/entries/nat-02/forget")
    assert "نصف كلم" not in await noor.sees(f"{HERE}/entries/nat-02")


async def test_a_preview_talks_to_what_stands_in_the_form(guide: Office) -> None:
    noor, _ = await _editors(guide)
    typed = await _body(guide, "nat-02")
    await noor.sees(f"{HERE}/entries/nat-02")
    answer = await noor.sends(f"{HERE}/preview/nat-02", **typed | {"fee": "77 دينار", "line": "شكد رسوم جواز السفر"})
    assert "يجيب" in answer.text
    assert "77" in answer.text
    lost = await noor.sends(f"{HERE}/preview/nat-02", **typed | {"line": "منو فاز بالدوري"})
    assert "يجيب</span>" not in lost.text
    clean = await noor.sends(f"{HERE}/preview/nat-02/thefts", **typed)
    assert "لا تأخذ شيئاً" in clean.text
    other = await _body(guide, "nat-04")
    greedy = typed | {"aliases": typed["aliases"] + "\n" + other["aliases"] + "\n" + other["questions"]}
    assert "nat-04" in (await noor.sends(f"{HERE}/preview/nat-02/thefts", **greedy)).text


async def test_lines_are_searched_sorted_and_dismissed_together(guide: Office) -> None:
    noor, _ = await _editors(guide)
    now = utc_now()
    async with transaction(guide.sessions) as session:
        for line in ("اريد اربي نحل بالبيت", "شوكت يلعب المنتخب", "شوكت يلعب المنتخب", "اريد انتحر محد يسمعني"):
            assert await unanswered.note(session, line, Outcome.NOT_FOUND, "", now)
    page = await noor.sees(f"{HERE}/unanswered")
    assert page.index("قد يكون صاحبها في خطر") < page.index("شوكت يلعب المنتخب") < page.index("اربي نحل")
    found = await noor.sees(f"{HERE}/unanswered?q=نحل&order=newest")
    assert "اربي نحل" in found
    assert "المنتخب" not in found
    ticked = re.findall(r'name="ids" value="([0-9,]+)" form="together"', page)
    assert (await noor.sends(f"{HERE}/unanswered/dismiss", ids=ticked[1:])).status_code == 303
    page = await noor.sees(f"{HERE}/unanswered")
    assert "أُهمل سطران" in page
    assert "المنتخب" not in page
    assert "انتحر" in page
    await noor.sends(f"{HERE}/unanswered/dismiss")
    assert "اختر ما تهمله" in await noor.sees(f"{HERE}/unanswered")


async def test_unconfirmed_entries_are_listed_beside_the_stale(guide: Office) -> None:
    noor, _ = await _editors(guide)
    assert "غير مؤكدة رسمياً (" in await noor.sees(f"{HERE}/stale")
    assert "درجة التأكد" in await noor.sees(f"{HERE}/stale?show=unconfirmed")


async def test_lines_without_answer_become_words_of_entries(guide: Office) -> None:
    noor, _ = await _editors(guide)
    now = utc_now()
    async with transaction(guide.sessions) as session:
        for line in ("وين اجدد باسبورت ابني الصغير", "وين اجدد باسبورت ابني", "اريد اربي نحل بالبيت"):
            assert await unanswered.note(session, line, Outcome.NOT_FOUND, "nat-02", now)
        await unanswered.note(session, "رقمي 07701234567 وين اجدد باسبورت ابني", Outcome.NOT_FOUND, "", now)
    page = await noor.sees(f"{HERE}/unanswered")
    assert page.count('class="row group"') == 2
    assert "0770" not in page
    ids = re.findall(r'name="ids" value="([0-9,]+)"', page)
    added = await noor.sends(f"{HERE}/unanswered/add", ids=ids[0], code="nat-02")
    assert "/entries/nat-02" in added.headers["location"]
    async with guide.sessions() as session:
        draft = await repository.draft(session, "nat-02")
    assert draft
    assert "وين اجدد باسبورت ابني الصغير" in draft.body["questions"]
    form = await noor.sends(f"{HERE}/unanswered/new/faq", ids=ids[-1])
    assert "اريد اربي نحل بالبيت" in form.text
    made = await noor.sends(
        f"{HERE}/new/faq",
        code="faq-bees",
        title="تربية النحل؟",
        answer="راجع الزراعة.",
        confidence="partly",
        from_lines=ids[-1],
    )
    assert made.status_code == 303
    assert "لا أسئلة بلا جواب" in await noor.sees(f"{HERE}/unanswered")


async def _upload(who: Colleague, name: str, data: bytes) -> str:
    answer = await who.http.post(
        f"{HERE}/files/compare", data={"csrf": who.csrf}, files={"file": (name, data)}, follow_redirects=True
    )
    return answer.text


async def test_a_file_is_shown_before_it_changes_anything(guide: Office) -> None:
    noor, ali = await _editors(guide)
    await noor.sees(f"{HERE}/files")
    book = (await noor.http.get(f"{HERE}/files/entries.xlsx")).content
    assert "لا شيء يتغير" in await _upload(noor, "same.xlsx", book)
    document = json.loads((await noor.http.get(f"{HERE}/files/entries.json")).content)
    assert "لا شيء يتغير" in await _upload(noor, "same.json", json.dumps(document).encode())
    sheet = load_workbook(io.BytesIO(book))
    heads = [cell.value for cell in sheet["services"][1]]
    rows = {row[0].value: row for row in sheet["services"].iter_rows(min_row=2)}
    rows["nat-02"][heads.index("fee")].value = "=1+1"
    rows["nat-02"][heads.index("fee")].data_type = "s"
    rows["nat-03"][heads.index("url")].value = "javascript:alert(1)"
    out = io.BytesIO()
    sheet.save(out)
    page = await _upload(noor, "day.xlsx", out.getvalue())
    assert "يتغير: 1 " in page
    assert "فيه خطأ: 1" in page
    assert (await _body(guide, "nat-02"))["fee"] != "=1+1"
    run = re.findall(r'name="run" value="([0-9a-f]+)"', page)[0]
    assert (await ali.sends(f"{HERE}/files/take", run=run)).status_code in (303, 403)
    async with guide.sessions() as session:
        assert await repository.draft(session, "nat-02") is None
    await noor.sends(f"{HERE}/files/take", run=run)
    await noor.sends(f"{HERE}/files/take", run=run)
    assert "انشر الكل" in await ali.sees(f"{HERE}/review")
    await ali.sends(f"{HERE}/review/batches/{run}")
    async with asyncio.timeout(20):
        while (await _body(guide, "nat-02"))["fee"] != "=1+1":  # noqa: ASYNC110  # the job publishes it
            await asyncio.sleep(0.2)
    assert (await _body(guide, "nat-02"))["fee"] == "=1+1"
    exported = load_workbook(io.BytesIO((await noor.http.get(f"{HERE}/files/entries.xlsx")).content))
    fee = next(row for row in exported["services"].iter_rows(min_row=2) if row[0].value == "nat-02")[heads.index("fee")]
    assert (fee.value, fee.data_type) == ("=1+1", "s")


async def test_files_that_are_too_large_or_none_are_refused_with_a_sentence(guide: Office) -> None:
    noor, _ = await _editors(guide)
    await noor.sees(f"{HERE}/files")
    many = {"faqs": [{"code": f"faq-x{number}", "title": "س", "answer": "ج"} for number in range(10_000)]}
    assert "أكثر من 2,000" in await _upload(noor, "many.json", json.dumps(many).encode())
    assert "ليس XLSX سليماً" in await _upload(noor, "bad.xlsx", b"PK no")
    assert "ليس JSON" in await _upload(noor, "bad.json", b"[" * 100_000)
    assert "XLSX أو JSON" in await _upload(noor, "x.exe", b"MZ")
    assert XLSX


async def test_a_notice_goes_before_the_first_answer_of_the_day(guide: Office) -> None:
    ali = await guide.colleague("ali", "علي", Role.REVIEWER)
    await ali.sees(f"{HERE}/notice")
    times = {"starts": "2020-01-01T00:00", "ends": "2020-01-02T00:00"}
    assert "مضى" in await _flash(ali, f"{HERE}/notice", text="تنبيه", reason="تجربة", **times)
    here = in_baghdad(utc_now())
    times = {"starts": f"{here:%Y-%m-%dT00:00}", "ends": f"{here.replace(year=here.year):%Y-%m-%dT23:59}"}
    citizen = await guide.citizen("هلو")
    await ali.sends(f"{HERE}/notice", text="البوابة متوقفة للصيانة حتى المساء.", reason="صيانة", **times)
    for _ in range(30):
        first = await citizen.hears("شكد رسوم الجواز")
        if "متوقفة" in first:
            break
        await asyncio.sleep(0.1)
    assert "البوابة متوقفة" in first
    assert "متوقفة" not in await citizen.hears("ووين اراجع")
    page = await ali.sees(f"{HERE}/notice")
    number = re.findall(r"/notice/(\d+)/end", page)[0]
    await ali.sends(f"{HERE}/notice/{number}/end")
    assert "لا تنبيه الآن" in await ali.sees(f"{HERE}/notice")


async def _flash(who: Colleague, path: str, **fields: str) -> str:
    await who.sends(path, **fields)
    return await who.sees(HERE)


async def test_pages_of_content_are_for_editors_and_reviewers(guide: Office) -> None:
    sara = await guide.colleague("sara", "سارة", Role.AGENT)
    for path in ("", "/review", "/unanswered", "/stale", "/files", "/notice", "/entries/nat-02", "/files/entries.json"):
        assert (await sara.http.get(HERE + path)).status_code == 403, path
    ali = await guide.colleague("ali", "علي", Role.REVIEWER)
    for path in ("", "/review", "/unanswered", "/stale", "/files", "/notice", "/entries/nat-02"):
        assert (await ali.http.get(HERE + path)).status_code == 200, path
    assert (await ali.http.get(f"{HERE}/new/faq")).status_code == 403
    await ali.sees(HERE)
    assert (await ali.sends(f"{HERE}/entries/nat-02", name="x", revision="0")).status_code == 403
    assert (await ali.http.get(f"{HERE}/entries/zzz-99")).status_code == 404
    assert (await ali.http.post(f"{HERE}/review/nat-02/approve", data={"revision": "1"})).status_code == 403
