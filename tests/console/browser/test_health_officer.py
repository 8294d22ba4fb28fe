"""A health officer's day: takes a laboratory's file in, corrects a result, reads the picture."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from casework.results import examples
from casework.results.report_job import ReportJob
from foundation.clock import utc_now
from foundation.database import transaction
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from operations.accounts.models import Role
from tests.console import casework
from tests.console.browser.conftest import PAGE_MAX_BYTES, PHONE, Windows
from tests.console.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def test_a_health_officer_imports_publishes_and_reads_the_picture(
    office: Office, windows: Windows, settings: Settings, tmp_path: Path
) -> None:
    await office.hires("zainab", "زينب", Role.HEALTH_OFFICER)
    await casework.laboratory(office.sessions)
    async with transaction(office.sessions) as session:
        await examples.load(session, utc_now(), load_data_keys(settings))
    await ReportJob(office.sessions, load_data_keys(settings), settings, utc_now, lambda: True).look()
    file = tmp_path / "day.csv"
    file.write_text(casework.sheet(40, days_ago=1), encoding="utf-8")
    zainab = await windows.open()
    await zainab.enters("zainab")
    page = zainab.page
    await page.keyboard.press("g")
    await page.keyboard.press("t")
    await page.wait_for_url("**/console/results")
    await zainab.is_accessible()
    await page.get_by_label("المختبر", exact=True).select_option(label="مختبر الصحة BGD-1 · بغداد")
    await page.get_by_label("ملف CSV أو XLSX").set_input_files(file)
    await page.get_by_role("button", name="استيراد").click()
    await expect(page.locator(".report")).to_contain_text("40 جديدة")
    await expect(page.locator(".report")).to_contain_text("النتيجة غير معروفة")
    await zainab.is_accessible()
    await zainab.fits()
    await zainab.picture("results-report")

    await page.get_by_label("رقم العينة").fill("BGD-2026-000008")
    await page.get_by_role("button", name="بحث").click()
    await expect(page.locator("main")).to_contain_text("•••")
    assert "علي حسن" not in await page.content()
    await zainab.is_accessible()
    await page.get_by_label("سبب الكشف").fill("اتصل المختبر: خلط عينات")
    await page.get_by_role("button", name="كشف").click()
    await expect(page.locator("main")).to_contain_text("علي حسن كاظم")
    await zainab.is_accessible()
    await page.get_by_label("النتيجة الصحيحة").select_option(label="سالبة")
    await page.get_by_label("السبب").first.fill("خلط عينات")
    await page.get_by_role("button", name="تصحيح").click()
    await expect(page.locator(".flash")).to_contain_text("صُححت النتيجة")
    await zainab.picture("result")

    await zainab.goes("/console/picture")
    await expect(page.locator(".numbers")).to_contain_text("40")
    await zainab.goes("/console/picture?examples=1")
    await expect(page.locator("svg.chart")).to_have_count(2)
    await zainab.is_accessible()
    await zainab.fits()
    await zainab.picture("picture")
    await page.screenshot(path=tmp_path / "whole.png", full_page=True)
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="صورة").first.click()
    assert (await waiting.value).suggested_filename == "picture.svg"
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="PDF").first.click()
    assert (await waiting.value).suggested_filename.endswith(".pdf")
    assert len(await page.content()) < PAGE_MAX_BYTES

    phone = await windows.open(PHONE)
    await phone.enters("zainab")
    for path in ("picture?examples=1", "results", page.url.partition("/console/")[2]):
        await phone.goes(f"/console/{path}")
        await phone.fits()
        await phone.is_accessible()
        if path.startswith("picture?"):
            await phone.picture("picture-phone")
