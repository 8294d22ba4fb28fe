"""What happens to a case is written down, told to the citizen in order, and to other systems without personal data."""

from casework.cases import repository, wording
from casework.cases.life import reopen_until
from casework.cases.models import Case, CaseEvent, Measure, State, What
from casework.cases.numbers import show
from casework.cases.office import Office
from casework.dialogues.forms import Choice, Prompt
from casework.notices import service as notices
from operations.events import service as events

HANDLER = "case"
"""Buttons of cases are `do:case:<what>:<number>…`, see `casework.cases.buttons`."""

JOINED = "عن الشكوى التي انضممت إليها، رقم"


async def record(
    office: Office,
    case: Case,
    what: What,
    actor: str,
    *,
    from_state: State | None = None,
    measure: Measure | None = None,
    note: str = "",
    public: str | None = None,
    choices: tuple[Choice, ...] = (),
) -> CaseEvent:
    """Adds an event to the case as it is now, and tells what it says.

    Args:
        office: The transaction.
        case: As changed.
        what: What happened.
        actor: Who did it.
        from_state: The state before, where it changed.
        measure: The measure taken.
        note: For staff only.
        public: For the citizen, and for those who joined; None if they need not know.
        choices: Buttons for the one who filed the case.
    """
    event = CaseEvent(
        case_id=case.id,
        at=office.now,
        actor=actor,
        what=what,
        from_state=from_state,
        to_state=None if from_state is None and what is not What.FILED else case.state,
        measure=measure,
        note=office.sealed(note),
        public=public,
    )
    office.session.add(event)
    await office.session.flush()
    if public is not None:
        await _tell(office, case, event, public, choices)
    await events.add(
        office.session,
        f"case.{what.value}",
        f"case/{case.id}",
        {
            "kind": case.kind,
            "governorate": case.governorate,
            "district": case.district,
            "state": case.state,
            "outcome": case.outcome,
            "measure": case.measure,
            "escalations": case.escalations,
            "supporters": case.supporters,
            "sample": case.sample,
        },
        office.now,
    )
    return event


def ending_choices(case: Case, office: Office) -> tuple[Choice, ...]:
    """Buttons under a decision: reopening while it is possible, and the rating."""
    reopening = (
        (Choice(wording.REOPEN, f"do:{HANDLER}:reopen:{case.number}"),)
        if reopen_until(case, office.settings) is not None
        else ()
    )
    rating = (
        tuple(Choice(str(stars), f"do:{HANDLER}:rate:{case.number}:{stars}") for stars in range(1, 6))
        if may_rate(case)
        else ()
    )
    return reopening + rating


def may_rate(case: Case) -> bool:
    """Whether the citizen is asked how content they are: once, with what was decided."""
    return case.rating is None and case.state != State.WITHDRAWN


async def _tell(office: Office, case: Case, event: CaseEvent, public: str, choices: tuple[Choice, ...]) -> None:
    key = notice_key(case.id, event.id)
    # Who does something in the chat reads of it there at once.
    if case.conversation_id is not None and event.actor != repository.CITIZEN:
        prompt = Prompt(public, choices)
        await _add(office, case.conversation_id, prompt, key)
    for conversation_id in await repository.supporters(office.session, case.id):
        prompt = Prompt(f"{JOINED} {show(case.number)}.\n{public}")
        await _add(office, conversation_id, prompt, key)


def notice_key(case_id: int, event_id: int) -> str:
    """The key of what citizens are told of an event."""
    return f"case:{case_id}:{event_id}"


async def _add(office: Office, conversation_id: str, prompt: Prompt, key: str) -> None:
    await notices.add(
        office.session, conversation_id, prompt, office.now, key=key, keys=office.keys, not_before=office.tell_from
    )
