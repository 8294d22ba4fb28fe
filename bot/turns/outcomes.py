"""The transactions in which a turn ends. Each checks first that the lane is still held, and gives it back at its end.

Locks are taken in one order: handoff, lane of the turn, conversation, inbox, lane of the sender.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import repository as conversations
from bot.conversations import transcript
from bot.conversations.service import say
from bot.inbox import repository as inbox
from bot.inbox.repository import Work
from bot.models import Author
from bot.replies import Reply
from bot.work import lanes
from bot.work.lanes import Claim


@dataclass(frozen=True, slots=True)
class Said:
    """What the citizen said, as the transcript keeps it."""

    text: str
    body: dict[str, Any] | None


async def finish(
    session: AsyncSession,
    held: Claim,
    work: Work,
    said: Said,
    replies: Sequence[Reply],
    now: datetime,
    *,
    from_engine: bool = False,
) -> bool:
    """The turn is done: transcript, replies, inbox, in one go. Returns whether more waits in the conversation.

    What the engine answered is not said if a person has taken the conversation over meanwhile.
    """
    await lanes.hold(session, held)
    await conversations.lock(session, work.conversation_id)
    late, taken = await inbox.complete(session, work.id, now)
    if taken and from_engine:
        replies = ()
    await transcript.add(
        session,
        work.conversation_id,
        Author.CITIZEN,
        said.text,
        work.received_at,
        inbox_id=work.id,
        body=said.body,
    )
    await say(session, work.conversation_id, work.channel, replies, now, inbox_id=work.id, late=late)
    return await _end(session, held, now)


async def postpone(
    session: AsyncSession,
    held: Claim,
    work: Work,
    cause: str,
    ready_at: datetime,
    now: datetime,
    *,
    failed: bool,
    notice: Reply,
) -> None:
    """The message stays first in its conversation until `ready_at`; `notice` is said if nothing was said before."""
    await lanes.hold(session, held)
    await conversations.lock(session, work.conversation_id)
    told = await inbox.told_already(session, work.conversation_id)
    await inbox.postpone(session, work.id, cause, failed=failed)
    if not told and await inbox.mark_kept(session, work.id):
        await say(session, work.conversation_id, work.channel, [notice], now, inbox_id=work.id, late=work.late)
    await lanes.end(session, held, ready_at)


async def quarantine(session: AsyncSession, held: Claim, work: Work, cause: str, apology: Reply, now: datetime) -> bool:
    """The message is put aside and the citizen told. Returns whether more waits in the conversation."""
    await lanes.hold(session, held)
    await conversations.lock(session, work.conversation_id)
    late = await inbox.quarantine(session, work.id, cause)
    await say(session, work.conversation_id, work.channel, [apology], now, inbox_id=work.id, late=late)
    return await _end(session, held, now)


async def _end(session: AsyncSession, held: Claim, now: datetime) -> bool:
    more = await inbox.has_queued(session, held.conversation_id)
    await lanes.end(session, held, now if more else None)
    return more
