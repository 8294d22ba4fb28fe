"""`make run`, once both environments are there."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from foundation.settings import VAR, Settings
from ops.errors import OpsError
from ops.prepare import (
    ENGINE_PYTHON,
    MODEL,
    check_ports,
    child_environment,
    first_accounts,
    keep_private,
    load_canned,
    load_catalogue,
    load_samples,
    migrate,
    train,
)
from ops.secrets import local_secrets
from ops.supervisor import Child, Supervisor

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""On one's own machine there is an account for each role, to try the console out."""


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
    keep_private()
    added, warnings = local_secrets(dict(os.environ))
    os.environ.update(added)
    for warning in warnings:
        print(f"Warning: {warning}")
    settings = _settings()
    environment = child_environment(engine_settings(settings) | added)
    check_ports(settings)
    migrate(environment)
    load_catalogue(environment)
    load_canned(environment)
    samples = load_samples(environment) if settings.host in LOOPBACK else ()
    accounts = first_accounts(environment, samples=settings.host in LOOPBACK)
    train(environment, settings.models_dir)
    print("Starting ...", flush=True)
    supervisor = Supervisor(children(settings, environment), environment, VAR / "log")
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, supervisor.stop)
    try:
        if await supervisor.start():
            _announce(settings, time.monotonic() - started, accounts, samples)
            await supervisor.run()
    finally:
        print("Stopping ...", flush=True)
        await supervisor.shut_down()
    return 0


def engine_settings(settings: Settings) -> dict[str, str]:
    """What the engine, which reads no `.env`, takes from the product's settings."""
    values = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "OTEL_EXPORTER_OTLP_ENDPOINT": settings.otel_exporter_otlp_endpoint,
    }
    return {name: value for name, value in values.items() if value}


def children(settings: Settings, environment: Mapping[str, str]) -> list[Child]:
    """The processes of the product."""
    engine = [str(ENGINE_PYTHON), "-m", "nlu.engine", "--model", str(settings.models_dir / MODEL.name)]
    engine += ["--model-poll-seconds", str(settings.engine_model_poll_seconds)]
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


def _announce(
    settings: Settings, seconds: float, accounts: Sequence[tuple[str, str, str]], samples: Sequence[str]
) -> None:
    print(f"Ready after {seconds:.0f} s.")
    print(f"  Web chat: {_url(settings.host, settings.port, '/')}")
    print(f"  Console:  {_url(settings.host, settings.port, '/console/')}")
    print(f"  Health:   {_url(settings.host, settings.port, '/readyz')}")
    telegram = "on" if settings.telegram_bot_token else "off (set TELEGRAM_BOT_TOKEN in .env)"
    print(f"  Telegram: {telegram}")
    print("  Logs:     var/log/    Stop: Ctrl-C", flush=True)
    for line in samples:
        print(f"  {line}", flush=True)
    if accounts:
        print("  The console's accounts, shown this once (lost: python -m operations.accounts reset NAME):")
        for name, password, roles in accounts:
            print(f"    {name:<8} {password}  {roles}", flush=True)
        print("  Each is asked for a password of its own, of 12 characters or more, when it first enters.", flush=True)
