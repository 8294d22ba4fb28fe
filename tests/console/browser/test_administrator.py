"""An administrator's day: adds somebody, who enters for the first time; ends a session; reads the audit."""

import pytest
from playwright.async_api import expect

from operations.accounts.models import Role
from tests.console.browser.conftest import PAGE_MAX_BYTES, PHONE, Windows
from tests.console.conftest import PASSWORD, Office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def test_an_administrator_adds_and_removes_people(office: Office, windows: Windows) -> None:
    await office.hires("boss", "مدير النظام", Role.ADMINISTRATOR)
    await office.hires("sara", "سارة", Role.AGENT, team="فريق الوثائق")
    await office.hires("ali", "علي", Role.EDITOR, Role.REVIEWER, team="فريق المحتوى")
    await office.hires("zainab", "زينب", Role.HEALTH_OFFICER, team="وزارة الصحة")
    boss = await windows.open()
    await boss.goes("/console/login")
    await boss.is_accessible()
    await boss.picture("login")
    await boss.enters("boss")
    page = boss.page
    await boss.goes("/console/accounts")
    await page.keyboard.press("n")
    await page.get_by_label("اسم الدخول").fill("huda")
    await page.get_by_label("الاسم الظاهر").fill("هدى")
    await page.get_by_label("مسؤول الشكاوى", exact=True).check()
    await page.get_by_text("محافظات مسؤول الشكاوى").click()
    await page.get_by_label("البصرة").check()
    await boss.is_accessible()
    await boss.fits()
    await page.get_by_role("button", name="إنشاء الحساب").click()
    once = await page.locator("#password").inner_text()
    await boss.is_accessible()

    huda = await windows.open(PHONE)
    await huda.enters("huda", once)
    await expect(huda.page.get_by_role("heading", name="كلمة سر جديدة")).to_be_visible()
    await huda.fits()
    await huda.is_accessible()
    await huda.page.get_by_label("كلمة السر الحالية").fill(once)
    await huda.page.get_by_label("كلمة السر الجديدة").fill(PASSWORD)
    await huda.page.get_by_label("الجديدة مرة ثانية").fill(PASSWORD)
    await huda.page.get_by_role("button", name="حفظ").click()
    await expect(huda.page.locator(".flash.good")).to_contain_text("تغيرت كلمة السر")

    await boss.goes("/console/accounts")
    await expect(page.locator("tbody tr")).to_have_count(5)
    await boss.is_accessible()
    await boss.picture("accounts")
    await page.get_by_role("link", name="هدى").click()
    await page.get_by_label("السبب").fill("انتقلت إلى دائرة أخرى")
    await page.get_by_role("button", name="إيقاف").click()
    await expect(page.locator(".flash")).to_contain_text("أُوقف الحساب")
    await huda.goes("/console/handoffs")
    await expect(huda.page.get_by_role("heading", name="الدخول")).to_be_visible()

    for path in ("sessions", "audit", "office", "switches"):
        await boss.goes(f"/console/{path}")
        await boss.is_accessible()
        await boss.fits()
    await boss.goes("/console/audit")
    await expect(page.locator("tbody")).to_contain_text("انتقلت إلى دائرة أخرى")
    await boss.picture("audit")
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", name="اختصارات لوحة المفاتيح")).to_be_visible()
    await boss.is_accessible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.press("o")
    await page.wait_for_url("**/console/office")
    await page.get_by_label("اليوم", exact=True).fill("2027-01-06")
    await page.get_by_label("المناسبة").fill("عيد الجيش")
    await page.get_by_role("button", name="إضافة عطلة").click()
    await expect(page.locator(".held")).to_contain_text("عيد الجيش")
    await boss.picture("office")

    small = await windows.open(PHONE)
    await small.enters("boss")
    for path in ("accounts", "accounts/new", "sessions", "audit", "office", "own", "own/code"):
        await small.goes(f"/console/{path}")
        await small.fits()
        await small.is_accessible()
        if not path.startswith("own"):
            for strip in (".menu", ".tabs"):
                await expect(small.page.locator(f"{strip} [aria-current]")).to_be_in_viewport(ratio=0.98)


async def test_pages_are_small(office: Office, windows: Windows) -> None:
    await office.hires("sara", "سارة", Role.AGENT)
    await office.citizen("مرحبا")
    await office.queues()
    sara = await windows.open()
    await sara.enters("sara")
    for path in ("handoffs", "handoffs/1", "canned"):
        sizes: list[int] = []
        context = sara.page.context
        fresh = await context.new_page()
        session = await context.new_cdp_session(fresh)
        await session.send("Network.enable")
        await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
        await fresh.goto(f"{office.url}/console/{path}")
        await fresh.wait_for_timeout(500)
        await fresh.close()
        assert 0 < sum(sizes) < PAGE_MAX_BYTES, path
