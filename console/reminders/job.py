"""Sends the morning letters, by one process among all bots, each at most once a day."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import aiosmtplib
import structlog
from sqlalchemy.exc import SQLAlchemyError

from console.reminders import letter, repository
from console.reminders.post import Post
from console.reminders.waiting import waiting
from foundation.clock import Clock, in_baghdad
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings
from operations.accounts import repository as accounts

LOOK_EVERY_SECONDS: Final = 300.0
KEPT: Final = timedelta(days=7)

log = structlog.get_logger(__name__)


class DigestJob:
    """Looks whether it is time, once in five minutes.

    Args:
        sessions: The database.
        post: The way to the mail server.
        settings: From which hour on letters go out, and how long an entry holds.
        clock: The time.
        leads: Whether this process is the one to do it.
    """

    def __init__(
        self, sessions: SessionFactory, post: Post, settings: Settings, clock: Clock, leads: Callable[[], bool]
    ) -> None:
        self._sessions = sessions
        self._post = post
        self._settings = settings
        self._clock = clock
        self._leads = leads

    async def run(self) -> None:
        """Looks for ever; a mail server that does not answer is asked again the next time."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                if self._leads():
                    await self.look()
            except (SQLAlchemyError, OSError, aiosmtplib.SMTPException) as error:
                log.error("digest_failed", error=type(error).__name__)

    async def look(self) -> int:
        """Sends what is due; returns how many letters went out.

        Raises:
            OSError, aiosmtplib.SMTPException: The mail server cannot be reached; nobody's letter is lost by that.
        """
        now = self._clock()
        there = in_baghdad(now)
        if there.hour < self._settings.digest_hour:
            return 0
        async with self._sessions() as session:
            due = await repository.due(session, there.date())
        if not due:
            return 0
        sent = 0
        async with self._post.open() as send:
            for account_id, address in due:
                text = await self._taken(account_id)
                if text is None:
                    continue
                try:
                    await send(letter.message(text, self._settings.smtp_from, address))
                    sent += 1
                except (aiosmtplib.SMTPException, ValueError) as error:
                    log.warning("digest_refused", account=account_id, error=type(error).__name__)
        async with transaction(self._sessions) as session:
            await repository.forget(session, there.date() - KEPT)
        log.info("digests_sent", count=sent)
        return sent

    async def _taken(self, account_id: str) -> str | None:
        """The letter, noted as dealt with; None if nothing waits or another process was first."""
        now = self._clock()
        async with self._sessions() as session:
            person = await accounts.person(session, account_id)
            found = None if person is None else await waiting(session, person, now, self._settings)
        async with transaction(self._sessions) as session:
            if not await repository.take(session, account_id, in_baghdad(now).date(), now):
                return None
        if person is None or found is None:
            return None
        return letter.letter(person.shown_name, found, self._settings.public_url)
