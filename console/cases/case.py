"""One case: the page, looking behind the mask, its files, its agent."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from casework.cases import repository
from casework.cases.browse import repository as browse
from casework.cases.browse.filters import Filter
from casework.cases.directory import repository as directory
from casework.cases.models import State
from casework.files import service as files
from console.cases import scope, view
from console.cases.listing import CASE
from console.cases.scope import CASES, Officer
from console.cases.words import WORDS
from console.web.deps import deps_of
from console.web.errors import RefusedError
from console.web.flash import done
from console.web.templates import page, plain
from foundation.database import transaction
from operations.audit import repository as audit
from operations.audit.models import Action

router = APIRouter(prefix="/cases")
Text = Annotated[str, Form(max_length=500)]
AGENT_PAGE = 100


@router.get("/agents/{agent_id}")
async def agent(request: Request, entered: Officer, agent_id: int) -> Response:
    """An agent's history, as far as the person may see it."""
    deps = deps_of(request)
    places = scope.places_of(entered.person)
    async with deps.sessions() as session:
        known = await directory.agent(session, agent_id)
        if known is None or (places is not None and known.governorate not in places):
            raise RefusedError("لا يوجد وكيل بهذا الرقم في محافظاتك.", 404)
        wanted = Filter(agent_id=agent_id, governorates=places)
        rows = await browse.newest(session, wanted, AGENT_PAGE)
        centre = None if known.centre_id is None else await directory.centre(session, known.centre_id)
    upheld = sum(row.outcome == State.UPHELD for row in rows)
    rejected = sum(row.outcome == State.NOT_UPHELD for row in rows)
    return page(
        request,
        "cases/agent.html",
        agent=known,
        centre=centre,
        rows=rows,
        upheld=upheld,
        rejected=rejected,
        withdrawn=sum(row.state == State.WITHDRAWN for row in rows),
        case_noun=CASE,
        words=WORDS,
    )


@router.get("/{number}")
async def show(request: Request, entered: Officer, number: str) -> Response:
    """The page."""
    deps = deps_of(request)
    async with deps.sessions() as session:
        case = await scope.found(session, number, entered.person)
        shown = await view.shown(scope.office_of(request, session), case, entered.person)
    return page(request, "cases/case.html", shown=shown, case=case, case_noun=CASE, words=WORDS)


@router.post("/{number}/reveal")
async def reveal(request: Request, entered: Officer, number: str, what: Text = "text", reason: Text = "") -> Response:
    """Opens what the citizen told (`text`), or with it who they are (`identity`), for some hours; audited."""
    deps = deps_of(request)
    why = plain(reason)
    if not why or what not in ("text", "identity"):
        return done(request, f"{CASES}/{number}", "اكتب سبب الكشف.", kind="bad")
    async with transaction(deps.sessions) as session:
        case = await scope.found(session, number, entered.person)
        await audit.add(
            session,
            entered.person.name,
            Action.REVEAL,
            deps.clock(),
            subject=view.subject_of(case),
            reason=why,
            details={"what": what},
        )
    return done(request, f"{CASES}/{case.number}")


@router.get("/{number}/files/{file_id}")
async def file(request: Request, entered: Officer, number: str, file_id: str) -> Response:
    """An attached file, to who has given a reason to read the case; each download is audited."""
    deps = deps_of(request)
    async with transaction(deps.sessions) as session:
        case = await scope.found(session, number, entered.person)
        text, _ = await view.looked(session, case, entered.person.name, deps.clock())
        if not text:
            raise RefusedError("اكشف الشكوى أولاً بسبب يُسجَّل.", 403)
        opened = None
        if file_id in await repository.files(session, case.id):
            opened = await files.open_file(session, file_id, deps.keys)
        if opened is None:
            raise RefusedError("حُذف هذا الملف.", 404)
        await audit.add(
            session,
            entered.person.name,
            Action.REVEAL,
            deps.clock(),
            subject=f"{view.subject_of(case)}/file",
            details={"file": file_id[:8]},
        )
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(opened.name)}",
        # Whatever is in it, it runs nothing.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(opened.data, media_type=opened.media_type, headers=headers)
