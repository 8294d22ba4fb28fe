"""The bot's process: web chat, Telegram when there is a token, and the workers behind both."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from bot import health
from bot.channels import ChannelPort
from bot.models import Channel, LaneKind
from bot.outbox.sender import Sender
from bot.ratelimit import make_rate_limiter
from bot.retention.job import RetentionJob
from bot.signals import Signals
from bot.telegram import webhook
from bot.telegram.client import TelegramClient
from bot.telegram.intake import Intake
from bot.telegram.pace import Pace
from bot.telegram.poller import Poller
from bot.telegram.service import TelegramChannel, set_up
from bot.turns.engine import EngineClient
from bot.turns.runner import TurnDeps, TurnRunner
from bot.webchat import api
from bot.webchat.channel import WebChannel
from bot.webchat.errors import add_error_handlers
from bot.webchat.security import SecurityHeaders
from bot.webchat.service import WebChat
from bot.work.leadership import Leader
from bot.work.worker import LaneWorker
from foundation.clock import Clock, utc_now
from foundation.database import make_engine, make_session_factory
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from operations.switches.board import SwitchBoard

STATIC = Path(__file__).parent / "webchat" / "static"
TURNS_AT_ONCE = 16
SENDS_AT_ONCE = 128
"""Most of them only wait for their slot."""

log = structlog.get_logger(__name__)


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The ASGI application; its lifespan runs the workers.

    Raises:
        ValueError: If the settings contradict each other; the text says what to set.
    """
    database = make_engine(settings.database_url)
    sessions = make_session_factory(database)
    signals = Signals()
    board = SwitchBoard(sessions)
    keys = load_data_keys(settings)
    limiter = make_rate_limiter(settings)
    engine = EngineClient(settings)
    client = TelegramClient(settings) if settings.telegram_bot_token is not None else None
    channels: dict[Channel, ChannelPort] = {Channel.WEB: WebChannel()}
    if client is not None:
        channels[Channel.TELEGRAM] = TelegramChannel(client)
    turns = TurnRunner(TurnDeps(settings, sessions, signals, clock, engine, limiter, keys, channels, board))
    workers = [
        LaneWorker(LaneKind.TURN, turns.run, sessions=sessions, signals=signals, clock=clock, concurrency=TURNS_AT_ONCE)
    ]
    background: list[Callable[[], Coroutine[Any, Any, None]]] = [RetentionJob(sessions, engine, settings, clock).run]
    leader: Leader | None = None
    app = FastAPI(title="ur-assistant", docs_url=None, redoc_url=None, openapi_url=None)
    if client is not None:
        intake = Intake(client, sessions, signals, keys, clock)
        leader = Leader(f"telegram:{client.bot_id}", sessions, clock)
        sender = Sender(client, sessions, keys, clock, Pace())
        workers.append(
            LaneWorker(
                LaneKind.SEND,
                sender.run,
                sessions=sessions,
                signals=signals,
                clock=clock,
                concurrency=SENDS_AT_ONCE,
                enabled=leader.leads,
            )
        )
        background += [leader.run, partial(set_up, client, settings)]
        if settings.telegram_webhook_url is None:
            background.append(Poller(client, intake, leader).run)
        elif settings.telegram_webhook_secret is None:
            raise ValueError("TELEGRAM_WEBHOOK_URL is set: TELEGRAM_WEBHOOK_SECRET must be set too")
        else:
            secret = settings.telegram_webhook_secret.get_secret_value()
            app.include_router(webhook.make_router(settings.telegram_webhook_path, secret, intake))
    chat = WebChat(sessions, signals, clock, limiter, keys, settings.chat_wait_seconds)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await board.start()
        tasks = [asyncio.create_task(run()) for run in (*(worker.run for worker in workers), *background)]
        try:
            yield
        finally:
            for worker in workers:
                await worker.stop()
            await _stop(tasks)
            await board.stop()
            if leader is not None:
                await leader.stop()
            if client is not None:
                await client.close()
            await engine.close()
            await limiter.close()
            await database.dispose()

    app.router.lifespan_context = lifespan
    app.add_middleware(SecurityHeaders)
    add_error_handlers(app)
    app.include_router(health.make_router(sessions, engine, board, clock))
    app.mount("/api", api.make_api(chat, settings.request_max_bytes))
    app.mount("/", StaticFiles(directory=STATIC, html=True, check_dir=False))
    return app


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            log.error("worker_ended", exc_info=outcome)
