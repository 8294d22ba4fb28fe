"""Passwords: Argon2id, with the second recommended setting of RFC 9106 (64 MiB, three passes), off the event loop."""

import asyncio
import secrets
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from operations.accounts.errors import AccountError

MIN_CHARS = 12
MAX_CHARS = 128
AT_ONCE = 2
"""Each takes 64 MiB and a processor for a moment."""
WAITING_MAX = 10
"""More who wait for their check are sent away: everybody's login would take too long."""
_ONE_TIME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for each other when read aloud."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(32))
"""Checked against where there is no account, so that the answer takes as long."""
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
"""One for each event loop of the process: a semaphore that somebody has waited for belongs to that loop."""
_checks = 0
"""Checks that run or wait."""


def one_time_password() -> str:
    """A password for the first login: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_ONE_TIME_LETTERS) for _ in range(4)) for _ in range(4))


def check_new(password: str, name: str) -> None:
    """Raises `AccountError` if a password that a person chose is too weak; the text is Arabic, for the page."""
    if len(password) < MIN_CHARS:
        raise AccountError(f"كلمة السر قصيرة. اجعلها {MIN_CHARS} حرفاً أو أكثر؛ أربع كلمات لا علاقة بينها تكفي.")
    if len(password) > MAX_CHARS:
        raise AccountError(f"كلمة السر أطول من {MAX_CHARS} حرفاً.")
    if len(set(password)) < 5 or name.lower() in password.lower():
        raise AccountError("كلمة السر سهلة التخمين: لا تكرر الحروف ولا تكتب اسمك فيها.")


async def hashed(password: str) -> str:
    """What is stored of `password`."""
    async with _turn():
        return await asyncio.to_thread(_hasher.hash, password)


async def fits(password_hash: str | None, password: str) -> bool:
    """Whether `password` is that of the hash; takes as long when there is none."""
    global _checks
    _checks += 1
    try:
        async with _turn():
            return await asyncio.to_thread(_verify, password_hash, password[: MAX_CHARS * 2])
    finally:
        _checks -= 1


def crowded() -> bool:
    """Whether so many wait that nobody else should."""
    return _checks >= AT_ONCE + WAITING_MAX


def _turn() -> asyncio.Semaphore:
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        right = _hasher.verify(password_hash or _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return right and password_hash is not None
