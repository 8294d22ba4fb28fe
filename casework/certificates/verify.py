"""Whether a certificate is good: read from the certificate itself, our keys and our revocations. Nothing is stored."""

import asyncio
import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from casework.certificates import codec, keyring, repository
from casework.certificates.codec import DamagedError, UnknownKeyError
from casework.certificates.content import Content, from_claims
from casework.certificates.identifier import identifier_hash


class State(StrEnum):
    """What is to be said of a text that somebody shows."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ALTERED = "altered"
    """It says that it is a certificate, and is damaged or forged."""
    NOT_OURS = "not_ours"
    """Signed with a key that is not ours; it may be good where it comes from."""
    NOT_A_CERTIFICATE = "not_a_certificate"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; `content` only of a certificate that we signed."""

    state: State
    content: Content | None = None


async def verify(session: AsyncSession, text: str, now: datetime) -> Verdict:
    """Checks a text: typed, pasted, or read from a picture."""
    text = tidy(text)
    if not text.startswith(codec.PREFIX) or len(text) > codec.CODE_MAX_CHARS:
        return Verdict(State.NOT_A_CERTIFICATE)
    keys = {key.kid: key for key in await keyring.public_keys(session)}
    try:
        kid, claims = await asyncio.to_thread(codec.decode, text, {key.kid: key.pem for key in keys.values()})
        content = from_claims(claims)
    except UnknownKeyError:
        return Verdict(State.NOT_OURS)
    except (DamagedError, ValueError):
        return Verdict(State.ALTERED)
    row = await repository.get(session, identifier_hash(content.identifier))
    if row is not None and row.code_hash != hashlib.sha256(text.encode()).hexdigest():
        return Verdict(State.ALTERED)
    if keys[kid].revoked or (row is not None and row.revoked_at is not None):
        return Verdict(State.REVOKED, content)
    return Verdict(State.EXPIRED if content.expires_at <= now else State.VALID, content)


async def read_content(session: AsyncSession, code: str) -> Content:
    """The statement of a code of our own, whatever its state."""
    keys = await keyring.public_keys(session)
    _, claims = await asyncio.to_thread(codec.decode, code, {key.kid: key.pem for key in keys})
    return from_claims(claims)


def tidy(text: str) -> str:
    """`text` without what copying adds: line breaks, direction signs, space around it, small letters."""
    shown = "".join(character for character in text if unicodedata.category(character) not in ("Cc", "Cf"))
    return shown.strip().upper()
