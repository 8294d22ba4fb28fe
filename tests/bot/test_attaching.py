"""The web chat page in a real browser: attaching a photo or a file where a form asks for one."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.async_api import Page, async_playwright, expect
from sqlalchemy import select

from casework.dialogues.forms import Choice, Prompt
from casework.files.models import StoredFile
from casework.notices.service import add
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from tests.bot.conftest import running
from tests.bot.fake_engine import FakeEngine
from tests.bot.test_files import waits_for
from tests.e2e.browser import CHROMIUM, LAUNCH_ARGS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (install the package chromium)"),
]

ATTACH = "أرفق صورة أو ملفاً"
PHONE_PHOTO = (4000, 3000)


def photo() -> bytes:
    out = BytesIO()
    Image.effect_noise(PHONE_PHOTO, 20).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


async def attach(page: Page, name: str, media_type: str, content: bytes) -> None:
    async with page.expect_file_chooser() as opened:
        await page.get_by_role("button", name=ATTACH).click()
    await (await opened.value).set_files({"name": name, "mimeType": media_type, "buffer": content})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_attaching(settings: Settings, engine: FakeEngine, sessions: SessionFactory) -> None:
    async with running(settings) as bot, async_playwright() as playwright:
        citizen = await bot.citizen()
        conversation_id = await waits_for(sessions, citizen, "photo,document")
        keys = load_data_keys(settings)
        async with transaction(sessions) as session:
            asked = Prompt("أرسل صورة إن وجدت.", (Choice(ATTACH, "share:photo"),))
            await add(session, conversation_id, asked, utc_now(), key="k", keys=keys)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH_ARGS)
        page = await browser.new_page(viewport={"width": 360, "height": 640})
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda told: problems.append(told.text) if "Content Security" in told.text else None)
        await page.add_init_script(f"localStorage.setItem('ur.conversation', '{citizen.conversation}')")
        await page.goto(str(bot.http.base_url))
        await expect(page.get_by_role("button", name=ATTACH)).to_be_visible(timeout=15_000)

        await attach(page, "وصل.jpg", "image/jpeg", photo())
        await expect(page.locator("article.from-me")).to_contain_text("وصل.jpg", timeout=15_000)
        await expect(page.locator("article.from-bot")).to_have_count(2, timeout=15_000)
        assert engine.turns[-1]["payload"].startswith('/shared{"what": "photo"')
        async with sessions() as session:
            stored = (await session.scalars(select(StoredFile))).one()
        assert stored.size < len(photo()) / 4

        errors = page.locator("article.from-error")
        await attach(page, "صورة.jpg", "image/jpeg", b"MZ\x90\x00" * 100)
        await expect(errors).to_contain_text("هذا ليس صورة", timeout=15_000)
        await attach(page, "كبير.pdf", "application/pdf", b"%PDF-1.7\n" + bytes(21 * 1024 * 1024))
        await expect(errors.nth(1)).to_contain_text("الملف كبير", timeout=15_000)
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert problems == []
        await browser.close()
