"""Nobody is stranded: leases that ended, silent colleagues, and telling those who wait how the queue moves."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs import hours, leases, listing, repository
from casework.handoffs.leases import Left
from casework.handoffs.models import Happening
from casework.handoffs.ports import Speaker
from casework.handoffs.service import Desk
from casework.handoffs.words import placed, word

TELL_EVERY = timedelta(minutes=2)
"""How often a citizen is told of the queue at most."""
TOLD_AT_ONCE = 50


async def anything_open(session: AsyncSession) -> bool:
    """Whether any handoff waits or is claimed."""
    return any(await listing.counts(session))


async def put_back(session: AsyncSession, desk: Desk, now: datetime) -> Sequence[str]:
    """Puts back what nobody looks after any more; returns the conversations."""
    ended = await leases.leases_ended(session, now)
    mute = await leases.silent(session, now - timedelta(minutes=desk.settings.handoff_answer_minutes))
    for left, kind in [(one, Happening.LEASE_ENDED) for one in ended] + [(one, Happening.SILENT) for one in mute]:
        await released(session, desk, left, kind, now)
    return [left.conversation_id for left in (*ended, *mute)]


async def release_all(session: AsyncSession, desk: Desk, account_id: str, now: datetime) -> Sequence[str]:
    """Puts back all that somebody holds who may hold nothing any more; returns the conversations."""
    left = await leases.all_of(session, account_id)
    for one in left:
        await released(session, desk, one, Happening.LEASE_ENDED, now)
    return [one.conversation_id for one in left]


async def released(session: AsyncSession, desk: Desk, left: Left, kind: Happening, now: datetime) -> None:
    """Notes that a handoff waits again, and tells the citizen."""
    await repository.note(session, left.id, kind, now, left.owner_id)
    await desk.citizens.tell(session, left.conversation_id, word("agent_gone"), now, speaker=Speaker.ASSISTANT)


async def tell_places(session: AsyncSession, desk: Desk, now: datetime) -> Sequence[str]:
    """Tells the first in the queue when their place is better than what they were told; returns the conversations."""
    calendar = await hours.calendar(session)
    if not calendar.is_open(now):
        return []
    moved = []
    for place, handoff in enumerate(await repository.first_waiting(session, TOLD_AT_ONCE), start=1):
        if handoff.told_place is not None and handoff.told_place <= place:
            continue
        if handoff.told_at is not None and now - handoff.told_at < TELL_EVERY and place > 1:
            continue
        if handoff.told_place is None and handoff.last_owner_id is None:
            text = word("office_opened") + "\n" + placed("place", place)
        elif handoff.told_place is None:  # it came back from a colleague: the citizen knows
            text = ""
        else:
            text = placed("place", place)
        await repository.told(session, handoff.id, place, now)
        if text:
            await desk.citizens.tell(session, handoff.conversation_id, text, now)
            moved.append(handoff.conversation_id)
    return moved
