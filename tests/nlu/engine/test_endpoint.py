"""Calls of the action server: one connection, and no failure swallowed."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from rasa.utils.endpoints import ClientResponseError

from nlu.engine.endpoint import ActionServerError, KeepAliveEndpoint
from ops.ports import free_port
from tests.nlu.engine.conftest import Actions

CALL = {"next_action": "action_answer", "tracker": {"slots": {}}}


async def test_calls_share_one_connection(actions: Actions) -> None:
    endpoint = KeepAliveEndpoint(actions.url)
    for _ in range(5):
        assert (await endpoint.request(json=CALL))["events"]
    await endpoint.close()
    assert len(actions.calls) == 5
    assert len(actions.connections) == 1


async def serve(handler: object) -> tuple[web.AppRunner, str]:
    app = web.Application()
    app.router.add_post("/webhook", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner, f"http://127.0.0.1:{port}/webhook"


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [
        (400, '{"action_name": "a", "error": "no"}', ClientResponseError),
        (404, "{}", ActionServerError),
        (500, "{}", ActionServerError),
        (200, "<html>", ActionServerError),
    ],
)
async def test_a_bad_answer_is_an_error(status: int, text: str, error: type[Exception]) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, text=text)

    runner, url = await serve(handler)
    endpoint = KeepAliveEndpoint(url)
    with pytest.raises(error):
        await endpoint.request(json=CALL)
    await endpoint.close()
    await runner.cleanup()


async def test_a_slow_answer_is_an_error() -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(0.5)
        return web.Response()

    runner, url = await serve(handler)
    endpoint = KeepAliveEndpoint(url, timeout_seconds=0.05)
    with pytest.raises(ActionServerError, match="in time"):
        await endpoint.request(json=CALL)
    await endpoint.close()
    await runner.cleanup()


async def test_a_server_that_is_down_is_an_error() -> None:
    endpoint = KeepAliveEndpoint(f"http://127.0.0.1:{free_port()}/webhook")
    with pytest.raises(ActionServerError, match="reached"):
        await endpoint.request(json=CALL)
    await endpoint.close()
