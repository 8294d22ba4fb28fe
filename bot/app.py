"""The bot's process: web chat, Telegram when there is a token, and the workers behind both."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from bot import health
from bot.channels import ChannelPort
from bot.danger import danger_in
from bot.handoffs.citizens import BotCitizens
from bot.handoffs.job import HandoffJob
from bot.models import LaneKind
from bot.notices.job import NoticeJob
from bot.outbox.sender import Sender
from bot.privacy.job import PrivacyJob
from bot.ratelimit import Allowance, RateLimiter, make_limiter, make_rate_limiter
from bot.retention.job import RetentionJob
from bot.signals import Signals
from bot.telegram import webhook
from bot.telegram.client import TelegramClient
from bot.telegram.files import FileKeeper
from bot.telegram.intake import Intake
from bot.telegram.pace import Pace
from bot.telegram.poller import Poller
from bot.telegram.service import TelegramChannel, set_up
from bot.turns.engine import EngineClient
from bot.turns.runner import TurnDeps, TurnRunner
from bot.watch import Watch
from bot.webchat import api
from bot.webchat.channel import WebChannel
from bot.webchat.errors import add_error_handlers
from bot.webchat.newcomers import make_newcomers, network_of
from bot.webchat.security import SecurityHeaders
from bot.webchat.service import WebChat
from bot.work.leadership import Leader
from bot.work.worker import LaneWorker
from casework.cases.job import CaseJob
from casework.cases.open311 import app as open311
from casework.certificates import page as verify_page
from casework.certificates import wellknown
from casework.handoffs.service import Desk
from casework.results import api as results_api
from casework.results.report_job import ReportJob
from catalog.editing.job import ContentJob
from catalog.training.job import TRAINER, TrainingJob, can_train
from citizens.models import Channel
from console.app import make_console
from console.figures.job import FigureJob
from console.reminders.job import DigestJob
from console.reminders.post import Post
from console.web.deps import Deps
from foundation.clock import Clock, utc_now
from foundation.database import make_engine, make_session_factory
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from operations.announcements.board import NoticeBoard
from operations.events.broker import Broker
from operations.events.publisher import Publisher
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
    database = make_engine(settings.database_url, brief=True)
    sessions = make_session_factory(database)
    # What looks at many rows must not stop the turns.
    patient = make_engine(settings.database_url)
    patient_sessions = make_session_factory(patient)
    signals = Signals()
    board = SwitchBoard(sessions)
    notices = NoticeBoard(sessions, clock)
    keys = load_data_keys(settings)
    limiter = make_rate_limiter(settings)
    newcomers = make_newcomers(settings)
    visits = make_limiter(settings.redis_url, settings.verify_requests_per_minute, "verify")
    entries = make_limiter(settings.redis_url, settings.console_logins_per_minute_per_address, "enter")
    engine = EngineClient(settings)
    client = TelegramClient(settings) if settings.telegram_bot_token is not None else None
    channels: dict[Channel, ChannelPort] = {Channel.WEB: WebChannel()}
    if client is not None:
        channels[Channel.TELEGRAM] = TelegramChannel(client, FileKeeper(client, sessions, keys, settings, clock))
    turns = TurnRunner(TurnDeps(settings, sessions, signals, clock, engine, limiter, keys, channels, board, notices))
    workers = [
        LaneWorker(LaneKind.TURN, turns.run, sessions=sessions, signals=signals, clock=clock, concurrency=TURNS_AT_ONCE)
    ]
    background: list[Callable[[], Coroutine[Any, Any, None]]] = [
        RetentionJob(patient_sessions, engine, settings, clock).run,
        NoticeJob(sessions, signals, keys, clock).run,
        PrivacyJob(sessions, engine, keys, settings, clock).run,
    ]
    leaders: list[Leader] = []
    if settings.amqp_url is not None:
        publishes = Leader("events", sessions, clock)
        leaders.append(publishes)
        background += [
            publishes.run,
            Publisher(Broker(settings.amqp_url), patient_sessions, clock, publishes.leads).run,
        ]
    deadlines = Leader("cases", sessions, clock)
    leaders.append(deadlines)
    background += [deadlines.run, CaseJob(patient_sessions, keys, settings, clock, deadlines.leads).run]
    editing = Leader("content", sessions, clock)
    leaders.append(editing)
    background += [editing.run, ContentJob(patient_sessions, settings, clock, editing.leads).run, notices.run]
    if can_train(settings):
        training = Leader(TRAINER, sessions, clock)
        leaders.append(training)
        background += [training.run, TrainingJob(patient_sessions, settings, clock, training.leads).run]
    weekly = Leader("picture", sessions, clock)
    leaders.append(weekly)
    background += [weekly.run, ReportJob(patient_sessions, keys, settings, clock, weekly.leads).run]
    office = Leader("office", sessions, clock)
    leaders.append(office)
    background += [office.run, FigureJob(patient_sessions, clock, office.leads).run]
    if settings.smtp_host:
        background.append(DigestJob(patient_sessions, Post(settings), settings, clock, office.leads).run)
    citizens = BotCitizens(signals, channels)
    desk = Desk(citizens, keys, settings)
    background += [HandoffJob(sessions, desk, clock).run, Watch(sessions, signals).run]
    app = FastAPI(title="ur-assistant", docs_url=None, redoc_url=None, openapi_url=None)
    if client is not None:
        intake = Intake(client, sessions, signals, keys, clock)
        leader = Leader(f"telegram:{client.bot_id}", sessions, clock)
        leaders.append(leader)
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
    chat = WebChat(sessions, signals, clock, limiter, keys, settings.chat_wait_seconds, newcomers)

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
            for one in leaders:
                await one.stop()
            if client is not None:
                await client.close()
            await engine.close()
            await limiter.close()
            await newcomers.close()
            await visits.close()
            await entries.close()
            await database.dispose()
            await patient.dispose()

    app.router.lifespan_context = lifespan
    app.add_middleware(SecurityHeaders)
    add_error_handlers(app)
    app.include_router(health.make_router(patient_sessions, engine, board, clock))
    app.include_router(verify_page.make_router(sessions, settings, clock, _lets_in(visits, clock)))
    app.include_router(wellknown.make_router(sessions, clock))
    app.include_router(results_api.make_router(patient_sessions, keys, settings, clock))
    app.mount("/api", api.make_api(chat, settings))
    app.mount(open311.PATH, open311.make_app(sessions, settings, keys, clock))
    admits = _lets_in(entries, clock)
    staff = Deps(settings, sessions, keys, clock, signals, citizens, patient_sessions, admits, danger_in)
    app.mount("/console", make_console(staff))
    app.mount("/", StaticFiles(directory=STATIC, html=True, check_dir=False))
    return app


def _lets_in(limiter: RateLimiter, clock: Clock) -> Callable[[str], Awaitable[bool]]:
    async def lets_in(address: str) -> bool:
        return await limiter.hit(network_of(address), clock()) is Allowance.GRANTED

    return lets_in


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            log.error("worker_ended", exc_info=outcome)
