"""Alive, ready, and metrics."""

import asyncio
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.inbox import repository as inbox
from bot.metrics import DEPENDENCY_UP, QUEUE_AGE_SECONDS, QUEUE_DEPTH, SWITCHED_OFF
from bot.outbox import repository as outbox
from bot.turns.engine import EngineClient
from foundation.clock import Clock
from foundation.database import SessionFactory
from operations.events import repository as events
from operations.switches.board import SwitchBoard
from operations.switches.models import Capability

DATABASE_PROBE_SECONDS = 3.0


def make_router(sessions: SessionFactory, engine: EngineClient, board: SwitchBoard, clock: Clock) -> APIRouter:
    """`/healthz`, `/readyz` and `/metrics`."""
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        database, engine_up, actions_up = await asyncio.gather(
            _database_answers(sessions), engine.alive(), engine.actions_alive()
        )
        checks = {"database": database, "engine": engine_up, "actions": actions_up}
        reasons = [f"{name} does not answer" for name, works in checks.items() if not works]
        body: dict[str, Any] = {"status": "ready" if not reasons else "not_ready", "checks": checks, "reasons": reasons}
        return JSONResponse(body, 503 if reasons else 200)

    @router.get("/metrics")
    async def metrics() -> Response:
        engine_up, actions_up = await asyncio.gather(engine.alive(), engine.actions_alive())
        DEPENDENCY_UP.labels("engine").set(engine_up)
        DEPENDENCY_UP.labels("actions").set(actions_up)
        for capability in Capability:
            SWITCHED_OFF.labels(capability.value).set(board.message(capability) is not None)
        async with sessions() as session:
            for queue, (depth, oldest) in {
                "inbox": await inbox.depth(session),
                "outbox": await outbox.depth(session),
                "events": await events.depth(session),
            }.items():
                QUEUE_DEPTH.labels(queue).set(depth)
                QUEUE_AGE_SECONDS.labels(queue).set((clock() - oldest).total_seconds() if oldest else 0)
            QUEUE_DEPTH.labels("quarantine").set(await inbox.count_quarantined(session))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _database_answers(sessions: SessionFactory) -> bool:
    try:
        async with asyncio.timeout(DATABASE_PROBE_SECONDS), sessions() as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError):
        return False
    return True
