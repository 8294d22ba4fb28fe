"""SQL of the inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, and_, bindparam, exists, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import ADDRESSES, CAUSE_MAX_CHARS, CONVERSATIONS, INBOX, InboxItem, InboxState
from casework.dialogues.models import DIALOGUES
from casework.handoffs.models import HANDOFFS, State
from casework.handoffs.repository import is_open
from citizens.models import Channel
from foundation.statements import Insert, Statement

_ITEM, _CONVERSATION, _ADDRESS, _DIALOGUE = INBOX.c, CONVERSATIONS.c, ADDRESSES.c, DIALOGUES.c
_HANDOFF = HANDOFFS.c


@dataclass(frozen=True, slots=True)
class Work:
    """The oldest queued message of a conversation, and whose it is; the fields are those of `InboxItem`.

    Attributes:
        form_expects: What the open form waits for (`Dialogue.expects`); None if no form is open.
        form_touched_at: When somebody went on with it last.
        handoff_id: The handoff that waits or is claimed, with its state and `call_back`; None if there is none.
    """

    id: int
    raw: bytes | None
    attempts: int
    failures: int
    cause: str | None
    late: bool
    received_at: datetime
    channel: Channel
    conversation_id: str
    engine_sender: str
    address: str
    form_expects: str | None = None
    form_touched_at: datetime | None = None
    handoff_id: int | None = None
    handoff_state: State | None = None
    handoff_call_back: str | None = None


_QUEUED = (_ITEM.conversation_id == bindparam("of_conversation"), _ITEM.state == literal_column("'queued'"))
"""Written out: an index that holds only what is queued is of no use for a state that is a parameter."""


def _added(statement: Insert) -> Executable:
    return statement.on_conflict_do_nothing(index_elements=["channel", "external_id"]).returning(_ITEM.id)


_ADD = Statement.inserting(INBOX, _added)
_HEAD = Statement(
    select(
        _ITEM.id,
        _ITEM.raw,
        _ITEM.attempts,
        _ITEM.failures,
        _ITEM.cause,
        _ITEM.late,
        _ITEM.received_at,
        _CONVERSATION.channel,
        _CONVERSATION.id,
        _CONVERSATION.engine_sender,
        _ADDRESS.address,
        _DIALOGUE.expects,
        _DIALOGUE.updated_at,
        _HANDOFF.id,
        _HANDOFF.state,
        _HANDOFF.call_back,
    )
    .join_from(INBOX, CONVERSATIONS, _CONVERSATION.id == _ITEM.conversation_id)
    .join(ADDRESSES, _ADDRESS.conversation_id == _ITEM.conversation_id)
    .outerjoin(DIALOGUES, _DIALOGUE.conversation_id == _ITEM.conversation_id)
    .outerjoin(HANDOFFS, and_(_HANDOFF.conversation_id == _ITEM.conversation_id, is_open()))
    .where(*_QUEUED)
    .order_by(_ITEM.id)
    .limit(1)
)
_HAS_QUEUED = Statement(select(_ITEM.id).where(*_QUEUED).limit(1))
_COMPLETE = Statement(
    update(INBOX)
    .where(_ITEM.id == bindparam("of_id"))
    .values(state=InboxState.DONE, raw=None, cause=None, done_at=bindparam("done"))
    .returning(
        _ITEM.late,
        exists().where(_HANDOFF.conversation_id == _ITEM.conversation_id, _HANDOFF.state == State.CLAIMED),
    )
)


async def add(
    session: AsyncSession,
    channel: Channel,
    external_id: str,
    now: datetime,
    *,
    conversation_id: str | None,
    raw: bytes | None,
    state: InboxState = InboxState.QUEUED,
    cause: str | None = None,
) -> int | None:
    """Stores an incoming message; returns its id, or None if it had come before."""
    item_id: int | None = await _ADD.value(
        session,
        channel=channel,
        external_id=external_id,
        conversation_id=conversation_id,
        raw=raw,
        state=state,
        cause=cause,
        received_at=now,
        done_at=now if state is InboxState.DONE else None,
    )
    return item_id


async def find(session: AsyncSession, channel: Channel, external_id: str) -> int | None:
    """The id of a message that came before."""
    return await session.scalar(select(_ITEM.id).where(_ITEM.channel == channel, _ITEM.external_id == external_id))


async def get(session: AsyncSession, item_id: int) -> InboxItem | None:
    """The message as it is now in the database."""
    return await session.get(InboxItem, item_id, populate_existing=True)


async def head(session: AsyncSession, conversation_id: str) -> Work | None:
    """The conversation's next message to work on."""
    row = await _HEAD.row(session, of_conversation=conversation_id)
    return None if row is None else Work(*row)


