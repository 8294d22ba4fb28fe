"""The tables' side of the count: it sees what must not happen."""

from datetime import UTC, datetime

from bench.chaos import tally
from bot.conversations import repository as conversations
from bot.conversations import transcript
from bot.inbox import repository as inbox
from bot.models import Author
from citizens.models import Channel
from foundation.database import SessionFactory, transaction

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


async def test_kept(sessions: SessionFactory) -> None:
    async with transaction(sessions) as session:
        conversation = await conversations.get_or_create(session, Channel.TELEGRAM, "7", NOW)
        items: list[int] = []
        for number in range(3):
            item = await inbox.add(
                session, Channel.TELEGRAM, str(number), NOW, conversation_id=conversation, raw=b"sealed"
            )
            assert item is not None
            items.append(item)
        said = [(0, Author.CITIZEN), (0, Author.ASSISTANT), (1, Author.ASSISTANT)]
        for place, author in (*said, (1, Author.CITIZEN), (1, Author.ASSISTANT)):
            await transcript.add(session, conversation, author, "…", NOW, inbox_id=items[place])
        await inbox.quarantine(session, items[2], "cause")
    async with sessions() as session:
        assert await tally.waiting(session) == 2
        assert await tally.read(session, accepted=3) == tally.Kept(0, 0, 0, ["cause"])
        assert (await tally.read(session, accepted=2)).doubled == 1
    async with transaction(sessions) as session:
        for place, author in ((0, Author.CITIZEN), (1, Author.ASSISTANT)):
            await transcript.add(session, conversation, author, "…", NOW, inbox_id=items[place])
    async with sessions() as session:
        kept = await tally.read(session, accepted=3)
    # The first turn was taken twice, the second time after the second turn, which was answered twice.
    assert (kept.doubled, kept.swapped) == (2, 1)
