"""Accepting what comes in. A message is accepted when the transaction that calls this is committed."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.inbox import repository
from bot.models import LaneKind
from bot.work import lanes
from citizens.models import Channel
from foundation.datakeys import DataKeys


def seal(raw: object, keys: DataKeys) -> bytes:
    """What came in, encrypted: it may hold identifiers in clear."""
    return keys.encrypt(json.dumps(raw))


def unseal(sealed: bytes, keys: DataKeys) -> dict[str, Any]:
    """What came in; the reverse of `seal` for an object."""
    raw = json.loads(keys.decrypt(sealed))
    if not isinstance(raw, dict):
        raise TypeError("an incoming message is an object")
    return raw


async def accept(
    session: AsyncSession,
    channel: Channel,
    conversation_id: str,
    external_id: str,
    raw: dict[str, Any],
    keys: DataKeys,
    now: datetime,
) -> int | None:
    """Stores a message and queues its turn; returns its id, or None if it had come before."""
    # The lane is locked before the row gets its id, so that ids of one conversation grow as they commit.
    await lanes.add_work(session, LaneKind.TURN, conversation_id, now)
    return await repository.add(
        session, channel, external_id, now, conversation_id=conversation_id, raw=seal(raw, keys)
    )


async def replay(session: AsyncSession, item_id: int, now: datetime) -> bool:
    """Queues a message again that was put aside. False if there is none, or it belongs to no conversation."""
    item = await repository.get(session, item_id)
    if item is None or item.conversation_id is None:
        return False
    await lanes.add_work(session, LaneKind.TURN, item.conversation_id, now)
    return await repository.requeue(session, item_id)
