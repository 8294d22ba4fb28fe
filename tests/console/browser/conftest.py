"""Chromium before the console and the chat page; the database is SQLite."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from foundation.settings import ROOT
from tests.console.conftest import PASSWORD, Office
from tests.e2e.browser import CHROMIUM, LAUNCH_ARGS

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780}
IMAGES = ROOT / ("docs/images" if os.environ.get("DOCS_IMAGES") else "var/screenshots")
"""`DOCS_IMAGES=1` renews the pictures of the documentation; other runs leave the checkout as it is."""
PAGE_MAX_BYTES = 200_000


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """What a browser shows does not depend on the database."""
    path = tmp_path / "test.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (install the package chromium)")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH_ARGS)
        yield running
        await running.close()


class Desk:
    """A browser window of somebody, watched for script errors and for breaches of the content policy."""

    def __init__(self, page: Page, office: Office) -> None:
        self.page = page
        self.office = office
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on(
            "console",
            lambda line: self.problems.append(line.text) if "Content Security" in line.text else None,
        )

    async def goes(self, path: str) -> None:
        """Opens a page."""
        await self.page.goto(self.office.url + path)

    async def enters(self, name: str, password: str = PASSWORD) -> None:
        """Enters the console."""
        await self.goes("/console/login")
        await self.page.get_by_label("اسم الدخول").fill(name)
        await self.page.get_by_label("كلمة السر", exact=True).fill(password)
        await self.page.get_by_role("button", name="دخول").click()
        await self.page.wait_for_url(lambda url: "/login" not in url)

    async def is_accessible(self) -> None:
        """No finding of axe."""
        results = await Axe().run(self.page)
        violations = results.response["violations"]
        found = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in violations]
        assert found == []

    async def fits(self) -> None:
        """Nothing sticks out sideways."""
        assert await self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), self.page.url

    async def picture(self, name: str) -> None:
        """A screenshot for the documentation."""
        IMAGES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=IMAGES / f"console-{name}.png")


@pytest.fixture
async def windows(chromium: Browser, office: Office) -> AsyncIterator["Windows"]:
    """Opens windows."""
    made = Windows(chromium, office)
    yield made
    await made.close()


class Windows:
    """Windows of different people: each has cookies of its own."""

    def __init__(self, chromium: Browser, office: Office) -> None:
        self._chromium = chromium
        self._office = office
        self._open: list[Desk] = []

    async def open(self, size: dict[str, int] = DESKTOP) -> Desk:
        """A new window of this size."""
        context = await self._chromium.new_context(viewport=size, locale="ar-IQ", service_workers="block")  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        desk = Desk(await context.new_page(), self._office)
        self._open.append(desk)
        return desk

    async def close(self) -> None:
        """Closes all; no window had a problem."""
        for desk in self._open:
            await desk.page.context.close()
        assert [desk.problems for desk in self._open if desk.problems] == []
