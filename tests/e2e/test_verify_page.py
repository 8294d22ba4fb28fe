"""The page /verify in a real browser: camera, picture, pasted text, both languages, without JavaScript, by the rules of
accessibility."""

import asyncio
import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from cryptography.fernet import Fernet
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from casework.certificates.content import Outcome
from casework.certificates.service import Certificate, issue, revoke_for_result
from foundation.database import make_engine, make_session_factory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import ROOT, Settings
from ops.ports import free_ports
from tests.casework.certificates.conftest import NOW, facts
from tests.casework.certificates.serving import make_app
from tests.conftest import migrate
from tests.e2e.browser import CHROMIUM, LAUNCH_ARGS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (install the package chromium)"),
]

OLD_PHONE = {"width": 360, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
PAGE_MAX_BYTES = 60_000
SCREENSHOTS = ROOT / "var" / "screenshots"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
FAKE_BARCODE_DETECTOR = """
window.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
  detect() { return Promise.resolve([{ rawValue: %r }]); }
};
"""


@dataclass(frozen=True)
class Site:
    """A running page, and certificates of each kind by their name."""

    url: str
    certificates: dict[str, Certificate]
    video: Path
    """What the browser's camera sees: the QR code of the valid one."""


async def fill(url: str) -> dict[str, Certificate]:
    """Issues certificates in the database at `url`."""
    keys, settings = DataKeys([Fernet.generate_key().decode()]), Settings(_env_file=None)
    engine = make_engine(url)
    async with transaction(make_session_factory(engine)) as session:
        old = facts(result_id="expired", sampled_at=NOW - timedelta(hours=100))
        made = {
            "valid": await issue(session, facts(), NOW, keys, settings),
            "positive": await issue(session, facts(result_id="p", outcome=Outcome.POSITIVE), NOW, keys, settings),
            "sample": await issue(session, facts(result_id="s", sample=True), NOW, keys, settings),
            "expired": await issue(session, old, NOW - timedelta(hours=99), keys, settings),
            "revoked": await issue(session, facts(result_id="v"), NOW, keys, settings),
        }
        await revoke_for_result(session, "v", NOW)
    await engine.dispose()
    return made


def film(certificate: Certificate, path: Path) -> None:
    """A clip of a paper with the code in the hand of somebody, for the browser's camera."""
    code = Image.open(io.BytesIO(certificate.picture)).convert("RGB").resize((620, 620))
    with path.open("wb") as clip:
        for number in range(30):
            frame = Image.new("RGB", (1280, 720), (170, 165, 160))
            frame.paste(code, (300 + number % 5, 50))
            frame.save(clip, "JPEG", quality=90)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("verify")
    url = f"sqlite+aiosqlite:///{folder / 'verify.db'}"
    migrate(url)
    made = asyncio.run(fill(url))
    video = folder / "camera.mjpeg"
    film(made["valid"], video)
    engine = make_engine(url)
    app = make_app(make_session_factory(engine), Settings(_env_file=None), lambda: NOW)
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield Site(f"http://127.0.0.1:{port}", made, video)
    server.should_exit = True
    thread.join(timeout=20)
    asyncio.run(engine.dispose())


@pytest.fixture(scope="module")
def browser(site: Site) -> Iterator[Browser]:
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={site.video}",
    ]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*LAUNCH_ARGS, *camera])
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport=OLD_PHONE, locale="ar-IQ", service_workers="block")  # type: ignore[arg-type]
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Iterator[Page]:
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{site.url}/verify")
    yield page
    assert problems == []


def paste(page: Page, text: str) -> None:
    page.get_by_label("أو الصق نص الرمز").fill(text)
    page.get_by_role("button", name="تحقق", exact=True).click()


def choose(page: Page, picture: bytes) -> None:
    page.get_by_label("أو اختر صورة الرمز").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": picture}
    )


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"verify-{name}.png")


