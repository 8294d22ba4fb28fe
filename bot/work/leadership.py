"""What only one process may do at a time: held by renewing a row, taken over when its time runs out."""

import asyncio
import secrets
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Leadership
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction

TERM = timedelta(seconds=8)
RENEW_SECONDS = 2.0

log = structlog.get_logger(__name__)


async def take(session: AsyncSession, name: str, owner: str, now: datetime) -> bool:
    """Takes or keeps the leadership `name` until `now` + `TERM`; False if another holds it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Leadership).values(name=name, owner=owner, until=now + TERM)
    taken = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"owner": owner, "until": now + TERM},
            where=or_(Leadership.owner == owner, Leadership.until < now),
        ).returning(Leadership.owner)
    )
    return taken == owner


async def give_up(session: AsyncSession, name: str, owner: str) -> None:
    """Lets another process take over at once."""
    await session.execute(delete(Leadership).where(Leadership.name == name, Leadership.owner == owner))


class Leader:
    """This process's claim to a leadership, renewed in the background."""

    def __init__(self, name: str, sessions: SessionFactory, clock: Clock) -> None:
        self._name = name
        self._owner = secrets.token_hex(16)
        self._sessions = sessions
        self._clock = clock
        self._until: datetime | None = None

    def leads(self) -> bool:
        """Whether this process leads at this moment."""
        return self._until is not None and self._clock() < self._until

    async def run(self) -> None:
        """Takes the leadership when it is free, and keeps it."""
        while True:
            now = self._clock()
            try:
                async with transaction(self._sessions) as session:
                    taken = await take(session, self._name, self._owner, now)
            except (SQLAlchemyError, OSError) as error:
                log.warning("leadership_failed", error=type(error).__name__)
            else:
                if taken and not self.leads():
                    log.info("leadership_taken", name=self._name)
                self._until = now + TERM if taken else None
            await asyncio.sleep(RENEW_SECONDS)

    async def stop(self) -> None:
        """Gives the leadership up."""
        self._until = None
        try:
            async with transaction(self._sessions) as session:
                await give_up(session, self._name, self._owner)
        except (SQLAlchemyError, OSError) as error:
            log.warning("leadership_failed", error=type(error).__name__)
