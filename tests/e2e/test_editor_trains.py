"""An unanswered line becomes an example, a model is trained and compared, a reviewer promotes it, the assistant
understands the line while citizens go on writing; then the reviewer goes back. In the whole product, in Chromium."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from foundation.settings import ROOT
from ops.prepare import ENGINE_PYTHON, MODEL
from tests.e2e.browser import CHROMIUM, LAUNCH_ARGS
from tests.e2e.conftest import Citizen, Product, start_product, stop_product
from tests.e2e.test_agent_helps import PASSWORD, Colleague

TIMEOUT_SECONDS = 1500
TRAINED_WITHIN_MS = 900_000.0
TAKEN_UP_WITHIN_SECONDS = 30.0
LINE = "زهكت من الاجوبة الجاهزة"
MORE = ("زهكت من هاي الاجوبة الجاهزة مالتكم", "الاجوبة الجاهزة ما تنفعني وزهكت منها", "كافي اجوبة جاهزة زهكتوني")
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780}
IMAGES = ROOT / ("docs/images" if os.environ.get("DOCS_IMAGES") else "var/screenshots")
HERE = "/console/content/training"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.engine,
    pytest.mark.timeout(TIMEOUT_SECONDS),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (install the package chromium)"),
]


@pytest.fixture(scope="module")
def own_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product with a folder of models of its own: the checkout's model stays what it is."""
    if not MODEL.is_file() or not ENGINE_PYTHON.exists():
        pytest.skip("no trained model: run `make train`")
    folder = tmp_path_factory.mktemp("trains")
    models = folder / "models"
    models.mkdir()
    for name in (MODEL.name, "current.fingerprint"):
        shutil.copy(MODEL.with_name(name), models / name)
    running = start_product(folder, MODELS_DIR=str(models), ENGINE_MODEL_POLL_SECONDS="1")
    yield running
    stop_product(running)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH_ARGS)
        yield running
        running.close()


@contextmanager
def window(browser: Browser, product: Product, name: str, size: dict[str, int] = DESKTOP) -> Iterator[Page]:
    """A window of somebody who has entered the console; no script failed in it."""
    context = browser.new_context(viewport=size, locale="ar-IQ", service_workers="block")  # type: ignore[arg-type]
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
    page.goto(f"{product.url}/console/login")
    page.get_by_label("اسم الدخول").fill(name)
    page.get_by_label("كلمة السر", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="دخول").click()
    page.wait_for_url(lambda url: "/login" not in url)
    yield page
    context.close()
    assert problems == []


def looks_well(page: Page, picture: str = "") -> None:
    """Fits its width, breaks no rule of accessibility; a picture for the documentation."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found] == []
    if picture:
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=IMAGES / f"console-{picture}.png")


class Writers(threading.Thread):
    """Citizens who go on writing; every message must be answered."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self._ends = threading.Event()
        self.answered = 0
        self.failures: list[str] = []

    def run(self) -> None:
        """Writes until `end`."""
        someone = Citizen(self._url)
        while not self._ends.is_set():
            try:
                said = someone.says("شكد رسوم جواز السفر؟")
            except (httpx.HTTPError, AssertionError) as error:
                self.failures.append(type(error).__name__)
                continue
            if "جواز السفر" in said:
                self.answered += 1
            else:
                self.failures.append(said)
        someone.http.close()

    def end(self) -> None:
        """Stops writing."""
        self._ends.set()
        self.join(60)


def understood(product: Product) -> bool:
    """Whether the assistant takes the line for a wish for a person."""
    citizen = Citizen(product.url)
    said = citizen.says(LINE)
    citizen.http.close()
    return "خارج ما أعرفه" not in said and "لم أفهم" not in said and "لم أجد" not in said


def within_seconds(product: Product, *, wanted: bool) -> float:
    """How long it takes until the assistant understands the line, or does not any more."""
    started = time.monotonic()
    while understood(product) is not wanted:
        assert time.monotonic() - started < TAKEN_UP_WITHIN_SECONDS
        time.sleep(0.2)
    return time.monotonic() - started


