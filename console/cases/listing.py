"""The list of cases, and giving many of them to somebody."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from arabic.plural import Noun
from casework.cases import bulk, numbers, repository
from casework.cases.browse import repository as browse
from casework.cases.service import StaleCaseError
from console.cases import scope, wanted
from console.cases.scope import CASES, Officer
from console.cases.words import WORDS
from console.web.deps import deps_of
from console.web.errors import RefusedError
from console.web.flash import done
from console.web.templates import page
from foundation.database import transaction
from operations.accounts import repository as accounts
from operations.audit import repository as audit
from operations.audit.models import Action

router = APIRouter(prefix="/cases")
PAGE = 40
CASE = Noun("لا شكاوى", "شكوى واحدة", "شكويان", "شكاوى", "شكوى", "شكوى")
Text = Annotated[str, Form(max_length=500)]
Several = Annotated[list[str], Form(max_length=browse.PAGE_MAX)]


@router.get("")
async def show(
    request: Request,
    entered: Officer,
    number: Annotated[str, Query(max_length=80)] = "",
    batch: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """The list; a tracking number leads to its case."""
    deps = deps_of(request)
    if number.strip():
        typed = numbers.find(number)
        if typed.number is None:
            return done(request, CASES, "رقم المتابعة عشرة أرقام، مثل R-123-456-7894. تأكد منه.", kind="bad")
        return done(request, f"{CASES}/{typed.number}")
    now = deps.clock()
    async with deps.sessions() as session:
        asked = await wanted.read(session, request.query_params, entered.person, now)
        reads = browse.most_urgent if asked.urgent else browse.newest
        rows = await reads(session, asked.filter, PAGE + 1, asked.after)
        count = await browse.count(session, asked.filter)
        names = await accounts.shown_by_name(session, {row.assignee for row in rows if row.assignee})
        officers = await scope.officers(session, asked.filter.governorate)
        given = await repository.batch(session, batch) if batch else None
    undoes = given is not None and given.actor == entered.person.name and given.undone_at is None
    return page(
        request,
        "cases/list.html",
        rows=rows[:PAGE],
        count=CASE.count(count) if count <= browse.COUNT_MAX else f"أكثر من {CASE.count(browse.COUNT_MAX)}",
        next_page=asked.next_page(CASES, rows[PAGE - 1]) if len(rows) > PAGE else "",
        first_page=asked.address(CASES) if asked.after else "",
        asked=asked,
        choices=wanted.choices(asked, entered.person),
        names=names,
        officers=officers,
        back=asked.address(CASES),
        undo=given if undoes and given is not None and now < given.undo_until else None,
        case_noun=CASE,
        words=WORDS,
    )


@router.post("/assign")
async def assign(
    request: Request,
    entered: Officer,
    to: Text = "",
    back: Text = CASES,
    number: Several = [],  # noqa: B006  # read only
) -> Response:
    """Gives the ticked cases to somebody; citizens hear of it when it cannot be taken back any more."""
    deps = deps_of(request)
    back = _own(back)
    if not number:
        return done(request, back, "اختر شكوى واحدة على الأقل.", kind="bad")
    try:
        async with transaction(deps.sessions) as session:
            office = scope.office_of(request, session)
            cases = [
                case
                for case in await repository.by_numbers(session, number[: browse.PAGE_MAX])
                if scope.may_see(entered.person, case)
            ]
            for place in {case.governorate for case in cases}:
                if to not in await scope.officers(session, place):
                    raise RefusedError("اختر موظفاً مسؤولاً عن محافظات الشكاوى كلها.", 422)
            batch = await bulk.assign(office, cases, to, entered.person.name)
            details = {"to": to, "cases": len(batch.before)}
            subject = f"cases/{batch.id}"
            await audit.add(
                session, entered.person.name, Action.CASE_CHANGE, office.now, subject=subject, details=details
            )
    except StaleCaseError:
        return done(request, back, "غيّر زميل إحدى هذه الشكاوى قبل لحظة. لم يُسند شيء؛ حاول من جديد.", kind="bad")
    except RefusedError as error:
        return done(request, back, error.text, kind="bad")
    if not batch.before:
        return done(request, back, "لا يمكن إسناد هذه الشكاوى: صدر القرار فيها.", kind="bad")
    left = len(number) - len(batch.before)
    text = f"أُسندت {CASE.count(len(batch.before))}." + (f" بقيت {CASE.count(left)} كما هي." if left else "")
    return done(request, f"{back}{'&' if '?' in back else '?'}batch={batch.id}", text)


@router.post("/undo")
async def undo(request: Request, entered: Officer, batch: Text = "", back: Text = CASES) -> Response:
    """Takes a bulk assignment back, if it is one's own and not too late."""
    deps = deps_of(request)
    back = _own(back)
    async with transaction(deps.sessions) as session:
        office = scope.office_of(request, session)
        given = await repository.batch(session, batch, for_change=True)
        count = 0
        if given is not None and given.actor == entered.person.name:
            count = await bulk.undo(office, given, entered.person.name)
            details = {"undone": count}
            await audit.add(
                session, entered.person.name, Action.CASE_CHANGE, office.now, subject=f"cases/{batch}", details=details
            )
    if not count:
        return done(request, back, "فات وقت التراجع: أُخبر المواطنون.", kind="bad")
    return done(request, back, f"تراجعت عن الإسناد: {CASE.count(count)} كما كانت، ولم يُخبر أحد.")


def _own(address: str) -> str:
    return address if address == CASES or address.startswith(f"{CASES}?") else CASES
