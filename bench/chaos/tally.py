"""Counting what went wrong, once from what citizens saw and once from the tables."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_DOUBLED_TURNS: Final = """
SELECT COALESCE(SUM(n - 1), 0) FROM (
    SELECT COUNT(*) AS n FROM messages WHERE author = 'citizen' GROUP BY inbox_id HAVING COUNT(*) > 1
) AS twice
"""
"""Turns that were written into the transcript more than once."""
_DOUBLED_ANSWERS: Final = """
SELECT COALESCE(SUM(n - 1), 0) FROM (
    SELECT COUNT(*) AS n FROM messages AS reply
    JOIN messages AS said ON said.inbox_id = reply.inbox_id AND said.author = 'citizen' AND said.id < reply.id
    WHERE reply.author = 'assistant' GROUP BY reply.inbox_id HAVING COUNT(*) > 1
) AS twice
"""
"""Each question has one answer; a notice such as «kept» comes before its turn is written down."""
_SWAPPED_TURNS: Final = """
SELECT COUNT(*) FROM (
    SELECT inbox_id, LAG(inbox_id) OVER (PARTITION BY conversation_id ORDER BY id) AS earlier
    FROM messages WHERE author = 'citizen'
) AS turns WHERE earlier > inbox_id
"""
_STORED: Final = "SELECT COUNT(*) FROM inbox WHERE conversation_id IS NOT NULL"
_WAITING: Final = (
    "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'queued') + (SELECT COUNT(*) FROM outbox WHERE state = 'queued')"
)
_QUARANTINED: Final = "SELECT cause FROM inbox WHERE state = 'quarantined'"
_PARTS_SENT: Final = "SELECT COALESCE(SUM(parts_sent), 0) FROM outbox"
_TURNS: Final = """
SELECT engine_sender, COUNT(inbox.id) FROM conversations JOIN inbox ON inbox.conversation_id = conversations.id
WHERE inbox.state = 'done' GROUP BY engine_sender
"""
_REVISIONS: Final = "SELECT sender, revision FROM engine_conversations"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one citizen's side shows."""

    lost: int
    out_of_order: int
    repeats: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What the tables show.

    Attributes:
        doubled: Messages stored, turns written, or answers given more than once.
        swapped: Turns of a conversation that were not taken in the order of its messages.
        parts_sent: Messages to Telegram that the outbox knows of.
        quarantined: Causes of the messages that were put aside.
    """

    doubled: int
    swapped: int
    parts_sent: int
    quarantined: Sequence[str]


def compare(asked: Sequence[str], shown: Sequence[str]) -> Seen:
    """Compares what a citizen was shown with the answers to what was asked.

    Args:
        asked: The answers that are due, in the order of the questions, all different.
        shown: What was shown, in order; what is no answer (a notice) is passed over.
    """
    place = {answer: number for number, answer in enumerate(asked)}
    counts = Counter(answer for answer in shown if answer in place)
    furthest, swapped = -1, 0
    for answer in dict.fromkeys(answer for answer in shown if answer in place):
        swapped += place[answer] < furthest
        furthest = max(furthest, place[answer])
    return Seen(len(place) - len(counts), swapped, counts.total() - len(counts))


async def waiting(session: AsyncSession) -> int:
    """How many messages and replies are still under way."""
    return await _number(session, _WAITING)


async def stored(session: AsyncSession) -> int:
    """How many messages of conversations were stored."""
    return await _number(session, _STORED)


async def read(session: AsyncSession, accepted: int) -> Kept:
    """Reads the product's tables.

    Args:
        session: On the bot's database.
        accepted: How many different messages it was given.
    """
    doubled = await _number(session, _DOUBLED_TURNS) + await _number(session, _DOUBLED_ANSWERS)
    doubled += max(0, await stored(session) - accepted)
    causes = (await session.execute(text(_QUARANTINED))).scalars().all()
    return Kept(doubled, await _number(session, _SWAPPED_TURNS), await _number(session, _PARTS_SENT), list(causes))


async def engine_turns(bot: AsyncSession, engine: AsyncSession) -> tuple[int, int]:
    """Compares the engine's states, one number higher after each turn, with the turns that the bot has finished.

    Returns:
        Turns that the engine made more than once, and turns that it does not remember.
    """
    asked: dict[str, int] = {row[0]: row[1] for row in await bot.execute(text(_TURNS))}
    made: dict[str, int] = {row[0]: row[1] for row in await engine.execute(text(_REVISIONS))}
    beyond = [made.get(sender, 0) - count for sender, count in asked.items()]
    return sum(max(0, number) for number in beyond), sum(max(0, -number) for number in beyond)


async def _number(session: AsyncSession, statement: str) -> int:
    found: Any = await session.scalar(text(statement))
    return int(found)
