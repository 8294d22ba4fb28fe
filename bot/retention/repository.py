"""SQL of retention. What belongs to a conversation in which something is queued is left alone.

Rows of a numbered table are visited in the order of their numbers, which is that of their times, so a visit costs what
it deletes. The newest message is kept: SQLite would give its number again, which pages and the engine know.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Delete, Table, Update, delete, exists, func, select, tuple_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import ADDRESSES, CONVERSATIONS, INBOX, LANES, MESSAGES, OUTBOX, Button, InboxState, OutboxState
from casework.cases.life import ENDED
from casework.cases.models import Case
from casework.handoffs import repository as handoffs
from citizens.models import VaultEntry

EXPIRED = "expired"
"""The cause of a message that was put aside and that nobody replayed in time."""

BUTTONS = cast(Table, Button.__table__)
CASES = cast(Table, Case.__table__)
VAULT = cast(Table, VaultEntry.__table__)


@dataclass(frozen=True, slots=True)
class Step:
    """One batch: how many rows were (or would be) deleted, and where the next begins; None at the end."""

    count: int
    next_after: int | None


def _nothing_queued(conversation_id: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        ~exists().where(INBOX.c.conversation_id == conversation_id, INBOX.c.state == InboxState.QUEUED),
        ~exists().where(OUTBOX.c.conversation_id == conversation_id, OUTBOX.c.state == OutboxState.QUEUED),
    )


def _not_newest(table: Table) -> ColumnElement[bool]:
    return table.c.id < select(func.max(table.c.id)).scalar_subquery()


async def messages(session: AsyncSession, before: datetime, after_id: int, limit: int, *, dry: bool) -> Step:
    """Deletes lines of transcripts that are older than `before`, and their rows of the outbox."""
    return await _visit(
        session,
        MESSAGES,
        MESSAGES.c.created_at,
        before,
        after_id,
        limit,
        (_not_newest(MESSAGES), *_nothing_queued(MESSAGES.c.conversation_id)),
        dry=dry,
        first=lambda ids: delete(OUTBOX).where(OUTBOX.c.message_id.in_(ids)),
    )


async def inbox(session: AsyncSession, before: datetime, after_id: int, limit: int, *, dry: bool) -> Step:
    """Deletes rows of messages whose turn is done and of which the transcript holds nothing any more."""
    line = exists().where(MESSAGES.c.inbox_id == INBOX.c.id)
    if dry:  # lines that would be deleted are still there
        line = line.where(MESSAGES.c.created_at >= before)
    done = (_not_newest(INBOX), INBOX.c.state == InboxState.DONE, ~line)
    return await _visit(session, INBOX, INBOX.c.received_at, before, after_id, limit, done, dry=dry)


async def outbox(session: AsyncSession, before: datetime, after_id: int, limit: int, *, dry: bool) -> Step:
    """Deletes rows of replies that went out, or never will; their text stays in the transcript."""
    settled = (OUTBOX.c.state != OutboxState.QUEUED,)
    return await _visit(session, OUTBOX, OUTBOX.c.created_at, before, after_id, limit, settled, dry=dry)


async def _visit(
    session: AsyncSession,
    table: Table,
    time: ColumnElement[datetime],
    before: datetime,
    after_id: int,
    limit: int,
    conditions: Sequence[ColumnElement[bool]],
    *,
    dry: bool,
    first: Callable[[Sequence[int]], Delete] | None = None,
) -> Step:
    number = table.c.id
    seen = (await session.execute(select(number, time).where(number > after_id).order_by(number).limit(limit))).all()
    old = [row[0] for row in seen if row[1] < before]
    if not old:
        return Step(0, None)
    ids = (await session.scalars(select(number).where(number.in_(old), *conditions))).all()
    if ids and not dry:
        if first is not None:
            await session.execute(first(ids))
        await session.execute(delete(table).where(number.in_(ids)))
    return Step(len(ids), seen[-1][0] if len(seen) == limit else None)


async def raw(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> int:
    """Erases what came in messages that were put aside before then, so that they cannot be replayed any more."""
    of = (INBOX.c.state == InboxState.QUARANTINED, INBOX.c.received_at < before)
    if dry:
        return await session.scalar(select(func.count()).select_from(INBOX).where(*of)) or 0
    some = select(INBOX.c.id).where(*of).order_by(INBOX.c.id).limit(limit)
    return await _changed(
        session,
        update(INBOX).where(INBOX.c.id.in_(some), *of).values(state=InboxState.DONE, raw=None, cause=EXPIRED),
    )


async def buttons(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> int:
    """Forgets what buttons mean that were not shown since `before`."""
    return await _unused(session, BUTTONS, BUTTONS.c.id, BUTTONS.c.shown_at, before, limit, dry=dry)


async def vault(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> int:
    """Deletes identifiers that were not typed since `before`; their tokens stand for nothing any more."""
    return await _unused(session, VAULT, VAULT.c.token, VAULT.c.used_at, before, limit, dry=dry)


async def _unused(
    session: AsyncSession,
    table: Table,
    name: ColumnElement[str],
    time: ColumnElement[datetime],
    before: datetime,
    limit: int,
    *,
    dry: bool,
) -> int:
    of = (time < before, *_nothing_queued(table.c.conversation_id))
    if dry:
        return await session.scalar(select(func.count()).select_from(table).where(*of)) or 0
    key = tuple_(table.c.conversation_id, name)
    some = select(table.c.conversation_id, name).where(*of).order_by(time).limit(limit)
    # The time once more: on PostgreSQL a row may have been used since it was selected.
    return await _changed(session, delete(table).where(key.in_(some), time < before))


async def silent(
    session: AsyncSession, before: datetime, after: tuple[datetime, str], limit: int
) -> Sequence[tuple[str, str, datetime]]:
    """The next `limit` conversations in which nothing has happened since `before`, by their age.

    Args:
        session: The session.
        before: The time.
        after: When the conversation before the first was begun, and its id.
        limit: How many at most.

    Returns:
        Of each its id, its name in the engine and when it was begun.
    """
    found = await session.execute(
        select(CONVERSATIONS.c.id, CONVERSATIONS.c.engine_sender, CONVERSATIONS.c.created_at)
        .where(
            tuple_(CONVERSATIONS.c.created_at, CONVERSATIONS.c.id) > after,
            CONVERSATIONS.c.created_at < before,
            *_silent_since(before),
        )
        .order_by(CONVERSATIONS.c.created_at, CONVERSATIONS.c.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in found]


async def forget(session: AsyncSession, conversation_ids: Sequence[str], before: datetime) -> int:
    """Deletes conversations with all that belongs to them, except those in which something has happened meanwhile."""
    # Locked first: who adds something to one of them waits, and then finds that it is gone.
    chosen = (
        await session.scalars(
            select(CONVERSATIONS.c.id)
            .where(CONVERSATIONS.c.id.in_(conversation_ids), *_silent_since(before))
            .with_for_update(skip_locked=True)
        )
    ).all()
    still = (
        await session.scalars(select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id.in_(chosen), *_silent_since(before)))
    ).all()
    await handoffs.forget(session, still)
    for table in (OUTBOX, MESSAGES, INBOX, BUTTONS, VAULT, ADDRESSES):
        await session.execute(delete(table).where(table.c.conversation_id.in_(still)))
    return await _changed(session, delete(CONVERSATIONS).where(CONVERSATIONS.c.id.in_(still)))


def _silent_since(before: datetime) -> tuple[ColumnElement[bool], ...]:
    conversation = CONVERSATIONS.c.id
    newest_line = select(func.max(MESSAGES.c.id)).scalar_subquery()
    newest_item = select(func.max(INBOX.c.id)).scalar_subquery()
    return (
        ~exists().where(
            MESSAGES.c.conversation_id == conversation,
            (MESSAGES.c.created_at >= before) | (MESSAGES.c.id == newest_line),
        ),
        ~exists().where(
            INBOX.c.conversation_id == conversation,
            (INBOX.c.received_at >= before) | (INBOX.c.state != InboxState.DONE) | (INBOX.c.id == newest_item),
        ),
        ~exists().where(OUTBOX.c.conversation_id == conversation, OUTBOX.c.state == OutboxState.QUEUED),
        ~exists().where(LANES.c.conversation_id == conversation),
        # Who waits for what comes of a complaint must hear of it.
        ~exists().where(CASES.c.conversation_id == conversation, CASES.c.state.not_in(ENDED)),
    )


async def _changed(session: AsyncSession, statement: Delete | Update) -> int:
    result = await session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101  # it changes rows
    return result.rowcount
