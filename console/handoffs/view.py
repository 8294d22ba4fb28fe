"""What the pages of conversations show, gathered with few queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs import canned, hours, listing
from casework.handoffs.models import CannedReply, Handoff, HandoffEvent
from casework.handoffs.ports import Citizens, Line
from foundation.clock import in_baghdad
from operations.accounts import repository as accounts
from operations.accounts.models import Account, Role
from operations.accounts.person import Person

PAGE = 30
LINES = 60
"""Lines of a conversation that are shown at first, and each time older ones are asked for."""
RECENT = 12
"""Lines of a citizen among which the queue looks for their matter."""
SMALL_TALK = frozenset(
    {"greet", "goodbye", "thank", "affirm", "deny", "cancel", "help", "bot_challenge", "request_human"}
)
"""Lines of these intents tell a colleague nothing."""
TYPING_LASTS = timedelta(seconds=6)
REASONS = {"asked": "طلب موظفاً", "failures": "لم يفهمه المساعد", "anger": "منزعج", "sensitive": "موضوع حساس"}
CLOSE_REASONS = {
    "helped": "حُلّت مسألته", "case": "سُجّلت شكوى أو حُوّل إلى دائرة", "no_answer": "لم يعد يجيب",
    "outside": "خارج عمل المكتب", "abuse": "إساءة", "left": "خرج من الدور",
}  # fmt: skip
HAPPENINGS = {
    "opened": "دخول الدور", "claimed": "استلام", "lease_ended": "انقطاع الصفحة", "silent": "بلا جواب",
    "transferred": "تحويل", "returned": "إعادة إلى المساعد", "closed": "إغلاق", "left": "خروج من الدور",
    "call_back": "ترك رقماً للاتصال", "rated": "تقييم المواطن", "noted": "ملاحظة",
}  # fmt: skip
INTENTS = {
    "ask_service": "سؤال عن خدمة", "ask_documents": "المستمسكات", "ask_fee": "الرسوم", "ask_steps": "الخطوات",
    "ask_duration": "المدة", "ask_eligibility": "الشروط", "ask_link": "الرابط", "ask_contact": "الاتصال",
    "list_services": "قائمة الخدمات", "file_complaint": "شكوى", "file_suggestion": "اقتراح",
    "track_complaint": "متابعة شكوى", "get_pcr_result": "نتيجة فحص", "track_document": "متابعة كتاب",
    "request_human": "طلب موظف", "privacy": "الخصوصية", "greet": "تحية", "goodbye": "وداع", "thank": "شكر",
    "affirm": "موافقة", "deny": "رفض", "cancel": "إلغاء", "help": "مساعدة", "bot_challenge": "من أنت؟",
    "out_of_scope": "لم يفهمه",
}  # fmt: skip
KINDS = {
    "photo": "صورة", "document": "ملف", "voice": "رسالة صوتية", "video": "فيديو", "sticker": "ملصق",
    "location": "موقع", "contact": "بطاقة اتصال", "edited": "عدّل رسالة سابقة", "poll": "استطلاع", "other": "شيء آخر",
}  # fmt: skip
WORDS = {
    "reasons": REASONS, "close_reasons": CLOSE_REASONS, "happenings": HAPPENINGS, "intents": INTENTS, "kinds": KINDS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation in a list.

    Attributes:
        matter: The first of the citizen's recent lines that says something.
        last: The last one; none if it is the same, and whatever they did last where no line says anything.
    """

    handoff: Handoff
    matter: Line | None
    last: Line | None
    wanted: str
    owner: str


@dataclass(frozen=True, slots=True)
class Queue:
    """The lists of the first page."""

    waiting: Sequence[Row]
    mine: Sequence[Row]
    others: Sequence[Row]
    waits: int
    taken: int
    after: int


