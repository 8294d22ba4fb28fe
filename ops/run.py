"""`make run`, once both environments are there."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping

from pydantic import ValidationError

from foundation.settings import VAR, Settings
from ops.errors import OpsError
from ops.prepare import ENGINE_PYTHON, MODEL, check_ports, child_environment, load_catalogue, migrate, train
from ops.secrets import local_secrets
from ops.supervisor import Child, Supervisor


def run() -> int:
    """Prepares, starts and watches everything; the exit code."""
    try:
        return asyncio.run(_run())
    except OpsError as error:
        print(f"ur-assistant: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


async def _run() -> int:
    started = time.monotonic()
    added, warnings = local_secrets(dict(os.environ))
    os.environ.update(added)
    for warning in warnings:
        print(f"Warning: {warning}")
    settings = _settings()
    environment = child_environment(added)
    check_ports(settings)
    migrate(environment)
    load_catalogue(environment)
    train(environment)
    print("Starting ...", flush=True)
    supervisor = Supervisor(children(settings, environment), environment, VAR / "log")
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, supervisor.stop)
    try:
        if await supervisor.start():
            _announce(settings, time.monotonic() - started)
            await supervisor.run()
    finally:
        print("Stopping ...", flush=True)
        await supervisor.shut_down()
    return 0


def children(settings: Settings, environment: Mapping[str, str]) -> list[Child]:
    """The processes of the product."""
    engine = [str(ENGINE_PYTHON), "-m", "nlu.engine", "--model", str(MODEL)]
    engine += ["--host", settings.engine_host, "--port", str(settings.engine_port)]
    engine += ["--actions-url", f"http://{settings.actions_host}:{settings.actions_port}/webhook"]
    return [
        Child(
            "actions", [sys.executable, "-m", "actions"], _url(settings.actions_host, settings.actions_port, "/health")
        ),
        Child(
            "engine",
            engine,
            _url(settings.engine_host, settings.engine_port, "/webhooks/gateway/health"),
            {"Authorization": f"Bearer {environment.get('ENGINE_TOKEN', '')}"},
        ),
        Child("bot", [sys.executable, "-m", "bot"], _url(settings.host, settings.port, "/healthz")),
    ]


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise OpsError(f"the setting {str(first['loc'][0]).upper()} is wrong: {first['msg']}") from error


def _url(host: str, port: int, path: str) -> str:
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}{path}"  # noqa: S104


def _announce(settings: Settings, seconds: float) -> None:
    print(f"Ready after {seconds:.0f} s.")
    print(f"  Web chat: {_url(settings.host, settings.port, '/')}")
    print(f"  Health:   {_url(settings.host, settings.port, '/readyz')}")
    telegram = "on" if settings.telegram_bot_token else "off (set TELEGRAM_BOT_TOKEN in .env)"
    print(f"  Telegram: {telegram}")
    print("  Logs:     var/log/    Stop: Ctrl-C", flush=True)
