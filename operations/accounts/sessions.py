"""Sessions: SQL and rules. They are kept in the database, so that ending one ends it at once in every process."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.settings import Settings
from operations.accounts import repository
from operations.accounts.models import BROWSER_MAX_CHARS, Account, AccountSession, Stage
from operations.accounts.person import Person

TOKEN_BYTES = 32
CODE_STAGE = timedelta(minutes=5)
"""How long a code of the second factor is awaited."""
SEEN_EVERY = timedelta(seconds=60)
"""How exactly it is noted when a session was used last."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who holds a session."""

    session_id: str
    stage: Stage
    csrf: str
    person: Person
    seen_at: datetime
    ends_at: datetime


def key_of(token: str) -> str:
    """How the token that a browser holds is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def begin(
    session: AsyncSession, account_id: str, stage: Stage, browser: str, now: datetime, settings: Settings
) -> str:
    """Begins a session; returns the token for the browser."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    lasts = CODE_STAGE if stage is Stage.CODE else timedelta(hours=settings.console_session_hours)
    session.add(
        AccountSession(
            id=key_of(token),
            account_id=account_id,
            stage=stage,
            csrf=secrets.token_urlsafe(24),
            browser=browser[:BROWSER_MAX_CHARS],
            created_at=now,
            seen_at=now,
            ends_at=now + lasts,
        )
    )
    await session.flush()
    return token


async def find(session: AsyncSession, token: str, now: datetime, settings: Settings) -> Entered | None:
    """Who holds the token; None if the session ended, was idle for too long, or its account cannot enter."""
    held = await session.scalar(select(AccountSession).where(AccountSession.id == key_of(token)))
    idle = timedelta(minutes=settings.console_session_idle_minutes)
    if held is None or held.ends_at <= now or held.seen_at + idle <= now:
        return None
    person = await repository.person(session, held.account_id)
    if person is None:
        return None
    return Entered(held.id, Stage(held.stage), held.csrf, person, held.seen_at, held.ends_at)


async def exists(session: AsyncSession, session_id: str, now: datetime) -> bool:
    """Whether the session was not ended."""
    ends_at = await session.scalar(select(AccountSession.ends_at).where(AccountSession.id == session_id))
    return ends_at is not None and ends_at > now


async def seen(session: AsyncSession, session_id: str, now: datetime) -> None:
    """Notes that the session was used."""
    await session.execute(update(AccountSession).where(AccountSession.id == session_id).values(seen_at=now))


async def end(session: AsyncSession, session_id: str) -> bool:
    """Ends one session; False if it has ended."""
    ended = await session.scalar(
        delete(AccountSession).where(AccountSession.id == session_id).returning(AccountSession.id)
    )
    return ended is not None


async def end_all(session: AsyncSession, account_id: str, *, but: str = "") -> int:
    """Ends every session of an account, except the one `but`; returns how many."""
    ended = await session.scalars(
        delete(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.id != but)
        .returning(AccountSession.id)
    )
    return len(ended.all())


async def drop_ended(session: AsyncSession, now: datetime, settings: Settings) -> None:
    """Deletes rows of sessions that are over."""
    idle = timedelta(minutes=settings.console_session_idle_minutes)
    await session.execute(
        delete(AccountSession).where((AccountSession.ends_at <= now) | (AccountSession.seen_at <= now - idle))
    )


async def listed(session: AsyncSession, now: datetime, settings: Settings) -> Sequence[tuple[AccountSession, Account]]:
    """All open sessions with their accounts, used last first."""
    idle = timedelta(minutes=settings.console_session_idle_minutes)
    rows = await session.execute(
        select(AccountSession, Account)
        .join(Account, Account.id == AccountSession.account_id)
        .where(AccountSession.ends_at > now, AccountSession.seen_at > now - idle, AccountSession.stage == Stage.OPEN)
        .order_by(AccountSession.seen_at.desc())
    )
    return [(row[0], row[1]) for row in rows]
