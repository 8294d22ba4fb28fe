"""Making, checking and revoking keys."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy.ext.asyncio import AsyncSession

from operations.apikeys import repository
from operations.apikeys.models import NAME_MAX_CHARS, PREFIX_CHARS, ApiKey, Scope
from operations.audit import repository as audit
from operations.audit.models import Action

_KIND = "ur"
_SECRET_BYTES = 32
_KEY_MAX_CHARS = 128
_NO_DIGEST = bytes(32)


class Refusal(Enum):
    """Why a request is refused; the value is the HTTP status that says so."""

    UNKNOWN = 401
    """No such key, or revoked, or expired: the three look alike."""
    SCOPE = 403
    PACE = 429


class KeyRefusedError(Exception):
    """The request must be refused. `retry_after` is in whole seconds, with `Refusal.PACE` only."""

    def __init__(self, refusal: Refusal, retry_after: int | None = None) -> None:
        super().__init__(refusal.name.lower())
        self.refusal = refusal
        self.status: int = refusal.value
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Caller:
    """The system behind a key. `who` names it in the audit."""

    name: str
    acts_for: str

    @property
    def who(self) -> str:
        """The caller's name in the audit."""
        return f"key:{self.name}"


def presented(authorization: str | None, api_key: str | None = None) -> str:
    """The key that a request carries: ``Authorization: Bearer …``, else the value of ``X-API-Key``, else nothing."""
    scheme, _, value = (authorization or "").strip().partition(" ")
    return value.strip() if scheme.lower() == "bearer" else (api_key or "").strip()


async def create(
    session: AsyncSession,
    name: str,
    scopes: Collection[Scope],
    *,
    who: str,
    now: datetime,
    per_minute: int,
    acts_for: str = "",
    expires_at: datetime | None = None,
) -> str:
    """Makes a key.

    Returns:
        The key itself, to be shown once.

    Raises:
        ValueError: The name is empty, too long or taken, or no scope is given.
    """
    name, acts_for = name.strip(), acts_for.strip()
    if not name or max(len(name), len(acts_for)) > NAME_MAX_CHARS:
        raise ValueError(f"a name has 1 to {NAME_MAX_CHARS} characters")
    if not scopes:
        raise ValueError("a key without a scope opens nothing")
    if await repository.named(session, name) is not None:
        raise ValueError(f"there is or was a key named {name}: names are not used twice")
    prefix, secret = secrets.token_hex(PREFIX_CHARS // 2), secrets.token_urlsafe(_SECRET_BYTES)
    named_scopes = sorted(scope.value for scope in scopes)
    await repository.add(
        session,
        ApiKey(
            prefix=prefix,
            name=name,
            digest=_digest(secret),
            scopes=named_scopes,
            acts_for=acts_for,
            per_minute=per_minute,
            created_at=now,
            created_by=who,
            expires_at=expires_at,
            minute_count=0,
        ),
    )
    details = {"name": name, "scopes": named_scopes, "acts_for": acts_for}
    await audit.add(session, who, Action.API_KEY_CREATE, now, subject=prefix, details=details)
    return f"{_KIND}_{prefix}_{secret}"


async def revoke(session: AsyncSession, name: str, *, who: str, now: datetime) -> bool:
    """Revokes a key for good; False if there is none of this name that works."""
    prefix = await repository.revoke(session, name, now)
    if prefix is None:
        return False
    await audit.add(session, who, Action.API_KEY_REVOKE, now, subject=prefix, details={"name": name})
    return True


async def check(session: AsyncSession, presented_key: str, scope: Scope, now: datetime) -> Caller:
    """Who comes with `presented_key`; counts the request.

    Args:
        session: A writing transaction.
        presented_key: What the request carries, see `presented`.
        scope: What is wanted.
        now: The present moment.

    Raises:
        KeyRefusedError: The request must be refused.
    """
    kind, _, rest = presented_key[:_KEY_MAX_CHARS].partition("_")
    prefix, _, secret = rest.partition("_")
    key = await repository.get(session, prefix) if kind == _KIND and len(prefix) == PREFIX_CHARS else None
    # Compared even where there is no key, so that a prefix that exists does not answer later.
    fits = hmac.compare_digest(_digest(secret), key.digest if key else _NO_DIGEST)
    if key is None or not fits or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise KeyRefusedError(Refusal.UNKNOWN)
    if scope.value not in key.scopes:
        raise KeyRefusedError(Refusal.SCOPE)
    number, began = await repository.count(session, prefix, now)
    if number > key.per_minute:
        raise KeyRefusedError(Refusal.PACE, max(1, int((began + repository.MINUTE - now).total_seconds()) + 1))
    return Caller(key.name, key.acts_for)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
