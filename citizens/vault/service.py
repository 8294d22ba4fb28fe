"""Exchanging identifiers for tokens and back. A token holds in its own conversation only."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from citizens.vault import repository
from citizens.vault.recognise import Identifier, find
from citizens.vault.repository import Entry
from foundation.datakeys import DataKeys

TOKEN_OPEN, TOKEN_CLOSE = "⟦", "⟧"
"""The signs around a token. Typed ones are replaced at the gate, so that nobody can forge a token."""
WHOLE_TEXT = "text"
"""Kind of a token that stands for a whole message."""
DELETED = "•••"
"""Shown for an identifier that is not kept any more."""
_TOKEN_BYTES = 4
_TOKEN = re.compile(rf"{TOKEN_OPEN}(?P<kind>[a-z]+):(?P<token>[0-9a-f]+){TOKEN_CLOSE}")


def holds_identifier(text: str) -> bool:
    """Whether `conceal` would change the text."""
    return bool(find(text))


async def conceal(
    session: AsyncSession,
    conversation_id: str,
    text: str,
    keys: DataKeys,
    now: datetime,
    *,
    but: Collection[Identifier] = (),
) -> str:
    """The text with each identifier stored in the vault and replaced by its token, such as ``⟦phone:1a2b3c4d⟧``.

    Those of the kinds `but` stay.
    """
    parts: list[str] = []
    place = 0
    for found in find(text):
        if found.kind in but:
            continue
        token = await repository.put(
            session,
            conversation_id,
            found.kind.value,
            [_digest(key, found.kind.value, found.value) for key in keys.digest_keys],
            secrets.token_hex(_TOKEN_BYTES),
            keys.encrypt(found.value),
            now,
        )
        parts += [text[place : found.start], f"{TOKEN_OPEN}{found.kind.value}:{token}{TOKEN_CLOSE}"]
        place = found.end
    return "".join(parts) + text[place:]


async def conceal_whole(session: AsyncSession, conversation_id: str, text: str, keys: DataKeys, now: datetime) -> str:
    """One token for the whole text: what a citizen tells of a case, or is told of it."""
    token = await repository.put(
        session,
        conversation_id,
        WHOLE_TEXT,
        [_digest(key, WHOLE_TEXT, text) for key in keys.digest_keys],
        secrets.token_hex(_TOKEN_BYTES),
        keys.encrypt(text),
        now,
    )
    return f"{TOKEN_OPEN}{WHOLE_TEXT}:{token}{TOKEN_CLOSE}"


def kinds_in(text: str) -> frozenset[str]:
    """What the tokens in `text` stand for."""
    return frozenset(found["kind"] for found in _TOKEN.finditer(text))


def without_tokens(text: str) -> str:
    """What the engine saw of `text` beside tokens."""
    return _TOKEN.sub(" ", text)


def is_whole(text: str) -> bool:
    """Whether `text` is one token for a whole message."""
    found = _TOKEN.fullmatch(text.strip())
    return found is not None and found["kind"] == WHOLE_TEXT


async def reveal(session: AsyncSession, conversation_id: str, text: str, keys: DataKeys) -> str:
    """The text with the tokens of this conversation replaced by their values; others stay as they are."""
    if TOKEN_OPEN not in text:
        return text
    tokens = [match["token"] for match in _TOKEN.finditer(text)]
    values = await repository.get(session, conversation_id, tokens)
    return _TOKEN.sub(
        lambda match: keys.decrypt(values[match["token"]]) if match["token"] in values else match[0], text
    )


def masked(text: str) -> str:
    """What `reveal` gave, as a citizen may see it: tokens whose identifier was deleted become dots."""
    return _TOKEN.sub(DELETED, text)


async def renew(session: AsyncSession, entry: Entry, keys: DataKeys) -> bool:
    """Puts an identifier and its digest under the newest key; its token stays.

    Returns:
        Whether there was anything to do.

    Raises:
        cryptography.fernet.InvalidToken: No key fits.
    """
    text = keys.decrypt(entry.value)
    digest = _digest(keys.digest_keys[0], entry.kind, text)
    # Two tokens for one identifier, made by processes that did not know each other's keys: the second is found no more.
    spare = _digest(keys.digest_keys[0], entry.kind, f"{text}:{entry.token}")
    value = keys.renewed(entry.value)
    if value is None and entry.digest in (digest, spare):
        return False
    if entry.digest != digest and await repository.has_digest(session, entry.conversation_id, entry.kind, digest):
        digest = spare
    return await repository.replace(session, entry, digest, value or entry.value)


def _digest(key: bytes, kind: str, value: str) -> str:
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
