"""Exchanging identifiers for tokens and back. A token holds in its own conversation only."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.vault import repository
from bot.vault.recognise import find
from foundation.datakeys import DataKeys

TOKEN_OPEN, TOKEN_CLOSE = "⟦", "⟧"
"""The signs around a token. Typed ones are replaced at the gate, so that nobody can forge a token."""
_TOKEN_BYTES = 4
_TOKEN = re.compile(rf"{TOKEN_OPEN}(?P<kind>[a-z]+):(?P<token>[0-9a-f]+){TOKEN_CLOSE}")


def holds_identifier(text: str) -> bool:
    """Whether `conceal` would change the text."""
    return bool(find(text))


async def conceal(session: AsyncSession, conversation_id: str, text: str, keys: DataKeys, now: datetime) -> str:
    """The text with each identifier stored in the vault and replaced by its token, such as ``⟦phone:1a2b3c4d⟧``."""
    parts: list[str] = []
    place = 0
    for found in find(text):
        digest = hmac.new(keys.digest_key, f"{found.kind.value}:{found.value}".encode(), hashlib.sha256).hexdigest()
        token = await repository.put(
            session,
            conversation_id,
            found.kind.value,
            digest,
            secrets.token_hex(_TOKEN_BYTES),
            keys.encrypt(found.value),
            now,
        )
        parts += [text[place : found.start], f"{TOKEN_OPEN}{found.kind.value}:{token}{TOKEN_CLOSE}"]
        place = found.end
    return "".join(parts) + text[place:]


async def reveal(session: AsyncSession, conversation_id: str, text: str, keys: DataKeys) -> str:
    """The text with the tokens of this conversation replaced by their values; others stay as they are."""
    if TOKEN_OPEN not in text:
        return text
    tokens = [match["token"] for match in _TOKEN.finditer(text)]
    values = await repository.get(session, conversation_id, tokens)
    return _TOKEN.sub(
        lambda match: keys.decrypt(values[match["token"]]) if match["token"] in values else match[0], text
    )
