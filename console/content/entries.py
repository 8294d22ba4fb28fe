"""The list of entries, and the form of one: draft, autosave, sending for review."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from catalog.editing import fields, repository, service
from catalog.editing.differences import differences
from catalog.editing.models import Body, Kind
from catalog.editing.service import ConflictError, EditError, NotReadyError
from catalog.unanswered import repository as unanswered
from catalog.unanswered.models import State
from console.content import desk
from console.content.desk import CONTENT, Code, Reader, Writer, WriterInBackground
from console.content.form import form_page, numbers
from console.web.errors import RefusedError
from console.web.flash import done
from foundation.database import transaction
from operations.accounts.sessions import Entered

router = APIRouter(prefix="/content")
PAGE = 50
Short = Annotated[str, Query(max_length=100)]
WORDS_MAX = 6
_TAKEN = {"code": "هذا الرمز مأخوذ. اختر غيره."}


@router.get("")
async def listed(
    request: Request,
    entered: Reader,
    q: Short = "",
    kind: Annotated[str, Query(pattern="^(service|faq|)$")] = "",
    category: Short = "",
    state: Annotated[str, Query(pattern="^(writing|submitted|approved|)$")] = "",
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Entries by words, kind, category and draft."""
    deps, _ = desk.deps_and_now(request)
    async with deps.patient() as session:
        found = await repository.listed(
            session,
            words=q.split()[:WORDS_MAX],
            kind=kind,
            category=category,
            state=state,
            limit=PAGE + 1,
            offset=after,
        )
        new = [] if q or category or after else list(await repository.new_drafts(session, PAGE))
        return await desk.content_page(
            request,
            session,
            "list.html",
            found=found[:PAGE],
            new=[one for one in new if kind in ("", one.kind) and state in ("", one.state)],
            more=after + PAGE if len(found) > PAGE else None,
            categories=await repository.category_names(session),
            asked={"q": q, "kind": kind, "category": category, "state": state},
            title_of=fields.title_of,
        )


@router.get("/new/{kind}")
async def new(request: Request, entered: Writer, kind: Kind) -> Response:
    """The empty form."""
    return await form_page(request, entered, desk.Opened("", kind, None, None), fields.empty(kind))


@router.post("/new/{kind}")
async def create(request: Request, entered: Writer, kind: Kind) -> Response:
    """Begins the draft of a new entry."""
    deps, now = desk.deps_and_now(request)
    body, _, more = await desk.typed_entry(request, kind, "")
    ids = more.get("from_lines", "")
    blank = desk.Opened("", kind, None, None)
    code = str(body["code"])
    async with deps.sessions() as session:
        wrong = await desk.problems(session, kind, body, now)
        taken = await repository.is_published(session, code) or await repository.draft(session, code) is not None
    if taken:
        return await form_page(request, entered, blank, body, _TAKEN, 422, from_lines=ids)
    if "code" in wrong or desk.kind_of(code) != kind:
        sentence = wrong.get("code", "رمز الخدمة لا يبدأ بـ faq-")
        return await form_page(request, entered, blank, body, {**wrong, "code": sentence}, 422, from_lines=ids)
    try:
        async with transaction(deps.sessions) as session:
            await service.save(session, kind, body, 0, desk.editor_of(entered), now)
            lines = [line.id for line in await unanswered.some(session, numbers(ids))]
            await unanswered.handle(session, lines, State.USED, code, entered.person.shown_name, now)
    except ConflictError:
        return await form_page(request, entered, blank, body, _TAKEN, 422, from_lines=ids)
    return done(request, f"{CONTENT}/entries/{code}", "حُفظت المسودة.")


@router.get("/entries/{code}")
async def show(request: Request, entered: Reader, code: Code) -> Response:
    """The form of an entry; what the person typed last and did not save comes back."""
    deps, _ = desk.deps_and_now(request)
    async with deps.sessions() as session:
        entry = await desk.opened(session, code)
        kept = await repository.autosave(session, code, entered.person.id)
    if kept is not None and kept.body != entry.body:
        return await form_page(request, entered, entry, kept.body, restored=True, seen=kept.revision)
    return await form_page(request, entered, entry, entry.body)


@router.post("/entries/{code}")
async def save(request: Request, entered: Writer, code: Code) -> Response:
    """Saves the draft, and with `then=submit` sends it for review; if a colleague saved first, both are shown."""
    deps, now = desk.deps_and_now(request)
    async with deps.sessions() as session:
        entry = await desk.opened(session, code)
    body, seen, more = await desk.typed_entry(request, entry.kind, code)
    editor = desk.editor_of(entered)
    try:
        async with transaction(deps.sessions) as session:
            await service.save(session, entry.kind, body, seen, editor, now)
    except ConflictError:
        return await _conflict(request, entered, code, body)
    if more.get("then") != "submit":
        return done(request, f"{CONTENT}/entries/{code}", "حُفظت المسودة. لم تُنشر بعد.")
    try:
        async with transaction(deps.sessions) as session:
            await service.submit(session, code, more.get("note", ""), editor, now)
    except NotReadyError as error:
        async with deps.sessions() as session:
            entry = await desk.opened(session, code)
        return await form_page(request, entered, entry, body, error.problems, 422)
    except EditError as error:
        return done(request, f"{CONTENT}/entries/{code}", str(error), kind="bad")
    return done(request, f"{CONTENT}/entries/{code}", "أُرسلت للمراجعة. ينشرها زميل غيرك.")


@router.post("/entries/{code}/typing")
async def typing(request: Request, entered: WriterInBackground, code: Code) -> Response:
    """Keeps what is being typed."""
    deps, now = desk.deps_and_now(request)
    body, seen, _ = await desk.typed_entry(request, desk.kind_of(code), code)
    async with transaction(deps.sessions) as session:
        await service.keep_typing(session, code, body, seen, desk.editor_of(entered), now)
    return PlainTextResponse("")


@router.post("/entries/{code}/forget")
async def forget(request: Request, entered: Writer, code: Code) -> Response:
    """Drops what this person typed and did not save."""
    deps, _ = desk.deps_and_now(request)
    async with transaction(deps.sessions) as session:
        await repository.drop_autosave(session, code, entered.person.id)
    return done(request, f"{CONTENT}/entries/{code}")


@router.post("/entries/{code}/discard")
async def discard(request: Request, entered: Writer, code: Code) -> Response:
    """Drops the draft."""
    deps, now = desk.deps_and_now(request)
    try:
        async with transaction(deps.sessions) as session:
            await service.discard(session, code, desk.editor_of(entered), now)
            left = await repository.is_published(session, code)
    except EditError as error:
        raise RefusedError(str(error)) from error
    return done(request, f"{CONTENT}/entries/{code}" if left else CONTENT, "حُذفت المسودة. المنشور كما كان.")


async def _conflict(request: Request, entered: Entered, code: str, mine: Body) -> Response:
    """Both states side by side: mine in the form, the colleague's beside each field that differs."""
    deps, now = desk.deps_and_now(request)
    async with transaction(deps.sessions) as session:
        entry = await desk.opened(session, code)
        await service.keep_typing(session, code, mine, entry.revision, desk.editor_of(entered), now)
    theirs = {one.name: entry.body.get(one.name) for one in differences(entry.kind, entry.body, mine)}
    return await form_page(request, entered, entry, mine, status=409, theirs=theirs)
