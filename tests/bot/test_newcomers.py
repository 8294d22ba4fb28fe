"""Beginning web conversations: bounded for an address and overall, told in Arabic, and nothing else suffers."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import select

from bot.app import create_app
from bot.server import server_config
from bot.webchat.newcomers import network_of
from citizens import networks
from citizens.models import Conversation
from foundation.database import opened
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from tests.bot import serving as served
from tests.bot.conftest import Bot, running
from tests.bot.serving import serving


@pytest.fixture
async def narrow(settings: Settings) -> AsyncIterator[Bot]:
    """A bot that lets three conversations a minute be begun from one address, and five in all."""
    limits = {"new_conversations_per_minute_per_address": 3, "new_conversations_per_minute": 5}
    async with running(settings.model_copy(update=limits)) as bot:
        yield bot


async def begin(bot: Bot, forwarded: str | None = None) -> httpx.Response:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return await bot.http.post("/api/chat/conversations", headers=headers)


async def test_too_many_from_one_address(narrow: Bot) -> None:
    answers = [await begin(narrow, "203.0.113.7") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert answers[3].json()["error"] == "too_many_conversations"
    assert "محادثات" in answers[3].json()["message"]
    assert int(answers[3].headers["Retry-After"]) > 0
    assert (await begin(narrow, "203.0.113.8")).status_code == 201
    # Those that were begun go on, and the bot is as ready as before.
    conversation = answers[0].json()["conversation"]
    said = await narrow.http.post(f"/api/chat/{conversation}/messages", json={"text": "هلو"})
    assert said.status_code == 200
    assert (await narrow.http.get("/readyz")).status_code == 200
    assert 'ur_refusals_total{reason="too_many_conversations"}' in (await narrow.http.get("/metrics")).text


async def test_too_many_in_all(narrow: Bot) -> None:
    answers = [await begin(narrow, f"203.0.113.{number}") for number in range(7)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 2


async def test_what_a_caller_writes_into_the_header_is_not_believed(narrow: Bot) -> None:
    """The proxy adds the true address at the end."""
    answers = [await begin(narrow, f"198.51.100.{number}, 203.0.113.7") for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]


async def test_a_proxy_that_is_not_named_is_not_believed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "server_config", lambda app, host, port: server_config(app, host, port, "192.0.2.1"))
    app = create_app(settings.model_copy(update={"new_conversations_per_minute_per_address": 3}))
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as http:
        statuses = [
            (await http.post("/api/chat/conversations", headers={"X-Forwarded-For": f"203.0.113.{number}"})).status_code
            for number in range(4)
        ]
    assert statuses == [201, 201, 201, 429]


def test_what_counts_as_one_address() -> None:
    assert network_of("203.0.113.7") != network_of("203.0.113.8")
    assert network_of("2001:db8:1:2:3::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert "203" not in network_of("203.0.113.7")
    assert network_of("") == network_of("")


async def test_the_network_is_kept_and_no_address(narrow: Bot, settings: Settings) -> None:
    for address in ("203.0.113.7", "203.0.113.200", "2001:db8::1"):
        assert (await begin(narrow, address)).status_code == 201
    async with opened(settings.database_url) as sessions, sessions() as session:
        kept = (await session.scalars(select(Conversation.network).order_by(Conversation.created_at))).all()
    keys = load_data_keys(settings)
    assert kept == [networks.label(address, keys) for address in ("203.0.113.7", "203.0.113.7", "2001:db8::ffff")]
    assert networks.label("testclient", keys) is None
