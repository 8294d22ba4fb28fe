"""An agent who looks at another page is called: by the tab's title, a notice of the browser, a sound."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from operations.accounts.models import Role
from tests.console.browser.conftest import PHONE, Windows
from tests.console.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WATCHED = """
window.said = [];
window.sounded = 0;
window.away = false;
Object.defineProperty(document, "hidden", { get: () => window.away });
document.addEventListener("calls:sounded", () => { window.sounded += 1; });
window.Notification = class extends window.Notification {
  constructor(title, options) { super(title, options); window.said.push({ title, ...options }); }
};
"""
TEXT = "جوازي ضايع ورقمي 07701234567"


async def _goes_away(page: Page, away: bool = True) -> None:
    await page.evaluate("away => { window.away = away; document.dispatchEvent(new Event('visibilitychange')); }", away)


async def _said(page: Page, count: int) -> list[dict[str, Any]]:
    await page.wait_for_function("count => window.said.length >= count", arg=count)
    said: list[dict[str, Any]] = await page.evaluate("window.said")
    assert len(said) == count
    return said


async def test_an_agent_in_another_tab_is_called(office: Office, windows: Windows) -> None:
    await office.hires("sara", "سارة", Role.AGENT)
    sara = await windows.open()
    page = sara.page
    await page.context.grant_permissions(["notifications"], origin=office.url)
    await page.add_init_script(WATCHED)
    await sara.enters("sara")
    notice, sound = (page.get_by_role("button", name=name) for name in ("نبّهني", "بصوت"))
    for switch in (notice, sound):
        await expect(switch).to_have_attribute("aria-pressed", "false")

    # Nothing calls before it was turned on, but the title says how many wait.
    await _goes_away(page)
    await office.citizen("سؤال أول")
    await office.queues("البطاقة الوطنية")
    await expect(page).to_have_title(re.compile(r"^\(1\) "))
    await _goes_away(page, False)
    assert await page.evaluate("window.said.length + window.sounded") == 0

    for switch in (notice, sound):
        await switch.focus()
        await page.keyboard.press("Enter")
        await expect(switch).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#calls-state")).to_contain_text("هذا هو الصوت")
    assert await page.evaluate("window.sounded") == 1
    await sara.is_accessible()
    await sara.fits()
    await sara.picture("calls")

    await page.wait_for_timeout(4100)  # the sound comes no more often
    await _goes_away(page)
    citizen = await office.citizen(TEXT)
    await office.queues("جواز السفر")
    (first,) = await _said(page, 1)
    assert first["body"] == "مواطن ينتظر في الدور."
    assert await page.evaluate("window.sounded") == 2
    await expect(page).to_have_title(re.compile(r"^\(2\) "))

    # In a conversation of hers, on its page; what she is told holds nothing of it.
    await _goes_away(page, False)
    await page.locator(".row").filter(has_text="جواز السفر").get_by_role("button").click()
    await page.wait_for_url("**/console/handoffs/2")
    await expect(page.get_by_label("رسالتك للمواطن")).to_be_visible()
    await page.get_by_label("رسالتك للمواطن").fill("نعم، تفضل")
    await page.keyboard.press("Enter")
    await expect(page.locator(".line.agent")).to_have_count(1)
    await _goes_away(page)
    await citizen.says(TEXT)
    (wrote,) = await _said(page, 1)
    assert wrote["body"] == "كتب مواطن في محادثة معك."
    assert not any(part in str(wrote) for part in ("جواز", "0770", "ضايع", "handoffs/2"))

    # Turned off again, it stays off in this browser.
    await _goes_away(page, False)
    await sara.goes("/console/handoffs")
    await expect(notice).to_have_attribute("aria-pressed", "true")
    await notice.click()
    await expect(notice).to_have_attribute("aria-pressed", "false")
    await sara.goes("/console/handoffs")
    await expect(notice).to_have_attribute("aria-pressed", "false")
    phone = await windows.open(PHONE)
    await phone.enters("sara")
    await phone.fits()
    await phone.is_accessible()
    await phone.picture("calls-phone")


async def test_a_browser_that_forbids_it_says_so(office: Office, windows: Windows) -> None:
    await office.hires("sara", "سارة", Role.AGENT)
    sara = await windows.open()
    await sara.page.add_init_script("Notification.requestPermission = async () => 'denied';")
    await sara.enters("sara")
    await sara.page.get_by_role("button", name="نبّهني").click()
    await expect(sara.page.locator("#calls-state")).to_contain_text("المتصفح يمنع التنبيهات")
    await expect(sara.page.get_by_role("button", name="نبّهني")).to_have_attribute("aria-pressed", "false")
