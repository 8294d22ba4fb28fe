"""What a colleague does in a conversation: write, note, look behind a mask, give away, close."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from casework.handoffs import drafts, presence, service
from casework.handoffs.models import CloseReason
from casework.handoffs.service import HandoffError
from citizens.vault import service as vault
from console.handoffs.desk import TEXT_MAX_CHARS, announce, desk_of, found, own
from console.handoffs.queue import QUEUE
from console.web.deps import deps_of
from console.web.errors import RefusedError
from console.web.flash import done
from console.web.guard import require
from console.web.numbers import RowId
from console.web.templates import part, plain
from foundation.database import transaction
from operations.accounts import repository as accounts
from operations.accounts.models import Role
from operations.accounts.sessions import Entered
from operations.audit import repository as audit
from operations.audit.models import Action

router = APIRouter(prefix="/handoffs/{handoff_id}")
Agent = Annotated[Entered, Depends(require(Role.AGENT))]
Text = Annotated[str, Form(max_length=TEXT_MAX_CHARS * 2)]
Field = Annotated[str, Form(max_length=300)]


@router.post("/reply", status_code=204)
async def reply(request: Request, entered: Agent, handoff_id: RowId, text: Text = "") -> Response:
    """Says something to the citizen; the draft is gone then."""
    deps = deps_of(request)
    said = plain(text)
    if not said:
        raise RefusedError("اكتب رسالة أولاً.", 422)
    if len(said) > TEXT_MAX_CHARS:
        raise RefusedError(f"الرسالة أطول من {TEXT_MAX_CHARS} حرف. اقسمها.", 422)
    try:
        async with transaction(deps.sessions) as session:
            await service.reply(session, desk_of(deps), handoff_id, entered.person, said, deps.clock())
            await drafts.drop(session, handoff_id, entered.person.id)
            conversation_id = (await found(session, handoff_id)).conversation_id
    except HandoffError as error:
        raise RefusedError(str(error)) from error
    announce(deps, conversation_id)
    return Response(status_code=204)


@router.post("/draft", status_code=204)
async def draft(request: Request, entered: Agent, handoff_id: RowId, text: Text = "") -> Response:
    """Keeps what is written so far, and shows the citizen that somebody writes."""
    deps = deps_of(request)
    now = deps.clock()
    async with transaction(deps.sessions) as session:
        await own(session, handoff_id, entered)
        conversation_id = None
        if text.strip():
            conversation_id = await presence.agent_types(session, handoff_id, entered.person.id, now)
        await drafts.keep(session, handoff_id, entered.person.id, text, deps.keys, now)
    if conversation_id is not None:
        async with deps.sessions() as session:
            await deps.citizens.show_typing(session, conversation_id)
        deps.citizens.announce(conversation_id)
    return Response(status_code=204)


@router.post("/note", status_code=204)
async def note(request: Request, entered: Agent, handoff_id: RowId, text: Text = "") -> Response:
    """Adds a private note."""
    deps = deps_of(request)
    said = plain(text)
    if not said:
        raise RefusedError("اكتب الملاحظة أولاً.", 422)
    async with transaction(deps.sessions) as session:
        conversation_id = (await own(session, handoff_id, entered)).conversation_id
        await service.add_note(session, desk_of(deps), handoff_id, entered.person, said, deps.clock())
    announce(deps, conversation_id)
    return Response(status_code=204)


@router.post("/reveal/{line_id}")
async def reveal(request: Request, entered: Agent, handoff_id: RowId, line_id: RowId, reason: Field = "") -> Response:
    """Shows one line with what is behind its masks, to whoever holds the conversation; audited."""
    deps = deps_of(request)
    why = plain(reason)
    if not why:
        raise RefusedError("اكتب سبب الكشف.", 422)
    async with transaction(deps.sessions) as session:
        handoff = await own(session, handoff_id, entered)
        lines = await deps.citizens.lines(session, handoff.conversation_id, after=line_id - 1, limit=1)
        if not lines or lines[0].id != line_id:
            raise RefusedError("لا يوجد سطر بهذا الرقم.", 404)
        text = vault.masked(await vault.reveal(session, handoff.conversation_id, lines[0].text, deps.keys))
        subject = f"handoff/{handoff_id}/line/{line_id}"
        await audit.add(session, entered.person.name, Action.REVEAL, deps.clock(), subject=subject, reason=why)
    return HTMLResponse(part(request, "handoffs/revealed.html", text=text))


@router.post("/transfer")
async def transfer(request: Request, entered: Agent, handoff_id: RowId, to: Field = "") -> Response:
    """Gives it to a colleague (`person:<id>`) or a team (`team:<name>`)."""
    deps = deps_of(request)
    kind, _, name = to.partition(":")
    try:
        async with transaction(deps.sessions) as session:
            colleague = await accounts.person(session, name) if kind == "person" else None
            if kind == "person" and (colleague is None or not colleague.has(Role.AGENT)):
                raise HandoffError("لم يعد هذا الزميل موظف دعم.")
            team = plain(name) if kind == "team" else ""
            await service.transfer(
                session, desk_of(deps), handoff_id, entered.person, deps.clock(), team=team, colleague=colleague
            )
            conversation_id = (await found(session, handoff_id)).conversation_id
    except HandoffError as error:
        return done(request, f"{QUEUE}/{handoff_id}", str(error), kind="bad")
    announce(deps, conversation_id)
    return done(request, QUEUE, f"حُوّلت إلى {colleague.shown_name if colleague else team}.")


@router.post("/return")
async def hand_back(request: Request, entered: Agent, handoff_id: RowId) -> Response:
    """Gives it back to the assistant."""
    deps = deps_of(request)
    try:
        async with transaction(deps.sessions) as session:
            await service.hand_back(session, desk_of(deps), handoff_id, entered.person, deps.clock())
            conversation_id = (await found(session, handoff_id)).conversation_id
    except HandoffError as error:
        return done(request, f"{QUEUE}/{handoff_id}", str(error), kind="bad")
    announce(deps, conversation_id)
    return done(request, QUEUE, "رجعت المحادثة إلى المساعد.")


@router.post("/close")
async def close(request: Request, entered: Agent, handoff_id: RowId, reason: Field = "") -> Response:
    """Ends it with a reason; the citizen is asked how it was."""
    deps = deps_of(request)
    if reason not in set(CloseReason) - {CloseReason.LEFT}:
        return done(request, f"{QUEUE}/{handoff_id}", "اختر سبب الإغلاق.", kind="bad")
    try:
        async with transaction(deps.sessions) as session:
            await service.close(session, desk_of(deps), handoff_id, entered.person, CloseReason(reason), deps.clock())
            conversation_id = (await found(session, handoff_id)).conversation_id
    except HandoffError as error:
        return done(request, f"{QUEUE}/{handoff_id}", str(error), kind="bad")
    announce(deps, conversation_id)
    return done(request, QUEUE, "أُغلقت المحادثة. سألنا المواطن عن رأيه.")
