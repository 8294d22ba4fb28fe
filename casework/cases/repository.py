"""SQL of single cases: filing, looking up, changing, joining. Lists for staff are in `casework.cases.browse`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, bindparam, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases.life import ENDED, OPEN
from casework.cases.models import Case, CaseBatch, CaseEvent, CaseFile, CaseSupporter, Kind

CITIZEN = "citizen"
"""Actor of what the one who filed a case does."""
_SEEN_BY = select(
    Case,
    exists().where(CaseSupporter.case_id == Case.id, CaseSupporter.conversation_id == bindparam("conversation_id")),
).where(Case.number == bindparam("of_number"))


async def lock_filing(session: AsyncSession, digest: str) -> None:
    """Makes whoever files the same thing at the same moment wait for this transaction."""
    if session.get_bind().dialect.name == "postgresql":  # a writer on SQLite is alone anyway
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(digest[:15], 16)})


async def number_taken(session: AsyncSession, number: str) -> bool:
    """Whether a case has this number."""
    return bool(await session.scalar(select(exists().where(Case.number == number))))


async def by_number(session: AsyncSession, number: str, *, fresh: bool = False) -> Case | None:
    """The case of a tracking number; `fresh`: as the database has it now."""
    statement = select(Case).where(Case.number == number)
    return await session.scalar(statement.execution_options(populate_existing=True) if fresh else statement)


async def same(session: AsyncSession, digests: Sequence[str], since: datetime) -> Case | None:
    """A case of the same content that the same citizen filed since then."""
    return await session.scalar(
        select(Case)
        .where(Case.content_digest.in_(digests), Case.created_at >= since)
        .order_by(Case.created_at.desc(), Case.id.desc())
        .limit(1)
    )


async def similar(
    session: AsyncSession, agent_id: int, kind: Kind, since: datetime, conversation_id: str
) -> Case | None:
    """The open case of others on this agent that most have joined, filed since then; none that the citizen joined."""
    joined = exists().where(CaseSupporter.case_id == Case.id, CaseSupporter.conversation_id == conversation_id)
    return await session.scalar(
        select(Case)
        .where(
            Case.agent_id == agent_id,
            Case.created_at >= since,
            Case.kind == kind,
            Case.state.in_(OPEN),
            or_(Case.conversation_id.is_(None), Case.conversation_id != conversation_id),
            ~joined,
        )
        .order_by(Case.supporters.desc(), Case.created_at, Case.id)
        .limit(1)
    )


async def of_conversation(session: AsyncSession, conversation_id: str, limit: int) -> Sequence[Case]:
    """The cases that a citizen filed or joined, newest first."""
    joined = select(CaseSupporter.case_id).where(CaseSupporter.conversation_id == conversation_id)
    # Two look-ups by index; one with OR would read the whole table.
    own = await session.scalars(
        select(Case)
        .where(Case.conversation_id == conversation_id)
        .order_by(Case.created_at.desc(), Case.id.desc())
        .limit(limit)
    )
    others = await session.scalars(select(Case).where(Case.id.in_(joined)))
    cases = {case.id: case for case in (*own, *others)}
    return sorted(cases.values(), key=lambda case: (case.created_at, case.id), reverse=True)[:limit]


async def change(session: AsyncSession, case: Case, values: dict[str, Any]) -> bool:
    """Changes the case if it is still of the version that was read; `case` then shows the new values."""
    changed = await session.scalar(
        update(Case)
        .where(Case.id == case.id, Case.version == case.version)
        .values(**values, version=Case.version + 1)
        .returning(Case.version)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        return False
    await session.refresh(case)
    return True


async def add_supporter(
    session: AsyncSession, case_id: int, conversation_id: str, sealed_text: bytes | None, now: datetime
) -> bool:
    """Adds a citizen to a case; False if they had joined already."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    added = await session.scalar(
        insert(CaseSupporter)
        .values(case_id=case_id, conversation_id=conversation_id, at=now, text=sealed_text)
        .on_conflict_do_nothing(index_elements=["case_id", "conversation_id"])
        .returning(CaseSupporter.case_id)
    )
    if added is None:
        return False
    await session.execute(
        update(Case)
        .where(Case.id == case_id)
        .values(supporters=Case.supporters + 1)
        .execution_options(synchronize_session=False)
    )
    return True


async def remove_supporter(session: AsyncSession, case_id: int, conversation_id: str) -> bool:
    """Takes a citizen out of a case that they had joined; False if they had not."""
    removed = await session.scalar(
        delete(CaseSupporter)
        .where(CaseSupporter.case_id == case_id, CaseSupporter.conversation_id == conversation_id)
        .returning(CaseSupporter.case_id)
    )
    if removed is None:
        return False
    await session.execute(
        update(Case)
        .where(Case.id == case_id, Case.supporters > 0)
        .values(supporters=Case.supporters - 1)
        .execution_options(synchronize_session=False)
    )
    return True


async def seen_by(session: AsyncSession, number: str, conversation_id: str) -> tuple[Case, bool] | None:
    """The case of a tracking number, and whether this citizen has joined it."""
    # Never more than one: the number is unique.
    found = (await session.execute(_SEEN_BY, {"of_number": number, "conversation_id": conversation_id})).first()
    return None if found is None else (found[0], bool(found[1]))


