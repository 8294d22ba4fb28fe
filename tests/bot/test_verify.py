"""The bot serves the page that checks certificates, and the public lists."""

from foundation.settings import Settings
from tests.bot.conftest import running


async def test_the_page_and_the_lists(settings: Settings) -> None:
    few = settings.model_copy(update={"verify_requests_per_minute": 2})
    async with running(few) as bot:
        page = await bot.http.get("/verify")
        assert page.status_code == 200
        assert "camera=(self)" in page.headers["permissions-policy"]
        assert "camera=()" in (await bot.http.get("/")).headers["permissions-policy"]
        for asset in ("/verify/verify.css", "/verify/verify.js", "/chat.css", "/icon.svg"):
            assert (await bot.http.get(asset)).status_code == 200
        assert (await bot.http.get("/.well-known/jwks.json")).json() == {"keys": []}
        assert (await bot.http.get("/.well-known/dcc-keys.json")).json() == {}
        assert (await bot.http.get("/.well-known/revoked.json")).json() == {"batches": []}
        asked = [(await bot.http.post("/verify", data={"code": "HC1:ABC"})).status_code for _ in range(3)]
        assert asked == [200, 200, 429]


async def test_a_picture_may_be_larger_than_a_message(settings: Settings) -> None:
    async with running(settings) as bot:
        answer = await bot.http.post("/verify/image", content=b"\0" * (settings.request_max_bytes * 2))
        assert answer.status_code == 415, "looked at, and no picture"
