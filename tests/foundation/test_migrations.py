"""The migrations make what the models say."""

import asyncio

from alembic import command
from alembic.config import Config

from foundation.settings import ROOT


async def test_models_and_migrations_agree(database_url: str) -> None:
    config = Config(ROOT / "migrations" / "alembic.ini")
    config.set_main_option("sqlalchemy.url", database_url)
    await asyncio.to_thread(command.check, config)
