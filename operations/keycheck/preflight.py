"""The check before a server starts."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from foundation.clock import utc_now
from foundation.database import opened
from foundation.settings import Settings
from operations.keycheck.service import fitting_keys

PATIENCE_SECONDS = 3.0
"""A server whose database does not answer by then starts all the same: it serves again as soon as the database does."""

log = structlog.get_logger(__name__)


def check_keys(settings: Settings) -> None:
    """Looks whether the keys open what the database holds.

    Raises:
        KeysDoNotFitError: They do not.
        ValueError: A key is malformed.
    """
    try:
        asyncio.run(_check(settings))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("keys_not_checked", error=type(error).__name__)


async def _check(settings: Settings) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS), opened(settings.database_url) as sessions:
        await fitting_keys(sessions, settings, utc_now())