@dataclass(frozen=True, slots=True)
class Calls:
    """What may call a colleague who looks elsewhere; it names no citizen.

    Attributes:
        waits: Conversations in the queue.
        unanswered: Conversations of the colleague in which the citizen waits for an answer.
        newest: Grows when another conversation comes into the queue.
        written: Grows when a citizen writes in a conversation of the colleague.
    """

    waits: int
    unanswered: int
    newest: int
    written: int


@dataclass(frozen=True, slots=True)
class Colleagues:
    """To whom a conversation can be given."""

    people: Sequence[Account]
    teams: Sequence[str]


async def queue(session: AsyncSession, citizens: Citizens, person: Person, after: int) -> Queue:
    """The queue from the place `after` on, what the person holds, and what colleagues hold."""
    waiting = await listing.waiting(session, team=None, after=after, limit=PAGE)
    mine = await listing.held_by(session, person.id)
    others = await listing.held_by_others(session, person.id, PAGE)
    waits, taken = await listing.counts(session)
    every = [*waiting, *mine, *others]
    told = await citizens.recent_lines(session, [one.conversation_id for one in every], RECENT) if every else {}
    ids = {one for handoff in every for one in (handoff.wanted_id, handoff.owner_id) if one}
    names = await accounts.shown_names(session, ids) if ids else {}
    rows = [[_row(one, told, names) for one in some] for some in (waiting, mine, others)]
    return Queue(rows[0], rows[1], rows[2], waits=waits, taken=taken, after=after)


async def calls(session: AsyncSession, citizens: Citizens, account_id: str) -> Calls:
    """What calls this colleague now."""
    waits, _ = await listing.counts(session)
    mine = await listing.held_by(session, account_id)
    unanswered = {one.conversation_id: one.claimed_at for one in mine if one.citizen_at is not None}
    last = await citizens.last_lines(session, list(unanswered)) if unanswered else {}
    written = [line.id for talk, line in last.items() if (since := unanswered[talk]) is None or line.at > since]
    return Calls(waits, len(unanswered), await listing.newest_call(session, account_id), max(written, default=0))


def _row(handoff: Handoff, told: Mapping[str, Sequence[Line]], names: Mapping[str, str]) -> Row:
    lines = told.get(handoff.conversation_id, ())
    saying = [line for line in lines if says_something(line)]
    last = (saying or lines)[-1] if lines else None
    matter = saying[0] if saying else None
    return Row(
        handoff,
        matter,
        None if last is matter else last,
        names.get(handoff.wanted_id or "", ""),
        names.get(handoff.owner_id or "", ""),
    )


def says_something(line: Line) -> bool:
    return not line.pressed and line.understood not in SMALL_TALK and len(line.text.split()) > 1


async def colleagues(session: AsyncSession, person: Person) -> Colleagues:
    """All but the person."""
    people = [one for one in await accounts.enabled_with(session, Role.AGENT) if one.id != person.id]
    return Colleagues(people, sorted({one.team for one in people if one.team}))


async def history(session: AsyncSession, handoff_id: int) -> Sequence[tuple[HandoffEvent, str]]:
    """The history with the names of those who acted."""
    events = await listing.history(session, handoff_id)
    names = await accounts.shown_names(session, {event.account_id for event in events if event.account_id})
    return [(event, names.get(event.account_id or "", "")) for event in events]


async def replies(
    session: AsyncSession, person: Person, handoff: Handoff, now: datetime
) -> Sequence[tuple[CannedReply, str]]:
    """The canned replies, filled in for this conversation."""
    opens = (await hours.calendar(session)).opens_next(now)
    values = {
        "اسمي": person.shown_name,
        "الموضوع": handoff.topic_title or "طلبك",
        "التحية": "صباح الخير" if in_baghdad(now).hour < 12 else "مساء الخير",
        "الدوام": hours.show_opening(opens) if opens else "في أول يوم دوام",
    }
    return [(reply, canned.filled(reply.text, values)) for reply in await canned.listed(session)]


def types(at: datetime | None, now: datetime) -> bool:
    """Whether somebody who typed at `at` is typing still."""
    return at is not None and now - at < TYPING_LASTS
