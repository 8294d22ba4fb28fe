"""An editor's and a reviewer's day: an answer is put right, tried, reviewed, published; two save at once."""

import asyncio
import time

import pytest
from playwright.async_api import expect

from catalog import loader
from catalog.__main__ import CONTENT
from catalog.schema import read_content
from catalog.search import LiveIndex
from catalog.unanswered import service as unanswered
from catalog.unanswered.models import Outcome
from foundation.clock import in_baghdad, utc_now
from foundation.database import transaction
from operations.accounts.models import Role
from tests.console.browser.conftest import PHONE, Windows
from tests.console.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ANSWERS_WITHIN_SECONDS = 2.0
LINES = (
    ("وين اجدد باسبورت ابني الصغير", 7),
    ("تجديد باسبورت ابني", 3),
    ("وين اجدد باسبورت ابني", 2),
    ("شلون اربي نحل واخذ اجازة منحل", 5),
    ("اجازة منحل نحل شلون", 2),
    ("اريد اعرف نتيجة مباراة المنتخب", 4),
    ("شوكت توزع رواتب المتقاعدين هذا الشهر", 9),
    ("رواتب المتقاعدين شوكت توزع", 4),
)


@pytest.fixture
async def guide(office: Office) -> Office:
    """An office with a catalogue and lines without an answer."""
    now = utc_now()
    content = read_content(CONTENT, in_baghdad(now).date())
    async with transaction(office.sessions) as session:
        await loader.load(session, content, utc_now)
        for line, times in LINES:
            for _ in range(times):
                await unanswered.note(session, line, Outcome.NOT_FOUND, "", now)
    await office.hires("noor", "نور", Role.EDITOR, team="فريق المحتوى")
    await office.hires("ali", "علي", Role.EDITOR, Role.REVIEWER, team="فريق المحتوى")
    return office


async def test_an_answer_is_put_right_reviewed_and_published(guide: Office, windows: Windows) -> None:
    index = LiveIndex(guide.sessions)
    await index.start()
    noor = await windows.open()
    await noor.enters("noor")
    page = noor.page
    await page.wait_for_url("**/console/content")
    await noor.is_accessible()
    await noor.fits()
    await noor.picture("content")
    await page.keyboard.press("/")
    await page.keyboard.type("جواز")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="جواز السفر").first.click()
    await page.wait_for_url("**/entries/nat-02")
    await page.get_by_role("textbox", name="الرسوم").fill("25,000 دينار، و31,000 في المطار")
    aliases = page.get_by_label("أسماء أخرى")
    await aliases.fill(await aliases.input_value() + "\nدفتر الطيران الازرك")
    await expect(page.locator("#kept")).to_contain_text("حُفظ ما تكتبه")
    await page.get_by_role("textbox", name="سؤال", exact=True).fill("شكد رسوم جواز السفر؟")
    await page.get_by_role("button", name="اسأل").click()
    await expect(page.locator("#answer")).to_contain_text("31,000 في المطار")
    await expect(page.locator("#thefts")).to_contain_text("لا تأخذ شيئاً")
    await noor.is_accessible()
    await noor.fits()
    await page.evaluate("window.scrollTo(0, 560)")
    await noor.picture("entry")
    await page.reload()
    await expect(page.get_by_text("هذا ما كتبته ولم تحفظه")).to_be_visible()
    await expect(page.get_by_role("textbox", name="الرسوم")).to_have_value("25,000 دينار، و31,000 في المطار")
    await page.get_by_label("كلمة للمراجع").fill("الرسم من موقع مديرية الجوازات")
    await page.get_by_role("button", name="احفظ وأرسل للمراجعة").click()
    await expect(page.locator(".flash.good")).to_contain_text("أُرسلت للمراجعة")
    service = index.service("nat-02")
    assert service
    assert "31,000" not in service.fee

    ali = await windows.open()
    await ali.enters("ali")
    await ali.goes("/console/content/review")
    await ali.is_accessible()
    await ali.page.keyboard.press("n")
    await ali.page.wait_for_url("**/review/nat-02")
    await expect(ali.page.locator("ins").filter(has_text="المطار")).to_be_visible()
    await ali.is_accessible()
    await ali.fits()
    await ali.picture("review")
    await ali.page.get_by_role("button", name="انشر الآن").click()
    await expect(ali.page.locator(".flash.good")).to_contain_text("نُشرت")
    published = time.monotonic()
    while not ((service := index.service("nat-02")) and "31,000" in service.fee):
        assert time.monotonic() - published < ANSWERS_WITHIN_SECONDS
        await asyncio.sleep(0.05)
    assert (await index.search("دفتر الطيران الازرك")).hits[0].code == "nat-02"
    await index.stop()
    await ali.page.get_by_role("link", name="النسخة 1").click()
    await ali.is_accessible()
    await ali.goes("/console/content/entries/nat-02/versions?show=2")
    await ali.fits()
    await ali.picture("versions")


