"""What turns tell other systems. Nothing of what was said, and nothing by which a conversation can be found."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.gate import Silence, ToEngine, Verdict
from bot.inbox.repository import Work
from operations.events import service as events


async def finished(session: AsyncSession, work: Work, verdict: Verdict, intent: str | None, now: datetime) -> None:
    """A turn is done: how, and how long after the message came (waiting included)."""
    match verdict:
        case ToEngine():
            outcome, reason = "answered", None
        case Silence(reason):
            outcome = "silent"
        case _:
            outcome, reason = "gate", verdict.reason
    data: dict[str, events.Value] = {
        "channel": work.channel,
        "outcome": outcome,
        "reason": reason,
        "intent": intent,
        "ms": max(0, round((now - work.received_at).total_seconds() * 1000)),
    }
    await events.add(session, "turn.finished", f"channel/{work.channel}", data, now)


async def quarantined(session: AsyncSession, work: Work, cause: str, now: datetime) -> None:
    """A message was put aside; `inbox/<number>` is how `bot.admin inbox list` names it."""
    data: dict[str, events.Value] = {"channel": work.channel, "cause": cause[: events.VALUE_MAX_CHARS]}
    await events.add(session, "message.quarantined", f"inbox/{work.id}", data, now)
