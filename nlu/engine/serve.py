"""Puts the engine together and serves it."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from asyncio import AbstractEventLoop
from pathlib import Path
from typing import Final

from rasa.core.channels import channel
from sanic import Sanic
from sqlalchemy.exc import SQLAlchemyError

from foundation import tracing
from nlu.engine import log, patches
from nlu.engine.agent import EngineAgent
from nlu.engine.channel import GatewayInput
from nlu.engine.endpoint import KeepAliveEndpoint
from nlu.engine.lock_store import SharedLockStore, WakingLockStore
from nlu.engine.model_watch import ModelWatch, stamp
from nlu.engine.preflight import ModelError, SettingsError, StoreError
from nlu.engine.tracker_store import SliceTrackerStore

REQUEST_MAX_BYTES: Final = 256 * 1024
KEEP_ALIVE_SECONDS: Final = 75
STOP_SECONDS: Final = 10.0
"""Time that turns in flight have to end after SIGTERM."""
RESPONSE_SECONDS: Final = 60
PURGE_EVERY_SECONDS: Final = 3_600.0

logger = logging.getLogger(__name__)


def run(
    *,
    model: str,
    port: socket.socket,
    actions_url: str,
    store_url: str,
    redis_url: str | None,
    retention_seconds: float,
    token: str,
    log_level: str,
    model_poll_seconds: float,
) -> None:
    """Loads the model and serves until SIGTERM or SIGINT.

    Args:
        model: Path of the model's archive.
        port: The taken port.
        actions_url: Webhook of the action server.
        store_url: Database of the conversations' state.
        redis_url: Redis of the conversations' locks; None: this engine is alone.
        retention_seconds: Silence after which a conversation is forgotten.
        token: Token that callers show.
        log_level: Level of this project's log lines.
        model_poll_seconds: How often it is looked whether another model lies there; 0: never.

    Raises:
        nlu.engine.preflight.StoreError: The database cannot be opened.
        nlu.engine.preflight.ModelError: The model cannot be loaded.
        nlu.engine.preflight.SettingsError: The address of Redis is none.
    """
    started = time.monotonic()
    log.configure(log_level)
    patches.apply()
    store = _open_store(store_url)
    actions = KeepAliveEndpoint(actions_url)
    locks = _make_locks(redis_url)
    loaded = stamp(Path(model))
    agent = _load(model, store, locks, actions)

    app = Sanic("ur_assistant_engine", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = REQUEST_MAX_BYTES
    app.config.KEEP_ALIVE_TIMEOUT = KEEP_ALIVE_SECONDS
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = STOP_SECONDS
    app.config.RESPONSE_TIMEOUT = RESPONSE_SECONDS
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.ctx.agent = agent
    channel.register([GatewayInput(token)], app, route="/webhooks/")

    async def report(_app: Sanic, _loop: AbstractEventLoop) -> None:
        seconds = round(time.monotonic() - started, 2)
        logger.info(
            "engine_ready", extra={"model": agent.model_id, "seconds": seconds, "address": port.getsockname()[:2]}
        )

    async def close(_app: Sanic, _loop: AbstractEventLoop) -> None:
        await actions.close()
        await locks.close()
        store.close()
        logger.info("engine_stopped")

    app.register_listener(report, "after_server_start")
    app.register_listener(close, "after_server_stop")
    app.add_task(_purge_regularly(store, retention_seconds))
    if model_poll_seconds > 0:
        app.add_task(ModelWatch(agent, Path(model), model_poll_seconds, loaded).run())
    app.run(sock=port, access_log=False, motd=False)


def _open_store(url: str) -> SliceTrackerStore:
    try:
        return SliceTrackerStore(url=url)
    except (SQLAlchemyError, OSError, ValueError) as error:
        raise StoreError(
            f"cannot open the engine's database ({type(error).__name__}); see ENGINE_DATABASE_URL"
        ) from error


def _make_locks(redis_url: str | None) -> WakingLockStore:
    if redis_url is None:
        return WakingLockStore()
    try:
        return SharedLockStore(redis_url)
    except ValueError as error:
        raise SettingsError("REDIS_URL is not the address of a Redis (redis://host:port/number)") from error


def _load(model: str, store: SliceTrackerStore, locks: WakingLockStore, actions: KeepAliveEndpoint) -> EngineAgent:
    agent = _agent_class()(tracker_store=store, lock_store=locks, action_endpoint=actions)
    try:
        agent.load_model(model)
    except Exception as error:
        # A broken archive fails in as many ways as it has parts.
        raise ModelError(f"the model {model} cannot be loaded ({log.where(error)['error']})") from error
    if agent.processor.model_metadata.core_target is None:
        raise ModelError(f"the model {model} understands texts but holds no dialogue")
    return agent


def _agent_class() -> type[EngineAgent]:
    if not tracing.on():
        return EngineAgent
    from nlu.engine.traced import TracedAgent

    return TracedAgent


async def _purge_regularly(store: SliceTrackerStore, retention_seconds: float) -> None:
    while True:
        try:
            forgotten = await store.purge(retention_seconds)
        except SQLAlchemyError as error:
            logger.error("purge_failed", extra=log.where(error))
        else:
            logger.info("purged", extra={"conversations": forgotten})
        await asyncio.sleep(PURGE_EVERY_SECONDS)
