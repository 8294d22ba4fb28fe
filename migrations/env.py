"""Alembic's environment: runs the migrations over the same async URL as the product."""

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import async_engine_from_config

import bot.models  # noqa: F401  # tables register themselves on import
import casework.attempts.models
import casework.cases.models
import casework.certificates.models
import casework.dialogues.models
import casework.files.models
import casework.handoffs.models
import casework.notices.models
import casework.privacy.models
import casework.results.models  # noqa: F401
import catalog.editing.models
import catalog.models
import catalog.training.models
import catalog.unanswered.models  # noqa: F401
import console.figures.models
import console.reminders.models  # noqa: F401
import operations.accounts.models
import operations.announcements.models
import operations.apikeys.models
import operations.audit.models
import operations.events.models
import operations.keycheck.models
import operations.switches.models  # noqa: F401
from foundation.database import Base, UtcDateTime
from foundation.settings import VAR, get_settings

config = context.config
url = config.get_main_option("sqlalchemy.url") or get_settings().database_url


def _render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run_async() -> None:
    VAR.mkdir(exist_ok=True)
    engine = async_engine_from_config({"sqlalchemy.url": url}, prefix="sqlalchemy.")
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_run_async())
