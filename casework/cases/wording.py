"""What cases, states and measures are called, and what citizens are told of theirs. Plain words, nothing promised
that the settings do not hold."""

from datetime import datetime
from typing import Final

from casework.cases.models import Case, Kind, Measure, State
from casework.cases.numbers import show
from foundation.clock import in_baghdad, show_date

KINDS: Final[dict[Kind, str]] = {
    Kind.EXTRA_MONEY: "أخذ مبلغ زائد",
    Kind.QUANTITY: "نقص في الحصة",
    Kind.QUALITY: "مواد رديئة",
    Kind.DELAY: "تأخير في التوزيع",
    Kind.SALE: "بيع المواد",
    Kind.BEHAVIOUR: "سوء معاملة",
    Kind.AGENT: "مخالفة من الوكيل",
    Kind.OTHER: "شيء آخر",
    Kind.SUGGESTION: "مقترح",
}
STATES: Final[dict[State, str]] = {
    State.RECEIVED: "وصلت ولم يستلمها موظف بعد",
    State.ASSIGNED: "عند موظف مختص",
    State.UNDER_INVESTIGATION: "قيد التحقيق",
    State.UPHELD: "ثبتت صحتها",
    State.NOT_UPHELD: "لم تثبت",
    State.CLOSED: "مغلقة",
    State.WITHDRAWN: "سحبها صاحبها",
}
SUGGESTION_STATES: Final[dict[State, str]] = {
    State.RECEIVED: "وصل ولم يستلمه موظف بعد",
    State.ASSIGNED: "عند موظف مختص",
    State.UNDER_INVESTIGATION: "قيد الدراسة",
    State.UPHELD: "قُبل",
    State.NOT_UPHELD: "لم يُقبل",
    State.CLOSED: "مغلق",
    State.WITHDRAWN: "سحبه صاحبه",
}
MEASURES: Final[dict[Measure, str]] = {
    Measure.WARNING: "إنذار الوكيل",
    Measure.FINE: "غرامة على الوكيل",
    Measure.REFUND: "إعادة المبلغ إلى صاحبه",
    Measure.REPLACEMENT: "تعويض المواد",
    Measure.SUSPENSION: "إيقاف الوكيل مؤقتاً",
    Measure.WITHDRAWAL: "سحب الوكالة",
    Measure.REFERRAL: "إحالة إلى القضاء",
    Measure.OTHER: "إجراء آخر",
}


def moment(at: datetime) -> str:
    """A moment as citizens read it, for example ``2026/11/23 الساعة 14:05``."""
    there = in_baghdad(at)
    return f"{show_date(there.date())} الساعة {there.hour:02d}:{there.minute:02d}"


def noun(kind: Kind) -> str:
    """«شكواك» or «مقترحك»."""
    return "مقترحك" if kind == Kind.SUGGESTION else "شكواك"


def state_name(kind: Kind, state: State) -> str:
    """Where a case of this kind stands, in words."""
    return (SUGGESTION_STATES if kind == Kind.SUGGESTION else STATES)[State(state)]


def outcome_line(case: Case) -> str | None:
    """What came of a decided or closed case; None before that."""
    if case.outcome is None:
        return None
    line = f"النتيجة: {state_name(case.kind, case.outcome)}."
    if case.measure is not None and case.measure != Measure.OTHER:
        line += f" الإجراء: {MEASURES[Measure(case.measure)]}."
    return line


def moved(case: Case, due_at: datetime | None) -> str:
    """Told to the citizen when the case has come to its present state."""
    head = f"{noun(case.kind)} رقم {show(case.number)}:"
    complaint = case.kind != Kind.SUGGESTION
    by = "" if due_at is None else moment(due_at)
    match case.state:
        case State.RECEIVED:
            body = "أُعيد فتحها، وستُسلَّم إلى موظف." if complaint else "أُعيد فتحه، وسيُسلَّم إلى موظف."
        case State.ASSIGNED:
            body = "صارت عند موظف مختص." if complaint else "صار عند موظف مختص."
            body += f" يبدأ العمل قبل {by}."
        case State.UNDER_INVESTIGATION:
            body = "بدأ التحقيق." if complaint else "بدأت دراسته."
            body += f" موعد النتيجة: قبل {by}."
        case State.UPHELD:
            body = "انتهى التحقيق، وثبت أن شكواك صحيحة." if complaint else "دُرس مقترحك وقُبل."
            if case.measure is not None and case.measure != Measure.OTHER:
                body += f"\nالإجراء: {MEASURES[Measure(case.measure)]}."
        case State.NOT_UPHELD:
            body = "انتهى التحقيق، ولم تثبت الشكوى." if complaint else "دُرس مقترحك ولم يُقبل."
        case _:
            body = "أُغلقت." if complaint else "أُغلق."
    return f"{head}\n{body}"


def reopen_offer(until: datetime) -> str:
    """Said beside the button."""
    return f"إن لم تكن راضياً عن النتيجة، فأعد فتحها حتى {moment(until)}."


def changed_mind(until: datetime) -> str:
    """Said beside the button, to who has taken a case back."""
    return f"إن غيّرت رأيك، فأعد فتحها حتى {moment(until)}."


def escalated(case: Case) -> str:
    """Told once in each state, when its deadline has passed."""
    late = "تأخر" if case.kind == Kind.SUGGESTION else "تأخرت"
    return f"{noun(case.kind)} رقم {show(case.number)}:\n{late} عن الموعد. نعتذر. أبلغنا المسؤول الأعلى بذلك."


def from_staff(message: str) -> str:
    """What a member of staff wrote to the citizen."""
    return f"رسالة من الموظف: {message}"


def merged(case: Case, into: Case) -> str:
    """Told to those whose case goes on as another one."""
    joined = "ضُم مقترحك إلى مقترح آخر" if case.kind == Kind.SUGGESTION else "ضُمت شكواك إلى شكوى أخرى"
    head = f"{noun(case.kind)} رقم {show(case.number)}:"
    return f"{head}\n{joined} عن الموضوع نفسه، رقم {show(into.number)}. نخبرك هنا بكل ما يجري."


RATE: Final = "كيف كان تعاملنا مع الأمر؟ 1 سيئ، 5 ممتاز."
REOPEN: Final = "أعد فتحها"
