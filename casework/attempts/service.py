"""Counting attempts at a secret, so that guessing leads nowhere.

An attempt is counted as a failure before it is looked at, and taken back when it was right: two attempts at the same
moment cannot both be the third. An attempt that was right does not forgive those before it, or else whoever owns one
record could guess at others for ever; failures are forgotten with time only.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from casework.attempts import repository
from casework.attempts.repository import Count
from foundation.datakeys import DataKeys
from foundation.settings import Settings


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what failures are counted for.

    Attributes:
        kind: What is tried and what counted, such as `result:conversation`; at most 32 characters.
        value: The id or number; stored as a keyed hash only.
        max_lock_minutes: A lock never lasts longer; of the settings if None.
        before_lock: So many failures lock; of the settings if None.
    """

    kind: str
    value: str
    max_lock_minutes: int | None = None
    before_lock: int | None = None

    def failures_before_lock(self, settings: Settings) -> int:
        """So many failures lock it."""
        return self.before_lock or settings.attempts_before_lock


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted.

    Attributes:
        locked_until: It must not be looked at, since a subject is locked until then; None if it may be.
        locks: Kinds of the subjects that this attempt locks, should it fail.
        locks_until: The end of the longest of those locks.
    """

    subjects: tuple[tuple[str, bytes], ...]
    locked_until: datetime | None
    locks: tuple[str, ...] = ()
    locks_until: datetime | None = None


async def begin(
    session: AsyncSession, subjects: Sequence[Subject], now: datetime, *, keys: DataKeys, settings: Settings
) -> Attempt:
    """Counts an attempt; to be called before anything is looked up. One while a subject is locked is not counted.

    Args:
        session: A writing transaction; it must be committed whatever comes of the attempt.
        subjects: All for which it counts.
        now: The present moment.
        keys: Whose newest key hashes the subjects.
        settings: How many failures lock, and for how long.
    """
    hashed = {(subject.kind, _hash(keys, subject)): subject for subject in subjects}
    forgotten_before = now - timedelta(hours=settings.attempts_forgotten_hours)
    counts = await repository.count(session, list(hashed), now, forgotten_before)
    waits = [count.locked_until for count in counts if count.locked_until is not None and count.locked_until > now]
    if waits:
        await repository.take_back(
            session, [(count.kind, count.subject) for count in counts if count.locked_until is None]
        )
        return Attempt((), max(waits))
    locks: dict[str, datetime] = {}
    for count in counts:
        subject = hashed[(count.kind, count.subject)]
        if count.failures >= subject.failures_before_lock(settings):
            locks[count.kind] = now + _delay(count, subject, settings)
            await repository.lock(session, count.kind, count.subject, locks[count.kind])
    return Attempt(tuple(hashed), None, tuple(locks), max(locks.values(), default=None))


async def succeed(session: AsyncSession, attempt: Attempt) -> None:
    """Takes an attempt back that was right, with the lock that it would have caused."""
    await repository.take_back(session, attempt.subjects)


def _delay(count: Count, subject: Subject, settings: Settings) -> timedelta:
    """Doubles with each failure from the one that locks first."""
    doublings = min(count.failures - subject.failures_before_lock(settings), 16)
    longest = subject.max_lock_minutes or settings.attempts_max_lock_minutes
    return timedelta(minutes=min(settings.attempts_first_lock_minutes * 2**doublings, longest))


def _hash(keys: DataKeys, subject: Subject) -> bytes:
    return hmac.new(keys.digest_keys[0], f"attempt:{subject.kind}:{subject.value}".encode(), hashlib.sha256).digest()
