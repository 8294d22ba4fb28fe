"""The whole product on Telegram: polling a gramlab world, and with a webhook at our own emulator or at telemelya."""

import secrets
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from foundation.settings import ROOT
from ops.ports import free_ports
from tests.e2e.conftest import Product, start_product, stop_product
from tests.e2e.telegram import gramlab_people as gramlab
from tests.e2e.telegram.processes import kill, serving_beside, until
from tests.e2e.telegram.proxy import WEBHOOK_PATH, Proxy
from tests.telegram_emulator.contract import check_call
from tests.telegram_emulator.server import make_server
from tests.telegram_emulator.state import TOKEN, Telegram

TELEMELYA_PYTHON = ROOT / ".emulators" / "telemelya" / "bin" / "python"
TELEMELYA_SCRIPT = Path(__file__).with_name("telemelya_server.py")


def installed(python: Path) -> bool:
    """Whether the environment of this interpreter is complete; ops/bootstrap.sh notes the lock in it at the end."""
    return (python.parent.parent / ".lock").exists()


def answers(url: str) -> bool:
    """Whether this address answers well."""
    try:
        return httpx.get(url, timeout=2.0).is_success
    except httpx.TransportError:
        return False


def without_empty_text(update: dict[str, Any]) -> dict[str, Any]:
    """An update without the empty text that telemelya gives every message; Telegram gives a photo none."""
    message = update.get("message", {})
    if message.get("text") == "":
        del message["text"]
    return update


class Lane:
    """A running product, what stands between it and the server, and how to reach it."""

    def __init__(self, product: Product, proxy: Proxy) -> None:
        self.product = product
        self.proxy = proxy

    def check_calls(self) -> None:
        """Every call that the product made is one of the Bot API."""
        assert self.proxy.calls
        for call in self.proxy.calls:
            check_call(call.method, call.parameters)

    def alive(self) -> bool:
        """Whether the bot's process answers."""
        return answers(f"{self.product.url}/healthz")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gramlab.World]:
    """A gramlab world."""
    if not installed(gramlab.PYTHON):
        pytest.skip("gramlab is not installed: it needs Python 3.13 (ops/bootstrap.sh dev says more)")
    world = gramlab.World(tmp_path_factory.mktemp("gramlab") / "world")
    yield world
    world.close()


@pytest.fixture(scope="session")
def telegram() -> Telegram:
    """Our own emulator's state."""
    return Telegram()


@pytest.fixture(scope="session")
def starting(telegram: Telegram, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxy, Future[Product]]]:
    """The product with a webhook at our own emulator, which starts while the one that polls does."""
    folder = tmp_path_factory.mktemp("webhook")
    with serving_beside(make_server(telegram)) as own_server:
        proxy = Proxy(own_server)
        with serving_beside(proxy.app()) as url, ThreadPoolExecutor(1) as executor:
            product = executor.submit(
                start_product,
                folder,
                TELEGRAM_BOT_TOKEN=TOKEN,
                TELEGRAM_API_BASE_URL=url,
                TELEGRAM_WEBHOOK_URL=url + WEBHOOK_PATH,
                TELEGRAM_WEBHOOK_SECRET=secrets.token_urlsafe(16),
            )
            yield proxy, product
            stop_product(product.result())


@pytest.fixture(scope="session")
def webhook(starting: tuple[Proxy, Future[Product]], telegram: Telegram) -> Lane:
    """A product with a webhook, at our own emulator."""
    proxy, product = starting
    proxy.product = product.result().url
    until(lambda: "ar" in telegram.commands, "the command menu")
    return Lane(product.result(), proxy)


@pytest.fixture(scope="session")
def polling(
    world: gramlab.World,
    starting: tuple[Proxy, Future[Product]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Lane]:
    """A product that polls the gramlab world."""
    proxy = Proxy(world.url, alter=gramlab.without_links)
    with serving_beside(proxy.app()) as url:
        product = start_product(
            tmp_path_factory.mktemp("polling"), TELEGRAM_BOT_TOKEN=world.token, TELEGRAM_API_BASE_URL=url
        )
        yield Lane(product, proxy)
        stop_product(product)


@pytest.fixture(scope="module")
def telemelya(webhook: Lane) -> Iterator[str]:
    """Where telemelya listens; the product with the webhook has moved to it."""
    if not installed(TELEMELYA_PYTHON):
        pytest.skip("telemelya is not installed: it needs Python 3.11 or newer (ops/bootstrap.sh dev says more)")
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([str(TELEMELYA_PYTHON), "-P", str(TELEMELYA_SCRIPT), str(port)])
    proxy, own = webhook.proxy, webhook.proxy.server
    try:
        until(lambda: answers(url), "telemelya")
        proxy.server, proxy.signs, proxy.alter_update = url, True, without_empty_text
        kill(webhook.product, "bot")
        until(lambda: httpx.post(f"{url}/bot{TOKEN}/getWebhookInfo").json()["result"]["url"], "the webhook")
        until(lambda: answers(f"{webhook.product.url}/healthz"), "the bot")
        yield url
    finally:
        proxy.server, proxy.signs = own, False
        process.terminate()
        process.wait(timeout=20)
