"""What is done with a case: its next state, a note, a letter to the citizen, merging it with another."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from casework.cases import merging, service
from casework.cases.life import IllegalMoveError
from casework.cases.models import Case, Measure, State
from casework.cases.office import Office
from casework.cases.service import NotAllowedError, StaleCaseError
from console.cases import scope, view
from console.cases.scope import CASES, Officer
from console.web.deps import deps_of
from console.web.errors import RefusedError
from console.web.flash import done
from console.web.templates import plain
from foundation.database import transaction
from operations.accounts.sessions import Entered
from operations.audit import repository as audit
from operations.audit.models import Action

router = APIRouter(prefix="/cases/{number}")
TEXT_MAX_CHARS = 2000
Text = Annotated[str, Form(max_length=TEXT_MAX_CHARS * 2)]
Field = Annotated[str, Form(max_length=100)]
STALE = "غيّر زميل هذه الشكوى قبل لحظة. هذا آخر حال؛ راجعه ثم حاول."
REFUSED = "هذه الخطوة لا تناسب حال الشكوى الآن."
SAID = {
    State.ASSIGNED: "أُسندت، وأُخبر المواطن.",
    State.UNDER_INVESTIGATION: "بدأ التحقيق، وأُخبر المواطن.",
    State.UPHELD: "سُجّل أنها ثبتت، وأُخبر المواطن بالنتيجة.",
    State.NOT_UPHELD: "سُجّل أنها لم تثبت، وأُخبر المواطن بالنتيجة.",
    State.CLOSED: "أُغلقت، وأُخبر المواطن.",
}


@router.post("/move")
async def move(
    request: Request,
    entered: Officer,
    number: str,
    to: Field = "",
    version: Field = "",
    assignee: Field = "",
    measure: Field = "",
    note: Text = "",
    message: Text = "",
) -> Response:
    """Brings the case to its next state."""
    state = State(to) if to in set(State) else None
    if state is None:
        return done(request, f"{CASES}/{number}", REFUSED, kind="bad")

    async def work(office: Office, case: Case) -> str:
        if str(case.version) != version:
            raise StaleCaseError
        if state is State.ASSIGNED and assignee not in await scope.officers(office.session, case.governorate):
            return "اختر موظفاً مسؤولاً عن هذه المحافظة."
        needs = state is State.UPHELD and case.kind != "suggestion"
        if needs and measure not in set(Measure):
            return "اختر الإجراء."
        await service.move(
            office,
            case,
            state,
            entered.person.name,
            assignee=assignee if state is State.ASSIGNED else None,
            measure=Measure(measure) if needs else None,
            note=plain(note)[:TEXT_MAX_CHARS],
            message=plain(message)[:TEXT_MAX_CHARS],
        )
        return ""

    return await _act(request, entered, number, work, SAID[state], state.value)


@router.post("/note")
async def note(request: Request, entered: Officer, number: str, text: Text = "") -> Response:
    """Notes something for the staff."""

    async def work(office: Office, case: Case) -> str:
        said = plain(text)[:TEXT_MAX_CHARS]
        if not said:
            return "اكتب الملاحظة أولاً."
        await service.note(office, case, entered.person.name, said)
        return ""

    return await _act(request, entered, number, work, "حُفظت الملاحظة.", "note")


@router.post("/letter")
async def letter(request: Request, entered: Officer, number: str, text: Text = "") -> Response:
    """Writes to the citizen, in the conversation in which the case was filed."""

    async def work(office: Office, case: Case) -> str:
        said = plain(text)
        if not said:
            return "اكتب الرسالة أو اختر نصاً جاهزاً."
        if len(said) > TEXT_MAX_CHARS:
            return f"الرسالة أطول من {TEXT_MAX_CHARS} حرف."
        if case.conversation_id is None:
            return "لا محادثة لهذه الشكوى: قُدمت من جهة أخرى أو حذف المواطن بياناته."
        await service.note(office, case, entered.person.name, "", said)
        return ""

    return await _act(request, entered, number, work, "أُرسلت إلى المواطن.", "letter")


@router.post("/merge")
async def merge(request: Request, entered: Officer, number: str, into: Field = "") -> Response:
    """Makes this case part of another that is about the same thing."""

    async def work(office: Office, case: Case) -> str:
        try:
            other = await scope.found(office.session, into, entered.person)
        except RefusedError as error:
            return error.text
        await merging.merge(office, case, other, entered.person.name)
        return ""

    return await _act(request, entered, number, work, "ضُمت إلى الشكوى الأخرى، وأُخبر المواطن.", "merge")


async def _act(
    request: Request,
    entered: Entered,
    number: str,
    work: Callable[[Office, Case], Awaitable[str]],
    said: str,
    what: str,
) -> Response:
    """Does it in one transaction, audited; a sentence that `work` returns says why not."""
    deps = deps_of(request)
    address = f"{CASES}/{number}"
    try:
        async with transaction(deps.sessions) as session:
            office = scope.office_of(request, session)
            case = await scope.found(session, number, entered.person)
            if refused := await work(office, case):
                return done(request, address, refused, kind="bad")
            await audit.add(
                session,
                entered.person.name,
                Action.CASE_CHANGE,
                office.now,
                subject=view.subject_of(case),
                details={"what": what},
            )
    except StaleCaseError:
        return done(request, address, STALE, kind="bad")
    except (IllegalMoveError, NotAllowedError):
        return done(request, address, REFUSED, kind="bad")
    return done(request, address, said)
