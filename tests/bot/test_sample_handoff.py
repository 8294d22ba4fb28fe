"""The made-up conversation that a newcomer finds in the queue."""

from bot.handoffs import sample
from casework.handoffs import hours, listing, repository
from casework.handoffs.models import CloseReason, State
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction


async def test_it_waits_once_and_does_not_come_back(sessions: SessionFactory) -> None:
    now = utc_now()
    async with transaction(sessions) as session:
        await hours.put_week(session, dict.fromkeys(range(7), (0, 24 * 60)))
        assert await sample.load(session, now)
    async with transaction(sessions) as session:
        assert not await sample.load(session, now)
        (waiting,) = await listing.waiting(session, team=None, after=0, limit=10)
        assert "نموذج" in waiting.topic_title
        assert await repository.end(session, waiting.id, None, State.CLOSED, now, CloseReason.HELPED)
    async with transaction(sessions) as session:
        assert not await sample.load(session, now)
        assert await listing.counts(session) == (0, 0)
