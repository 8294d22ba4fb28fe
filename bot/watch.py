"""What other processes wrote, announced in this one, so that pages and streams need not ask one by one."""

import asyncio
from collections import OrderedDict

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.models import MESSAGES
from bot.signals import Signals, conversation_topic
from casework.handoffs import listing
from foundation.database import SessionFactory

LOOK_EVERY_SECONDS = 0.25
OVERLAP = 100
"""Rows looked at again: one with a lower number may have been committed later."""
REMEMBERED = 1000
HANDOFFS_TOPIC = "handoffs"
"""The topic of every change of any handoff."""

log = structlog.get_logger(__name__)


class Watch:
    """Follows the newest lines of transcripts and of handoffs' histories."""

    def __init__(self, sessions: SessionFactory, signals: Signals) -> None:
        self._sessions = sessions
        self._signals = signals
        self._messages = 0
        self._events = 0
        self._seen: OrderedDict[tuple[str, int], None] = OrderedDict()

    async def run(self) -> None:
        """Works until cancelled."""
        started = False
        while True:
            try:
                await self.look(announce=started)
                started = True
            except (SQLAlchemyError, OSError) as error:
                log.warning("watch_failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self, *, announce: bool = True) -> None:
        """One look; announces what is new since the last."""
        async with self._sessions() as session:
            newest = await session.scalar(select(func.max(MESSAGES.c.id))) or 0
            newest_event = await listing.newest_event(session)
            if (newest, newest_event) == (self._messages, self._events):
                return
            rows = await session.execute(
                select(MESSAGES.c.id, MESSAGES.c.conversation_id)
                .where(MESSAGES.c.id > (max(0, self._messages - OVERLAP) if self._messages else newest - OVERLAP))
                .order_by(MESSAGES.c.id)
            )
            lines = [("line", row[0], row[1]) for row in rows]
            since = max(0, self._events - OVERLAP) if self._events else newest_event - OVERLAP
            events = [("event", number, where) for number, where in await listing.conversations_since(session, since)]
        self._messages, self._events = newest, newest_event
        fresh_lines = {where for kind, number, where in lines if self._is_new(kind, number)}
        fresh_events = {where for kind, number, where in events if self._is_new(kind, number)}
        if not announce:
            return
        for conversation_id in fresh_lines | fresh_events:
            self._signals.notify(conversation_topic(conversation_id))
        if fresh_events or (fresh_lines and await self._any_open(fresh_lines)):
            self._signals.notify(HANDOFFS_TOPIC)

    async def _any_open(self, conversation_ids: set[str]) -> bool:
        async with self._sessions() as session:
            return await listing.any_open(session, conversation_ids)

    def _is_new(self, kind: str, number: int) -> bool:
        if (kind, number) in self._seen:
            return False
        self._seen[kind, number] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True
