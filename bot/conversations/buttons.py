"""SQL of buttons. A citizen sees an opaque id; what it means is stored, and holds in that conversation only."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Executable, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import BUTTONS, Button
from foundation.database import UtcDateTime
from foundation.statements import Insert, Statement

ID_BYTES = 15
"""20 characters; Telegram's limit for a button's data is 64 bytes."""
SHOWN_AGAIN = timedelta(days=1)
"""A button that is shown again within this time is not written again."""


def _remembered(statement: Insert) -> Executable:
    statement = statement.values({name: bindparam(name) for name in ("conversation_id", "id", "payload", "shown_at")})
    return statement.on_conflict_do_update(
        index_elements=["conversation_id", "id"],
        set_={"shown_at": statement.excluded.shown_at},
        where=BUTTONS.c.shown_at < bindparam("fresh_since", type_=UtcDateTime()),
    )


_REMEMBER = Statement.inserting(BUTTONS, _remembered)


def button_id(conversation_id: str, payload: str) -> str:
    """The id of a payload in a conversation: always the same, so that a conversation's table stays small."""
    digest = hashlib.sha256(f"{conversation_id}\n{payload}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:ID_BYTES]).decode()


async def remember(session: AsyncSession, conversation_id: str, payloads: Iterable[str], now: datetime) -> None:
    """Stores what the buttons of `payloads` mean, so that they can be pressed at any later time."""
    rows = [
        {
            "conversation_id": conversation_id,
            "id": button_id(conversation_id, payload),
            "payload": payload,
            "shown_at": now,
            "fresh_since": now - SHOWN_AGAIN,
        }
        for payload in dict.fromkeys(payloads)
    ]
    if rows:
        await _REMEMBER.many(session, rows)


async def payload_of(session: AsyncSession, conversation_id: str, identifier: str) -> str | None:
    """The engine payload of a button that this conversation was shown."""
    return await session.scalar(
        select(Button.payload).where(Button.conversation_id == conversation_id, Button.id == identifier)
    )
