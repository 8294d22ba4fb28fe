"""SQL of the lines without an answer."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import cast

from sqlalchemy import Date, Executable, String, Table, bindparam, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.unanswered.models import Outcome, State, Unanswered
from foundation.statements import Insert, Statement

IDS_A_QUERY = 500


_LINES = cast(Table, Unanswered.__table__)


def _counting(statement: Insert) -> Executable:
    today = bindparam("today", type_=Date())
    last = {name: bindparam(name, type_=String()) for name in ("outcome", "nearest", "guess")}
    first = {"digest": bindparam("digest"), "text": bindparam("text"), "count": 1, "days": 1, "first_day": today}
    return statement.values(**first, **last, last_day=today, state=State.OPEN.value).on_conflict_do_update(
        index_elements=["digest"],
        set_={
            **last,
            "count": _LINES.c.count + 1,
            "days": _LINES.c.days + case((_LINES.c.last_day < today, 1), else_=0),
            "last_day": today,
        },
    )


_NOTE = Statement.inserting(_LINES, _counting)


async def note(
    session: AsyncSession, digest: str, text: str, outcome: Outcome, nearest: str, guess: str, today: date
) -> None:
    """Counts a line; one that was handled and comes again stays handled."""
    await _NOTE.rows(
        session, digest=digest, text=text, outcome=outcome.value, nearest=nearest, guess=guess, today=today
    )


async def open_lines(session: AsyncSession, limit: int) -> Sequence[Unanswered]:
    """The lines to be looked at, the most frequent first."""
    wanted = (
        select(Unanswered)
        .where(Unanswered.state == State.OPEN)
        .order_by(Unanswered.count.desc(), Unanswered.last_day.desc(), Unanswered.id)
        .limit(limit)
    )
    return (await session.scalars(wanted)).all()


async def count_open(session: AsyncSession) -> int:
    """How many lines are to be looked at."""
    wanted = select(func.count()).select_from(Unanswered).where(Unanswered.state == State.OPEN)
    return await session.scalar(wanted) or 0


async def some(session: AsyncSession, ids: Sequence[int]) -> Sequence[Unanswered]:
    """These lines, if they are still open."""
    wanted = select(Unanswered).where(Unanswered.id.in_(ids), Unanswered.state == State.OPEN)
    return (await session.scalars(wanted.order_by(Unanswered.count.desc(), Unanswered.id).with_for_update())).all()


async def handle(session: AsyncSession, ids: Sequence[int], state: State, became: str, who: str, now: datetime) -> None:
    """The lines are dealt with."""
    await session.execute(
        update(Unanswered)
        .where(Unanswered.id.in_(ids))
        .values(state=state, became=became, handled_by=who, handled_at=now)
    )


async def purge(session: AsyncSession, before: date) -> None:
    """Forgets lines that nobody typed since."""
    await session.execute(delete(Unanswered).where(Unanswered.last_day < before))


async def trim(session: AsyncSession, keep: int, limit: int = 5000) -> None:
    """Forgets the rarest lines beyond `keep`, so that whoever types nonsense by the thousand fills nothing."""
    beyond = (
        select(Unanswered.id)
        .order_by(Unanswered.count.desc(), Unanswered.last_day.desc(), Unanswered.id.desc())
        .offset(keep)
        .limit(limit)
    )
    ids = list(await session.scalars(beyond))
    for start in range(0, len(ids), IDS_A_QUERY):
        await session.execute(delete(Unanswered).where(Unanswered.id.in_(ids[start : start + IDS_A_QUERY])))
