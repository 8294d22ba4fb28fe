"""The web chat page in a real browser: phone and desktop, keyboard, screen reader rules, a network that goes away."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from foundation.settings import ROOT
from tests.e2e.browser import CHROMIUM, LAUNCH_ARGS
from tests.e2e.conftest import Product

pytestmark = [
    pytest.mark.browser,
    pytest.mark.engine,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (install the package chromium)"),
]

OLD_PHONE = {"width": 360, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
PAGE_MAX_BYTES = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH_ARGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, product: Product) -> Iterator[Page]:
    context = browser.new_context(viewport=OLD_PHONE, locale="ar-IQ", service_workers="block")  # type: ignore[arg-type]
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if "Content Security" in message.text else None)
    page.goto(product.url)
    yield page
    context.close()
    assert problems == []


def ask(page: Page, text: str) -> None:
    page.get_by_label("اكتب رسالتك").fill(text)
    page.get_by_role("button", name="إرسال").click()


def last_answer(page: Page) -> str:
    return page.locator(".from-bot .bubble").last.inner_text()


def test_a_question_is_answered_and_its_buttons_work(page: Page) -> None:
    ask(page, "شنو المستمسكات مال جواز السفر؟")
    expect(page.locator("#log article.from-bot")).to_have_count(1)
    assert "جواز السفر" in last_answer(page)
    page.locator("#log article.from-bot").last.get_by_role("button", name="الرسوم").click()
    expect(page.locator("#log article.from-bot")).to_have_count(2)
    assert "الرسوم" in last_answer(page)
    ROOT.joinpath("var", "screenshots").mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ROOT / "var" / "screenshots" / "webchat-phone.png")


def test_the_page_is_right_to_left_and_small(page: Page, product: Product) -> None:
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(product.url)
    page.wait_for_selector("#welcome")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ar"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert sum(sizes) < PAGE_MAX_BYTES


def test_the_keyboard_is_enough(page: Page) -> None:
    box = page.get_by_label("اكتب رسالتك")
    box.focus()
    page.keyboard.type("جواز السفر")
    page.keyboard.press("Enter")
    expect(page.locator("#log article.from-bot")).to_have_count(1)
    expect(box).to_be_focused()
    button = page.locator("#log article.from-bot").last.get_by_role("button").first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#log article.from-bot")).to_have_count(2)


@pytest.mark.parametrize("viewport", [OLD_PHONE, DESKTOP], ids=["phone", "desktop"])
def test_accessibility_rules(page: Page, viewport: dict[str, int]) -> None:
    page.set_viewport_size(viewport)  # type: ignore[arg-type]
    ask(page, "شكد رسوم البطاقة الوطنية")
    expect(page.locator("#log article.from-bot")).to_have_count(1)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_the_conversation_is_still_there_after_a_reload(page: Page) -> None:
    ask(page, "جواز السفر")
    expect(page.locator("#log article.from-bot")).to_have_count(1)
    page.reload()
    expect(page.locator("#log article.from-bot")).to_have_count(1)
    expect(page.locator("#log article.from-me")).to_have_count(1)
    assert "جواز السفر" in last_answer(page)


def test_a_message_typed_without_network_is_sent_once_when_it_is_back(page: Page) -> None:
    ask(page, "جواز السفر")
    expect(page.locator("#log article.from-bot")).to_have_count(1)
    page.route("**/messages", lambda route: route.abort())
    ask(page, "شكد الرسوم")
    expect(page.get_by_text("رسالتك محفوظة")).to_be_visible()
    page.unroute("**/messages")
    expect(page.locator("#log article.from-bot")).to_have_count(2, timeout=15_000)
    expect(page.get_by_text("رسالتك محفوظة")).to_be_hidden()


def test_an_answer_lost_on_the_way_is_not_asked_for_twice(page: Page) -> None:
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    page.route("**/messages", lose_the_answer)
    ask(page, "جواز السفر")
    expect(page.locator("#log article.from-bot")).to_have_count(1, timeout=15_000)
    page.wait_for_timeout(1000)
    expect(page.locator("#log article.from-bot")).to_have_count(1)
    assert lost


def test_markup_is_shown_as_text(page: Page) -> None:
    ask(page, "<img src=x onerror=alert(1)> جواز السفر")
    expect(page.locator("#log article.from-bot")).to_have_count(1)
    assert page.locator("#log img").count() == 0


def test_a_long_message_stays_in_the_box_with_a_hint(page: Page) -> None:
    ask(page, "جواز " * 1000)
    expect(page.get_by_text("الرسالة طويلة")).to_be_visible()
    assert page.get_by_label("اكتب رسالتك").input_value() != ""


def test_a_long_answer_is_shown_from_its_beginning(page: Page) -> None:
    ask(page, "شنو المستمسكات مال جواز السفر؟")
    answer = page.locator("#log article.from-bot")
    expect(answer).to_have_count(1)
    expect(page.locator("#log article.from-me")).to_be_in_viewport(ratio=1)
    expect(answer.get_by_text("المستمسكات:")).to_be_in_viewport()


def test_dates_and_sums_keep_their_order(page: Page) -> None:
    ask(page, "شكد رسوم جواز السفر")
    expect(page.locator("#log article.from-bot bdi", has_text="2026/11/23")).to_have_attribute("dir", "ltr")


def test_links_can_be_pressed(page: Page) -> None:
    ask(page, "رابط تسجيل الشركات عبر النافذة الواحدة")
    link = page.locator("#log article.from-bot a").first
    expect(link).to_have_attribute("href", "https://business.mot.gov.iq/")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_a_new_conversation_starts_clean(page: Page) -> None:
    ask(page, "جواز السفر")
    expect(page.locator("#log article.from-bot")).to_have_count(1)
    page.get_by_role("button", name="محادثة جديدة").click()
    expect(page.locator("#log article")).to_have_count(0)
    ask(page, "شكد الرسوم")
    expect(page.get_by_text("عن أي خدمة تسأل")).to_be_visible()
