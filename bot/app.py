"""The bot's process: web chat, Telegram when there is a token, and the workers behind both."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from bot import health
from bot.models import Channel, LaneKind
from bot.ratelimit import MemoryRateLimiter
from bot.signals import Signals
from bot.turns.engine import EngineClient
from bot.turns.runner import TurnDeps, TurnRunner
from bot.webchat import api
from bot.webchat.channel import WebChannel
from bot.webchat.errors import add_error_handlers
from bot.webchat.security import SecurityHeaders
from bot.webchat.service import WebChat
from bot.work.worker import LaneWorker
from foundation.clock import Clock, utc_now
from foundation.database import make_engine, make_session_factory
from foundation.datakeys import load_data_keys
from foundation.settings import Settings

STATIC = Path(__file__).parent / "webchat" / "static"
TURNS_AT_ONCE = 16

log = structlog.get_logger(__name__)


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The ASGI application; its lifespan runs the workers."""
    database = make_engine(settings.database_url)
    sessions = make_session_factory(database)
    signals = Signals()
    keys = load_data_keys(settings)
    limiter = MemoryRateLimiter(settings.rate_limit_per_minute)
    engine = EngineClient(settings)
    web = WebChannel()
    turns = TurnRunner(TurnDeps(settings, sessions, signals, clock, engine, limiter, keys, channels={Channel.WEB: web}))
    worker = LaneWorker(
        LaneKind.TURN, turns.run, sessions=sessions, signals=signals, clock=clock, concurrency=TURNS_AT_ONCE
    )
    chat = WebChat(sessions, signals, clock, limiter, keys, settings.chat_wait_seconds)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = _start([worker.run()])
        try:
            yield
        finally:
            await worker.stop()
            await _stop(tasks)
            await engine.close()
            await limiter.close()
            await database.dispose()

    app = FastAPI(title="ur-assistant", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SecurityHeaders)
    add_error_handlers(app)
    app.include_router(health.make_router(sessions, engine, clock))
    app.include_router(api.make_router(chat, settings.request_max_bytes))
    app.mount("/", StaticFiles(directory=STATIC, html=True, check_dir=False))
    return app


def _start(work: Sequence[Coroutine[Any, Any, None]]) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(one) for one in work]


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            log.error("worker_ended", exc_info=outcome)
