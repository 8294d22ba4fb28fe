"""A case as its citizen reads it, and as others do."""

from casework.cases import life, numbers, repository, wording
from casework.cases.directory import finding
from casework.cases.directory import repository as directory
from casework.cases.life import OPEN
from casework.cases.models import Case, CaseEvent, Kind, State, What
from casework.cases.office import Office
from casework.cases.service import Seen
from casework.cases.telling import HANDLER, ending_choices, may_rate
from casework.dialogues.forms import Choice, Prompt
from casework.places import atlas
from foundation.clock import in_baghdad, show_date

EVENTS_MAX = 8
_EVENTS = {
    What.FILED: "وصلت",
    What.REOPENED: "أعدت فتحها",
    What.WITHDRAWN: "سحبتها",
    What.ESCALATED: "تأخرت، فأُبلغ المسؤول الأعلى",
}


async def show(office: Office, seen: Seen) -> Prompt:
    """All of it for the one who filed it; where it stands, for others. Sample cases are nobody's: all may see them."""
    if seen.mine or seen.case.sample:
        return await _whole(office, seen)
    return _others(seen)


def short(case: Case) -> str:
    """A case in one line: number, subject, state."""
    kind = wording.KINDS[Kind(case.kind)]
    return f"{numbers.show(case.number)}: {kind}، {wording.state_name(case.kind, case.state)}"


async def _whole(office: Office, seen: Seen) -> Prompt:
    case = seen.case
    lines = [f"{wording.noun(case.kind)} رقم {numbers.show(case.number)}"]
    if not seen.mine:
        lines = [f"{_noun(case)} رقم {numbers.show(case.number)} (نموذج للتجربة)"]
    lines.append(f"الموضوع: {wording.KINDS[Kind(case.kind)]}")
    if place := atlas.label(case.governorate, case.district):
        lines.append(f"المكان: {place}")
    if about := await _about(office, case):
        lines.append(f"الوكيل أو المركز: {about}")
    lines += _standing(case)
    if case.supporters:
        lines.append(f"انضم إليها: {case.supporters}")
    lines.append("ما جرى:")
    told = [line for event in await repository.events(office.session, case.id) if (line := _event(case, event))]
    lines += told[-EVENTS_MAX:]
    if not seen.mine:
        return Prompt("\n".join(lines), personal=True)
    if case.state in OPEN:
        return Prompt("\n".join(lines), (_withdrawal(case),), personal=True)
    if life.may_reopen(case, office.now, office.settings) and (until := life.reopen_until(case, office.settings)):
        said = wording.changed_mind if case.state == State.WITHDRAWN else wording.reopen_offer
        lines.append(said(until))
    if may_rate(case):
        lines.append(wording.RATE)
    return Prompt("\n".join(lines), ending_choices(case, office), personal=True)


def _withdrawal(case: Case) -> Choice:
    title = "اسحب مقترحي" if case.kind == Kind.SUGGESTION else "اسحب شكواي"
    return Choice(title, f"do:{HANDLER}:withdraw:{case.number}")


def _others(seen: Seen) -> Prompt:
    case = seen.case
    head = f"{_noun(case)} رقم {numbers.show(case.number)}: {wording.state_name(case.kind, case.state)}."
    if seen.joined:
        return Prompt("\n".join((head, *_standing(case)[1:])))
    return Prompt(f"{head}\nالتفاصيل تظهر في المحادثة التي قُدمت منها فقط.")


def _noun(case: Case) -> str:
    return "المقترح" if case.kind == Kind.SUGGESTION else "الشكوى"


def _standing(case: Case) -> list[str]:
    lines = [f"الحالة: {wording.state_name(case.kind, case.state)}"]
    if case.state in OPEN and case.due_at is not None:
        lines.append(f"موعد الخطوة التالية: قبل {wording.moment(case.due_at)}")
    if case.merged_into is not None:
        lines.append(f"ضُمت إلى: {numbers.show(case.merged_into)}")
    if outcome := wording.outcome_line(case):
        lines.append(outcome)
    return lines


async def _about(office: Office, case: Case) -> str | None:
    if case.agent_id is not None and (agent := await directory.agent(office.session, case.agent_id)):
        return finding.label(agent)
    if case.centre_id is not None and (centre := await directory.centre(office.session, case.centre_id)):
        return finding.label(centre)
    return office.opened(case.agent_named)


def _event(case: Case, event: CaseEvent) -> str | None:
    what = What(event.what)
    if what == What.MOVED and event.to_state is not None:
        said = wording.state_name(case.kind, State(event.to_state))
    elif what in _EVENTS:
        said = _EVENTS[what]
    else:
        return None
    return f"• {show_date(in_baghdad(event.at).date())}: {said}"