async def has_queued(session: AsyncSession, conversation_id: str) -> bool:
    """Whether a message of the conversation waits."""
    return await _HAS_QUEUED.row(session, of_conversation=conversation_id) is not None


async def came_since(session: AsyncSession, conversation_id: str, since: datetime) -> bool:
    """Whether a message of the conversation came at or after a moment."""
    found = await session.scalar(
        select(_ITEM.id).where(_ITEM.conversation_id == conversation_id, _ITEM.received_at >= since).limit(1)
    )
    return found is not None


async def complete(session: AsyncSession, item_id: int, now: datetime) -> tuple[bool, bool]:
    """The turn is done; what came is erased.

    Returns:
        Whether its replies are late (`_ITEM.late`), and whether a person has the conversation now.
    """
    row = await _COMPLETE.row(session, of_id=item_id, done=now)
    return (False, False) if row is None else (bool(row[0]), bool(row[1]))


async def postpone(session: AsyncSession, item_id: int, cause: str, *, failed: bool) -> None:
    """The message waits for another try; `failed` says that the message itself may be the cause."""
    await session.execute(
        update(INBOX)
        .where(_ITEM.id == item_id)
        .values(
            attempts=_ITEM.attempts + 1,
            failures=_ITEM.failures + int(failed),
            cause=cause[:CAUSE_MAX_CHARS],
        )
    )


async def quarantine(session: AsyncSession, item_id: int, cause: str) -> bool:
    """Puts the message aside for a person to look at. Returns whether its replies are late."""
    late = await session.scalar(
        update(INBOX)
        .where(_ITEM.id == item_id)
        .values(state=InboxState.QUARANTINED, cause=cause[:CAUSE_MAX_CHARS])
        .returning(_ITEM.late)
    )
    return bool(late)


async def mark_kept(session: AsyncSession, item_id: int) -> bool:
    """The citizen is being told that it is kept. False if it was told already, or the turn is over."""
    marked = await session.scalar(
        update(INBOX)
        .where(_ITEM.id == item_id, _ITEM.state == InboxState.QUEUED, _ITEM.notified.is_(False))
        .values(notified=True, late=True)
        .returning(_ITEM.id)
    )
    return marked is not None


async def told_already(session: AsyncSession, conversation_id: str) -> bool:
    """Whether the citizen was told of another message that is kept and still waits."""
    found = await session.scalar(
        select(_ITEM.id)
        .where(
            _ITEM.conversation_id == conversation_id,
            _ITEM.state == InboxState.QUEUED,
            _ITEM.notified.is_(True),
        )
        .limit(1)
    )
    return found is not None


async def quarantined(session: AsyncSession, limit: int | None) -> Sequence[InboxItem]:
    """The messages put aside, oldest first; all of them without a limit."""
    found = await session.scalars(
        select(InboxItem).where(_ITEM.state == InboxState.QUARANTINED).order_by(_ITEM.id).limit(limit)
    )
    return found.all()


async def requeue(session: AsyncSession, item_id: int) -> bool:
    """Queues a message that was put aside; False if it was not, or its content is gone. Its answer goes out late."""
    queued = await session.scalar(
        update(INBOX)
        .where(_ITEM.id == item_id, _ITEM.state == InboxState.QUARANTINED, _ITEM.raw.is_not(None))
        .values(state=InboxState.QUEUED, attempts=0, failures=0, cause=None, late=True)
        .returning(_ITEM.id)
    )
    return queued is not None


async def depth(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many messages wait, and since when the oldest."""
    row = (
        await session.execute(select(func.count(), func.min(_ITEM.received_at)).where(_ITEM.state == InboxState.QUEUED))
    ).one()
    return row[0], row[1]


async def count_quarantined(session: AsyncSession) -> int:
    """How many messages were put aside."""
    return (
        await session.scalar(select(func.count()).select_from(InboxItem).where(_ITEM.state == InboxState.QUARANTINED))
        or 0
    )


async def sealed(session: AsyncSession, state: InboxState, after_id: int, limit: int) -> Sequence[tuple[int, bytes]]:
    """The next `limit` messages of a state with what came, encrypted, after the message `after_id`."""
    found = await session.execute(
        select(_ITEM.id, _ITEM.raw)
        .where(_ITEM.state == state, _ITEM.id > after_id, _ITEM.raw.is_not(None))
        .order_by(_ITEM.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in found]


async def reseal(session: AsyncSession, item_id: int, old: bytes, new: bytes) -> bool:
    """Puts what came under another key; False if it was erased meanwhile."""
    replaced = await session.scalar(
        update(INBOX).where(_ITEM.id == item_id, _ITEM.raw == old).values(raw=new).returning(_ITEM.id)
    )
    return replaced is not None
