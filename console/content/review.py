"""Review by a second person; versions, what differs between them, going back."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from catalog.editing import fields, repository, service
from catalog.editing.differences import differences
from catalog.editing.models import State
from catalog.editing.service import EditError, NotReadyError
from console.content import desk
from console.content.desk import CONTENT, Code, Reader, Reviewer
from console.web.dates import moment_of
from console.web.errors import RefusedError
from console.web.flash import done
from foundation.database import transaction

router = APIRouter(prefix="/content")
VERSIONS = 100
Note = Annotated[str, Form(max_length=service.NOTE_MAX_CHARS * 2)]


@router.get("/review")
async def waiting(request: Request, entered: Reader) -> Response:
    """What waits for review, by import, and what is published at its time."""
    deps, _ = desk.deps_and_now(request)
    async with deps.sessions() as session:
        submitted = await repository.drafts(session, State.SUBMITTED)
        batches: dict[str, list[object]] = {}
        for draft in submitted:
            if draft.batch:
                batches.setdefault(draft.batch, []).append(draft)
        return await desk.content_page(
            request,
            session,
            "review_list.html",
            single=[draft for draft in submitted if not draft.batch],
            batches=batches,
            approved=await repository.drafts(session, State.APPROVED),
            title_of=fields.title_of,
        )


@router.get("/review/{code}")
async def show(request: Request, entered: Reader, code: Code) -> Response:
    """What a draft changes."""
    deps, now = desk.deps_and_now(request)
    async with deps.sessions() as session:
        entry = await desk.opened(session, code)
        if entry.draft is None:
            raise RefusedError("لا مسودة لهذا المدخل. ربما نشرها أو حذفها زميل.", 404)
        return await desk.content_page(
            request,
            session,
            "review.html",
            entry=entry,
            draft=entry.draft,
            title=fields.title_of(entry.body),
            changes=differences(entry.kind, entry.live, entry.body),
            wrong=await desk.problems(session, entry.kind, entry.body, now),
            moved=entry.draft.base not in (0, await repository.newest_number(session, code)),
            own=entered.person.id in entry.draft.author_ids,
            label_of=fields.label_of,
        )


@router.post("/review/{code}/approve")
async def approve(
    request: Request,
    entered: Reviewer,
    code: Code,
    revision: Annotated[int, Form(ge=0)],
    at: Annotated[str, Form()] = "",
) -> Response:
    """Publishes now, or at the time that was typed (of Baghdad)."""
    deps, now = desk.deps_and_now(request)
    here = f"{CONTENT}/review/{code}"
    moment = moment_of(at) if at.strip() else None
    if at.strip() and moment is None:
        return done(request, here, "اكتب الوقت هكذا: 2026/11/23 08:00.", kind="bad")
    if moment is not None and moment <= now:
        return done(request, here, "الوقت الذي كتبته مضى.", kind="bad")
    try:
        async with transaction(deps.sessions) as session:
            version = await service.approve(session, code, revision, moment, desk.editor_of(entered), now)
    except NotReadyError:
        return done(request, here, "في المسودة ما ينقص. أرجعها إلى كاتبها.", kind="bad")
    except EditError as error:
        return done(request, here, str(error), kind="bad")
    if version is None:
        return done(request, f"{CONTENT}/review", "حُدد وقت النشر.")
    return done(request, f"{CONTENT}/entries/{code}/versions", "نُشرت. يجيب بها المساعد خلال ثانيتين.")


@router.post("/review/{code}/return")
async def send_back(request: Request, entered: Reviewer, code: Code, note: Note = "") -> Response:
    """Returns a draft to its author."""
    deps, now = desk.deps_and_now(request)
    try:
        async with transaction(deps.sessions) as session:
            await service.send_back(session, code, note, desk.editor_of(entered), now)
    except EditError as error:
        return done(request, f"{CONTENT}/review/{code}", str(error), kind="bad")
    return done(request, f"{CONTENT}/review", "أُرجعت إلى كاتبها.")


@router.post("/review/batches/{batch}")
async def approve_batch(request: Request, entered: Reviewer, batch: str) -> Response:
    """Publishes everything of one import."""
    deps, now = desk.deps_and_now(request)
    try:
        async with transaction(deps.sessions) as session:
            number = await service.approve_batch(session, batch, desk.editor_of(entered), now)
    except EditError as error:
        return done(request, f"{CONTENT}/review", f"{error} لم يُنشر شيء.", kind="bad")
    return done(request, f"{CONTENT}/review", f"وافقت على {number}. تُنشر الآن تباعاً.")


@router.get("/entries/{code}/versions")
async def versions(
    request: Request,
    entered: Reader,
    code: Code,
    show: Annotated[int | None, Query(ge=1, le=10**6)] = None,
) -> Response:
    """The versions of an entry; what one changed against the one before it."""
    deps, _ = desk.deps_and_now(request)
    async with deps.sessions() as session:
        entry = await desk.opened(session, code)
        found = await repository.versions(session, code, VERSIONS)
        shown = next((one for one in found if one.number == show), found[0] if found else None)
        before = None if shown is None else await repository.version(session, code, shown.number - 1)
        return await desk.content_page(
            request,
            session,
            "versions.html",
            entry=entry,
            title=fields.title_of(entry.live or entry.body),
            versions=found,
            shown=shown,
            changes=differences(shown.kind, before.body if before else None, shown.body) if shown else [],
        )


@router.post("/entries/{code}/rollback")
async def roll_back(
    request: Request, entered: Reviewer, code: Code, number: Annotated[int, Form(ge=1)], reason: Note = ""
) -> Response:
    """Publishes an earlier version again."""
    deps, now = desk.deps_and_now(request)
    here = f"{CONTENT}/entries/{code}/versions"
    try:
        async with transaction(deps.sessions) as session:
            await service.roll_back(session, code, number, reason, desk.editor_of(entered), now)
    except EditError as error:
        return done(request, f"{here}?show={number}", str(error), kind="bad")
    return done(request, here, "رجع المدخل كما كان. يجيب به المساعد خلال ثانيتين.")