def test_from_an_unanswered_line_to_a_model_and_back(own_product: Product, browser: Browser) -> None:
    product = own_product
    for name in ("noor", "ali"):
        Colleague(product, name).http.close()
    assert not understood(product)
    with window(browser, product, "noor") as page:
        page.goto(f"{product.url}/console/content/unanswered")
        group = page.locator(".group").filter(has_text=LINE)
        expect(group.get_by_label("مثال يتعلم منه المساعد")).to_have_value("request_human")
        looks_well(page)
        group.get_by_text("غير ذلك").click()
        group.get_by_role("button", name="أضفه").click()
        expect(page.locator(".flash.good")).to_contain_text("أُضيفت إلى «طلب موظف»")
        page.goto(f"{product.url}{HERE}")
        looks_well(page, "training")
        page.get_by_role("link", name="طلب موظف").click()
        page.get_by_label("سطر أو أسطر").fill("\n".join((*MORE, "رقمي 07701234567 خابروني", LINE)))
        page.get_by_role("button", name="أضف", exact=True).click()
        expect(page.get_by_text("فيه رقم شخصي")).to_be_visible()
        looks_well(page, "examples")
        page.goto(f"{product.url}{HERE}/intents/request_human?which=added")
        page.locator(".row").filter(has_text=MORE[2]).get_by_role("button", name="احذف").click()
        page.get_by_role("button", name="تراجع").click()
        expect(page.locator(".flash.good")).to_contain_text("رجع السطر")
        page.goto(f"{product.url}{HERE}/models")
        page.get_by_role("button", name="درّب نموذجاً").click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.get_by_text("يتعلم منها")).to_be_visible(timeout=TRAINED_WITHIN_MS)
        looks_well(page, "model-training")
        started = time.monotonic()
        expect(page.get_by_role("link", name="قارن")).to_be_visible(timeout=TRAINED_WITHIN_MS)
        print(f"compared {time.monotonic() - started:.0f} s after it began to learn")
        page.get_by_role("link", name="قارن").click()
        expect(page.get_by_text("يعتمده أو يستغني عنه مراجع")).to_be_visible()
    with window(browser, product, "ali") as page:
        page.goto(f"{product.url}{HERE}/models")
        looks_well(page)
        page.get_by_role("link", name="قارن وقرر").click()
        looks_well(page, "model-comparison")
        comparison = page.url
        page.get_by_role("link", name="أضافها المحررون").click()
        expect(page.locator("tbody .pill").last).to_have_text("صار أحسن")
        page.get_by_label("الأسطر").select_option("wrong")
        page.get_by_role("button", name="عرض").click()
        expect(page.locator("tbody .pill").last).to_have_text("الخطأ نفسه")
        writers = Writers(product.url)
        writers.start()
        page.goto(comparison)
        if page.get_by_label("رأيت ما ساء").count():
            page.get_by_label("رأيت ما ساء").check()
        page.get_by_role("button", name="اعتمد هذا النموذج").click()
        print(f"understood {within_seconds(product, wanted=True):.1f} s after the promotion")
        page.goto(f"{product.url}{HERE}/models")
        expect(page.locator("section").filter(has_text="يعمل الآن").first).to_contain_text("اعتمده علي")
        page.get_by_text("ارجع إليه").click()
        looks_well(page, "models")
        page.get_by_label("السبب").fill("نجرب الرجوع")
        page.get_by_role("button", name="ارجع إلى النموذج").click()
        print(f"as before {within_seconds(product, wanted=False):.1f} s after going back")
        writers.end()
        assert writers.failures == []
        assert writers.answered > 10
        print(f"{writers.answered} messages answered meanwhile")
    with window(browser, product, "ali", PHONE) as page:
        for path, picture in (("", ""), ("/intents/request_human?which=added", ""), ("/models", "models-phone")):
            page.goto(f"{product.url}{HERE}{path}")
            looks_well(page, picture)
        page.goto(comparison)
        looks_well(page, "model-comparison-phone")
    assert not Path(ROOT / "models" / "candidates").exists()
