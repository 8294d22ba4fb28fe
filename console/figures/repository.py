"""The figures of how we do. Each is defined here, once, in SQL, beside the sentence that the page shows.

The transcript is the channels' own table: it is only read here, through the few columns that are counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, ColumnElement, String, case, column, func, literal, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases.models import Case
from casework.handoffs.models import HANDOFFS, Handoff
from catalog.models import Service
from catalog.unanswered.models import Unanswered
from console.figures.sql import hour, middle, seconds
from foundation.clock import in_baghdad
from foundation.database import UtcDateTime

MESSAGES: Final = table(
    "messages",
    column("id", BigInteger),
    column("conversation_id", String),
    column("author", String),
    column("body", JSON),
    column("created_at", UtcDateTime()),
)
NOT_UNDERSTOOD: Final = "out_of_scope"
DEFINITIONS: Final[Mapping[str, str]] = {
    "messages": "رسائل المواطنين في المدة: نص أو زر أو صورة أو غيرها.",
    "conversations": "المحادثات التي كتب فيها المواطن مرة واحدة على الأقل في المدة.",
    "understood": "الرسائل النصية التي فهم المساعد قصدها، من كل نص عُرض عليه.",
    "unanswered": "الرسائل النصية التي لم يفهمها المساعد أو كانت خارج عمله.",
    "questions": "أسئلة مختلفة بلا جواب في الدليل، كُتبت آخر مرة في المدة.",
    "handoffs": "مرات تحويل محادثة إلى موظف في المدة.",
    "first_reply": "الوسيط من دخول الدور إلى أول سطر يكتبه موظف، لما حُوّل في المدة.",
    "handoff_resolution": "الوسيط من دخول الدور إلى الإغلاق أو الإعادة إلى المساعد، لما حُوّل في المدة وانتهى.",
    "case_resolution": "الوسيط من تقديم الشكوى إلى القرار، لما قُرر في المدة. التجريبية لا تُحسب.",
    "handoff_rating": "متوسط تقييم المواطنين لمحادثاتهم مع الموظفين، من 5، لما حُوّل في المدة.",
    "case_rating": "متوسط تقييم المواطنين لمعالجة شكاواهم، من 5، لما قُرر في المدة.",
}
"""What each figure means, as the page says it."""


@dataclass(frozen=True, slots=True)
class Volume:
    """`messages`, `conversations`, `understood`, `unanswered`; `asked`: texts that the assistant was asked."""

    messages: int
    conversations: int
    asked: int
    understood: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Middle:
    """A median in seconds of so many; None of none."""

    count: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Rating:
    """A mean from 1 to 5 of so many; None of none."""

    count: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """Handoffs of one service, agency or reason."""

    key: str
    handoffs: int
    first_reply: float | None
    """Median seconds."""
    resolution: float | None
    rating: float | None


async def first_message(session: AsyncSession, since: datetime) -> int:
    """The id of the first message since then; found by halves on the key, however many there are."""
    low = await session.scalar(select(func.min(MESSAGES.c.id))) or 0
    high = (await session.scalar(select(func.max(MESSAGES.c.id))) or 0) + 1
    while low < high:
        half = (low + high) // 2
        at = await session.scalar(
            select(MESSAGES.c.created_at).where(MESSAGES.c.id >= half).order_by(MESSAGES.c.id).limit(1)
        )
        if at is None or at >= since:
            high = half
        else:
            low = half + 1
    return low


async def volume(session: AsyncSession, first: int) -> Volume:
    """The figures of messages from the one with id `first` on."""
    intent = MESSAGES.c.body["intent"].as_string()
    found = await session.execute(
        select(
            func.count(),
            func.count(MESSAGES.c.conversation_id.distinct()),
            func.count(intent),
            func.coalesce(func.sum(case((intent != NOT_UNDERSTOOD, 1), else_=0)), 0),
            func.coalesce(func.sum(case((intent == NOT_UNDERSTOOD, 1), else_=0)), 0),
        ).where(MESSAGES.c.id >= first, MESSAGES.c.author == "citizen")
    )
    return Volume(*found.one())


async def by_hour(session: AsyncSession, first: int) -> Sequence[tuple[int, int, int]]:
    """`messages` and `unanswered` by the hour in Baghdad; all 24."""
    at = hour(session, MESSAGES.c.created_at).label("hour")
    intent = MESSAGES.c.body["intent"].as_string()
    found = await session.execute(
        select(at, func.count(), func.coalesce(func.sum(case((intent == NOT_UNDERSTOOD, 1), else_=0)), 0))
        .where(MESSAGES.c.id >= first, MESSAGES.c.author == "citizen")
        .group_by(at)
    )
    counts = {int(one): (int(all_of_it), int(lost)) for one, all_of_it, lost in found}
    return [(one, *counts.get(one, (0, 0))) for one in range(24)]


async def by_intent(session: AsyncSession, first: int) -> Sequence[tuple[str, int]]:
    """`understood` by what the citizen wanted, most often first."""
    intent = MESSAGES.c.body["intent"].as_string().label("intent")
    found = await session.execute(
        select(intent, func.count())
        .where(MESSAGES.c.id >= first, MESSAGES.c.author == "citizen", intent.is_not(None), intent != NOT_UNDERSTOOD)
        .group_by(intent)
        .order_by(func.count().desc())
    )
    return [(str(one), int(count)) for one, count in found]


async def questions(session: AsyncSession, since: datetime) -> int:
    """`questions`."""
    wanted = select(func.count()).select_from(Unanswered).where(Unanswered.last_day >= in_baghdad(since).date())
    return await session.scalar(wanted) or 0


async def handoffs(session: AsyncSession, since: datetime) -> tuple[Middle, Middle, Rating, int]:
    """`first_reply`, `handoff_resolution`, `handoff_rating`, and `handoffs`."""
    (whole,) = await by_group(session, since, literal("")) or [Group("", 0, None, None, None)]
    opened = (Handoff.opened_at >= since,)
    reply = (await session.execute(middle(_first_reply(session), opened, literal("")))).first()
    ended = (await session.execute(middle(_resolution(session), opened, literal("")))).first()
    rated = (await session.execute(select(func.count(Handoff.rating)).where(*opened))).scalar_one()
    return _middle(reply), _middle(ended), Rating(rated, whole.rating), whole.handoffs


async def by_group(session: AsyncSession, since: datetime, by: ColumnElement[Any]) -> Sequence[Group]:
    """Handoffs by something, most first."""
    opened = (Handoff.opened_at >= since,)
    counted = await session.execute(
        select(by.label("by"), func.count(), func.avg(Handoff.rating)).where(*opened).group_by("by")
    )
    replies = {row[0]: float(row[2]) for row in await session.execute(middle(_first_reply(session), opened, by))}
    ends = {row[0]: float(row[2]) for row in await session.execute(middle(_resolution(session), opened, by))}
    groups = [
        Group(str(key or ""), count, replies.get(key), ends.get(key), None if mean is None else round(float(mean), 1))
        for key, count, mean in counted
    ]
    return sorted(groups, key=lambda one: (-one.handoffs, one.key))


SERVICE: Final[ColumnElement[Any]] = HANDOFFS.c.topic_title
AGENCY: Final[ColumnElement[Any]] = (
    select(Service.agency).where(Service.code == HANDOFFS.c.topic).correlate(HANDOFFS).scalar_subquery()
)
REASON: Final[ColumnElement[Any]] = HANDOFFS.c.reason


async def cases(session: AsyncSession, since: datetime) -> tuple[Middle, Rating]:
    """`case_resolution` and `case_rating`."""
    decided = (Case.decided_at >= since, Case.sample.is_(False), Case.merged_into.is_(None))
    found = (await session.execute(middle(Case.resolution_seconds, decided, literal("")))).first()
    rated, mean = (await session.execute(select(func.count(Case.rating), func.avg(Case.rating)).where(*decided))).one()
    return _middle(found), Rating(rated, None if mean is None else round(float(mean), 1))


def _first_reply(session: AsyncSession) -> ColumnElement[Any]:
    reply = (
        select(func.min(MESSAGES.c.created_at))
        .where(
            MESSAGES.c.conversation_id == HANDOFFS.c.conversation_id,
            MESSAGES.c.author == "agent",
            MESSAGES.c.created_at >= HANDOFFS.c.opened_at,
        )
        .correlate(HANDOFFS)
        .scalar_subquery()
    )
    return seconds(session, reply, HANDOFFS.c.opened_at)


def _resolution(session: AsyncSession) -> ColumnElement[Any]:
    return seconds(session, HANDOFFS.c.ended_at, HANDOFFS.c.opened_at)


def _middle(found: Any) -> Middle:
    return Middle(0, None) if found is None else Middle(int(found[1]), float(found[2]))