def test_the_page_is_right_to_left_and_small(page: Page, site: Site) -> None:
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(f"{site.url}/verify")
    expect(page.get_by_role("button", name="امسح بالكاميرا")).to_be_visible()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert sum(sizes) < PAGE_MAX_BYTES
    shot(page, "start")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("valid", "الشهادة صحيحة"),
        ("positive", "الشهادة صحيحة، والنتيجة موجبة"),
        ("sample", "هذا نموذج للتجربة"),
        ("expired", "انتهت مدة الشهادة"),
        ("revoked", "الشهادة ملغاة"),
    ],
)
def test_pasted_codes(page: Page, site: Site, name: str, title: str) -> None:
    paste(page, site.certificates[name].code)
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_focused()
    expect(page.get_by_text("زينب كاظم جواد الموسوي")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shot(page, name)


def test_an_altered_code(page: Page, site: Site) -> None:
    code = site.certificates["valid"].code
    paste(page, code[:300] + ("A" if code[300] != "A" else "B") + code[301:])
    expect(page.get_by_role("heading", name="الرمز تالف أو مغيَّر")).to_be_visible()
    expect(page.locator("dl")).to_have_count(0)
    shot(page, "altered")


def test_a_chosen_picture_is_checked_at_once(page: Page, site: Site) -> None:
    choose(page, site.certificates["valid"].picture)
    expect(page.get_by_role("heading", name="الشهادة صحيحة")).to_be_visible()
    choose(page, b"no picture")
    expect(page.get_by_role("heading", name="لا نستطيع فتح هذا الملف")).to_be_visible()


def test_the_camera(page: Page) -> None:
    page.get_by_role("button", name="امسح بالكاميرا").click()
    expect(page.get_by_role("heading", name="الشهادة صحيحة")).to_be_visible(timeout=20_000)
    expect(page.locator("#video")).to_be_hidden()
    assert page.evaluate("document.getElementById('video').srcObject") is None, "the camera is off again"


def test_the_camera_can_be_stopped(page: Page) -> None:
    page.route("**/verify/image?*", lambda route: route.fulfill(status=204))
    page.get_by_role("button", name="امسح بالكاميرا").click()
    expect(page.locator("#video")).to_be_visible()
    shot(page, "camera")
    page.get_by_role("button", name="أوقف الكاميرا").click()
    expect(page.locator("#video")).to_be_hidden()
    expect(page.get_by_role("button", name="امسح بالكاميرا")).to_be_focused()


def test_a_browser_that_reads_codes_itself_sends_no_picture(context: BrowserContext, site: Site) -> None:
    context.add_init_script(FAKE_BARCODE_DETECTOR % site.certificates["expired"].code)
    page = context.new_page()
    pictures: list[str] = []
    page.on("request", lambda request: pictures.append(request.url) if "/verify/image" in request.url else None)
    page.goto(f"{site.url}/verify")
    page.get_by_role("button", name="امسح بالكاميرا").click()
    expect(page.get_by_role("heading", name="انتهت مدة الشهادة")).to_be_visible(timeout=20_000)
    assert pictures == []


def test_a_camera_that_does_not_open(context: BrowserContext, site: Site) -> None:
    context.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('denied'));")
    page = context.new_page()
    page.goto(f"{site.url}/verify")
    page.get_by_role("button", name="امسح بالكاميرا").click()
    expect(page.get_by_text("لم تفتح الكاميرا")).to_be_visible()


def test_without_network(page: Page, site: Site) -> None:
    page.route("**/verify?*", lambda route: route.abort())
    paste(page, site.certificates["valid"].code)
    expect(page.get_by_text("لم يتم التحقق")).to_be_visible()
    page.unroute("**/verify?*")
    page.get_by_role("button", name="تحقق", exact=True).click()
    expect(page.get_by_role("heading", name="الشهادة صحيحة")).to_be_visible()
    expect(page.get_by_text("لم يتم التحقق")).to_be_hidden()


def test_in_english(page: Page, site: Site) -> None:
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    page.get_by_label("Or paste the text of the code").fill(site.certificates["valid"].code)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("heading", name="The certificate is valid")).to_be_visible()
    expect(page.get_by_text("2026-11-25 13:00 (Baghdad time, UTC+3)")).to_be_visible()
    shot(page, "english")


def test_without_javascript(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=OLD_PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{site.url}/verify")
    expect(page.get_by_role("button", name="امسح بالكاميرا")).to_be_hidden()
    paste(page, site.certificates["valid"].code)
    expect(page.get_by_role("heading", name="الشهادة صحيحة")).to_be_visible()
    choose(page, site.certificates["revoked"].picture)
    page.get_by_role("button", name="تحقق", exact=True).click()
    expect(page.get_by_role("heading", name="الشهادة ملغاة")).to_be_visible()
    context.close()


@pytest.mark.parametrize("viewport", [OLD_PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("name", ["", "valid", "sample", "revoked"])
def test_accessibility_rules(page: Page, site: Site, viewport: dict[str, int], name: str) -> None:
    page.set_viewport_size(viewport)  # type: ignore[arg-type]
    if name:
        paste(page, site.certificates[name].code)
        expect(page.locator("#found")).to_be_visible()
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    if viewport is DESKTOP:
        shot(page, f"desktop-{name or 'start'}")


def test_the_keyboard_is_enough(page: Page, site: Site) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="انتقل إلى التحقق")).to_be_focused()
    page.get_by_label("أو الصق نص الرمز").focus()
    page.keyboard.insert_text(site.certificates["valid"].code)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="الشهادة صحيحة")).to_be_focused()