async def test_two_save_at_once_and_nothing_is_lost(guide: Office, windows: Windows) -> None:
    noor, ali = await windows.open(), await windows.open()
    for desk, name in ((noor, "noor"), (ali, "ali")):
        await desk.enters(name)
        await desk.goes("/console/content/entries/nat-02")
    await noor.page.get_by_role("textbox", name="الرسوم").fill("رسم كتبته نور")
    questions = noor.page.get_by_label("أسئلة من أفواه الناس")
    await questions.fill(await questions.input_value() + "\nسؤال من نور")
    await noor.page.get_by_role("button", name="احفظ المسودة").click()
    await expect(noor.page.locator(".flash.good")).to_contain_text("حُفظت المسودة")
    await ali.page.get_by_role("textbox", name="الرسوم").fill("رسم كتبه علي")
    await ali.page.get_by_role("button", name="احفظ المسودة").click()
    await expect(ali.page.get_by_role("alert").filter(has_text="سبقك حفظ من نور")).to_be_visible()
    await expect(ali.page.locator(".theirs")).to_have_count(2)
    await expect(ali.page.get_by_role("textbox", name="الرسوم")).to_have_value("رسم كتبه علي")
    await ali.page.locator("#field-fee").scroll_into_view_if_needed()
    await ali.is_accessible()
    await ali.fits()
    await ali.picture("conflict")
    await ali.page.locator("#field-questions").get_by_role("button", name="اجمع الاثنين").click()
    await ali.page.get_by_role("button", name="احفظ المسودة").click()
    await expect(ali.page.locator(".flash.good")).to_contain_text("حُفظت المسودة")
    await expect(ali.page.get_by_role("textbox", name="الرسوم")).to_have_value("رسم كتبه علي")
    assert "سؤال من نور" in await ali.page.get_by_label("أسئلة من أفواه الناس").input_value()


async def test_lines_without_an_answer_in_two_clicks(guide: Office, windows: Windows) -> None:
    noor = await windows.open()
    await noor.enters("noor")
    await noor.goes("/console/content/unanswered")
    page = noor.page
    await expect(page.locator(".group")).to_have_count(4)
    await noor.is_accessible()
    await noor.fits()
    await noor.picture("unanswered")
    group = page.locator(".group").filter(has_text="باسبورت")
    await group.get_by_role("button", name="جواز").first.click()
    await expect(page.locator(".flash.good")).to_contain_text("أُضيفت إلى المسودة")
    assert "تجديد باسبورت ابني" in await page.get_by_label("أسئلة من أفواه الناس").input_value()
    await page.get_by_role("button", name="احفظ وأرسل للمراجعة").click()
    await expect(page.locator(".flash.good")).to_contain_text("أُرسلت للمراجعة")
    await noor.goes("/console/content/unanswered")
    await page.locator(".group").filter(has_text="المنتخب").get_by_role("button", name="أهملها").click()
    await expect(page.locator(".group")).to_have_count(2)
    bees = page.locator(".group").filter(has_text="منحل")
    await bees.get_by_text("غير ذلك").click()
    await bees.get_by_role("button", name="سؤال عام جديد").click()
    await page.get_by_label("الرمز").fill("faq-bees")
    await page.get_by_label("الجواب").fill("راجع شعبة الزراعة في منطقتك.")
    await noor.is_accessible()
    await page.get_by_role("button", name="احفظ المسودة").click()
    await expect(page.locator(".flash.good")).to_contain_text("حُفظت المسودة")


async def test_the_other_pages_on_a_desk_and_on_a_phone(guide: Office, windows: Windows) -> None:
    now = in_baghdad(utc_now())
    ali = await windows.open()
    await ali.enters("ali")
    await ali.goes("/console/content/notice")
    await ali.page.get_by_label("ما يقرأه المواطن").fill("بوابة أور متوقفة للصيانة حتى الساعة 10 مساءً. ما قدمته محفوظ.")
    await ali.page.get_by_label("من", exact=False).first.fill(f"{now:%Y-%m-%dT00:00}")
    await ali.page.get_by_label("السبب").fill("صيانة معلنة")
    await ali.page.get_by_role("button", name="أظهره لكل الناس").click()
    await expect(ali.page.get_by_text("يظهر الآن")).to_be_visible()
    await ali.picture("notice")
    pages = ("", "/review", "/unanswered", "/stale", "/files", "/notice", "/entries/nat-02", "/new/faq")
    for path in pages:
        await ali.goes(f"/console/content{path}")
        await ali.fits()
        await ali.is_accessible()
    citizen = await windows.open(PHONE)
    await citizen.goes("/")
    await citizen.page.get_by_label("اكتب رسالتك").fill("شكد رسوم الجواز")
    await citizen.page.get_by_role("button", name="إرسال").click()
    await expect(citizen.page.locator("#log")).to_contain_text("متوقفة للصيانة")
    phone = await windows.open(PHONE)
    await phone.enters("ali")
    for path in pages:
        await phone.goes(f"/console/content{path}")
        await phone.fits()
        await phone.is_accessible()
    await phone.goes("/console/content/entries/nat-02")
    await phone.picture("entry-phone")
