"""The database fails in ways that are no error of a statement: the workers stay alive."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.exc import InvalidRequestError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.work import lanes, leadership
from tests.bot.conftest import Bot
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually


@pytest.mark.parametrize("error", [PoolTimeoutError("no connection is free"), InvalidRequestError("closed")])
async def test_workers_outlive_it(
    polling_bot: Bot, engine: FakeEngine, error: SQLAlchemyError, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, take = lanes.claim, leadership.take
    failed: list[str] = []

    async def no_claim(*args: Any, **more: Any) -> Any:
        failed.append("claim")
        raise error

    async def no_term(*args: Any, **more: Any) -> Any:
        failed.append("take")
        raise error

    monkeypatch.setattr(lanes, "claim", no_claim)
    monkeypatch.setattr(leadership, "take", no_term)
    await eventually(lambda: {"claim", "take"} <= set(failed))
    await asyncio.sleep(0)
    monkeypatch.setattr(lanes, "claim", claim)
    monkeypatch.setattr(leadership, "take", take)
    person = polling_bot.person()
    person.says("سؤال")
    await eventually(lambda: len(person.received) == 1)
    assert engine.heard == ["سؤال"]