async def supporters(session: AsyncSession, case_id: int) -> Sequence[str]:
    """Conversations of those who joined, in the order in which they did."""
    found = await session.scalars(
        select(CaseSupporter.conversation_id).where(CaseSupporter.case_id == case_id).order_by(CaseSupporter.id)
    )
    return found.all()


async def joined(session: AsyncSession, case_id: int) -> Sequence[tuple[str, bytes | None]]:
    """Conversation and encrypted words of those who joined, in the order in which they did."""
    found = await session.execute(
        select(CaseSupporter.conversation_id, CaseSupporter.text)
        .where(CaseSupporter.case_id == case_id)
        .order_by(CaseSupporter.id)
    )
    return [(conversation_id, text) for conversation_id, text in found]


async def merged(session: AsyncSession, number: str) -> Sequence[str]:
    """Tracking numbers of the cases that are part of the one with this number."""
    return (await session.scalars(select(Case.number).where(Case.merged_into == number).order_by(Case.id))).all()


async def by_numbers(session: AsyncSession, numbers: Sequence[str]) -> Sequence[Case]:
    """The cases of these tracking numbers, as the database has them now."""
    found = await session.scalars(
        select(Case).where(Case.number.in_(numbers)).order_by(Case.id).execution_options(populate_existing=True)
    )
    return found.all()


async def add_batch(session: AsyncSession, batch: CaseBatch, *, forget_before: datetime) -> None:
    """Keeps what a bulk assignment changed, and forgets older ones."""
    await session.execute(delete(CaseBatch).where(CaseBatch.at < forget_before))
    session.add(batch)
    await session.flush()


async def batch(session: AsyncSession, batch_id: str, *, for_change: bool = False) -> CaseBatch | None:
    """A bulk assignment; `for_change`: others who want to take it back wait."""
    return await session.get(CaseBatch, batch_id, with_for_update=for_change, populate_existing=for_change)


async def events(session: AsyncSession, case_id: int) -> Sequence[CaseEvent]:
    """What happened to a case, oldest first."""
    return (await session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id))).all()


async def files(session: AsyncSession, case_id: int) -> Sequence[str]:
    """Ids of the attached files, in the order in which they were sent."""
    found = await session.scalars(
        select(CaseFile.file_id).where(CaseFile.case_id == case_id).order_by(CaseFile.position, CaseFile.file_id)
    )
    return found.all()


async def any_to_look_at(session: AsyncSession, now: datetime) -> bool:
    """Whether the time of any case has come."""
    return bool(await session.scalar(select(exists().where(Case.look_at <= now))))


async def to_look_at(session: AsyncSession, now: datetime, limit: int) -> Sequence[Case]:
    """Cases whose time has come, the oldest first; those that another process changes now are left out."""
    found = await session.scalars(
        select(Case)
        .where(Case.look_at <= now)
        .order_by(Case.look_at, Case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return found.all()


async def forget_closed(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> tuple[int, Sequence[str]]:
    """Deletes cases that ended before then, with all that belongs to them.

    Returns:
        How many, and the ids of the files that belonged to them.
    """
    old = (Case.state.in_(ENDED), Case.changed_at < before)
    if dry:
        return await session.scalar(select(func.count()).select_from(Case).where(*old)) or 0, ()
    ids = (await session.scalars(select(Case.id).where(*old).order_by(Case.created_at).limit(limit))).all()
    attached = (await session.scalars(select(CaseFile.file_id).where(CaseFile.case_id.in_(ids)))).all()
    result = await session.execute(delete(Case).where(Case.id.in_(ids)))
    assert isinstance(result, CursorResult)  # noqa: S101  # it deletes rows
    return result.rowcount, attached


async def erase(session: AsyncSession, conversation_id: str) -> Sequence[str]:
    """Takes what a citizen wrote and gave out of their cases and unlinks them; ids of the files that were attached.

    What remains says what was complained about, where, and what came of it: figures about agents stay true.
    """
    own = select(Case.id).where(Case.conversation_id == conversation_id)
    attached = (await session.scalars(select(CaseFile.file_id).where(CaseFile.case_id.in_(own)))).all()
    await session.execute(delete(CaseFile).where(CaseFile.case_id.in_(own)))
    await session.execute(
        update(CaseEvent)
        .where(CaseEvent.case_id.in_(own), CaseEvent.actor == CITIZEN)
        .values(note=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Case)
        .where(Case.conversation_id == conversation_id)
        .values(text=None, ration_card=None, ration_card_digest=None, agent_named=None, conversation_id=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(delete(CaseSupporter).where(CaseSupporter.conversation_id == conversation_id))
    return attached


async def cards(session: AsyncSession, after_id: int, limit: int) -> Sequence[tuple[int, bytes, str | None]]:
    """The next `limit` cases with a ration card after that id: id, card, digest."""
    found = await session.execute(
        select(Case.id, Case.ration_card, Case.ration_card_digest)
        .where(Case.id > after_id, Case.ration_card.is_not(None))
        .order_by(Case.id)
        .limit(limit)
    )
    return [(case_id, card, digest) for case_id, card, digest in found if card is not None]


async def recard(session: AsyncSession, case_id: int, old: bytes, card: bytes, digest: str) -> bool:
    """Puts a ration card under another key; False if it was changed meanwhile."""
    return (
        await session.scalar(
            update(Case)
            .where(Case.id == case_id, Case.ration_card == old)
            .values(ration_card=card, ration_card_digest=digest)
            .returning(Case.id)
            .execution_options(synchronize_session=False)
        )
        is not None
    )
