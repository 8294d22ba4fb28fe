"""One conversation: the page, its live stream, older lines."""

import json
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import HTMLResponse, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from casework.handoffs import drafts, listing, repository
from casework.handoffs.models import CloseReason, State
from console.handoffs import view
from console.handoffs.desk import found
from console.handoffs.live import HANDOFFS_TOPIC, RECONNECT_MS, called, still_entered, wait
from console.web.deps import deps_of
from console.web.guard import require
from console.web.numbers import RowId
from console.web.templates import page, part
from operations.accounts.models import Role
from operations.accounts.sessions import Entered

router = APIRouter(prefix="/handoffs")
Agent = Annotated[Entered, Depends(require(Role.AGENT))]
InBackground = Annotated[Entered, Depends(require(Role.AGENT, background=True))]
LineId = Annotated[int, Query(ge=0, le=2**62)]
LOOK_SECONDS = 1.0
CHECK_EVERY = 5
"""Looks between two checks whether the session still holds."""
GATHER_SECONDS = 0.02
CALLS_SECONDS = 2.0
"""An open conversation is told of other conversations at most so often."""
NEWEST = 2**62


@router.get("/{handoff_id}")
async def show(request: Request, entered: Agent, handoff_id: RowId) -> Response:
    """The page."""
    deps = deps_of(request)
    now = deps.clock()
    async with deps.sessions() as session:
        handoff = await found(session, handoff_id)
        lines = await deps.citizens.lines(session, handoff.conversation_id, before=NEWEST, limit=view.LINES)
        mine = handoff.state == State.CLAIMED and handoff.owner_id == entered.person.id
        values = {
            "history": await view.history(session, handoff_id),
            "held": await listing.held_by(session, entered.person.id),
            "earlier": await listing.earlier(session, handoff.conversation_id, handoff_id, 5),
            "draft": await drafts.read(session, handoff_id, entered.person.id, deps.keys) if mine else "",
            "replies": await view.replies(session, entered.person, handoff, now) if mine else (),
            "colleagues": await view.colleagues(session, entered.person) if mine else None,
        }
    return page(
        request,
        "handoffs/conversation.html",
        handoff=handoff,
        lines=lines,
        more=len(lines) == view.LINES,
        mine=mine,
        words=view.WORDS,
        endings=[reason.value for reason in CloseReason if reason is not CloseReason.LEFT],
        **values,
    )


@router.get("/{handoff_id}/older")
async def older(request: Request, entered: InBackground, handoff_id: RowId, before: LineId) -> Response:
    """Lines before those that are shown."""
    deps = deps_of(request)
    async with deps.sessions() as session:
        handoff = await found(session, handoff_id)
        lines = await deps.citizens.lines(session, handoff.conversation_id, before=before, limit=view.LINES)
    more = len(lines) == view.LINES
    return HTMLResponse(part(request, "handoffs/older.html", handoff=handoff, lines=lines, more=more, words=view.WORDS))


@router.get("/{handoff_id}/events")
async def events(
    request: Request,
    entered: InBackground,
    handoff_id: RowId,
    after: LineId = 0,
    mine: bool = False,
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventSourceResponse:
    """New lines, typing, and whose the conversation is, as they happen."""
    deps = deps_of(request)
    async with deps.sessions() as session:
        conversation_id = (await found(session, handoff_id)).conversation_id
    start = int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 19 else after
    return EventSourceResponse(_stream(request, entered, handoff_id, conversation_id, start, mine), ping=15)


async def _stream(
    request: Request, entered: Entered, handoff_id: int, conversation_id: str, seen: int, mine: bool
) -> AsyncIterator[ServerSentEvent]:
    deps = deps_of(request)
    yield ServerSentEvent(comment="open", retry=RECONNECT_MS)
    typed: bool | None = None
    # What the page shows may have changed before the stream was opened, or while it was cut.
    whose: tuple[str, str | None] | None = (State.CLAIMED, entered.person.id) if mine else None
    events_seen = -1
    looks = 0
    said_at = -CALLS_SECONDS
    with deps.news.listen(f"conversation:{conversation_id}") as news, deps.news.listen(HANDOFFS_TOPIC) as others:
        while True:
            async with deps.sessions() as session:
                handoff = await repository.get(session, handoff_id)
                if handoff is None:  # the citizen had everything deleted
                    yield ServerSentEvent(event="ended", data="")
                    return
                lines = await deps.citizens.lines(session, conversation_id, after=seen, limit=view.LINES)
                newest = await listing.newest_event_of(session, handoff_id)
                history = await view.history(session, handoff_id) if newest != events_seen else None
            for line in lines:
                seen = line.id
                text = part(request, "handoffs/line.html", line=line, handoff=handoff, words=view.WORDS)
                yield ServerSentEvent(event="line", data=text, id=str(seen))
            if history is not None and events_seen >= 0:
                text = part(request, "handoffs/history.html", history=history, handoff=handoff, words=view.WORDS)
                yield ServerSentEvent(event="history", data=text)
            events_seen = newest
            types = view.types(handoff.citizen_typing_at, deps.clock())
            if types != typed:
                typed = types
                yield ServerSentEvent(event="typing", data="يكتب المواطن…" if types else "")
            if whose is not None and whose != (handoff.state, handoff.owner_id):
                moved = {"state": handoff.state, "mine": handoff.owner_id == entered.person.id}
                yield ServerSentEvent(event="moved", data=json.dumps(moved))
            whose = (handoff.state, handoff.owner_id)
            if others.is_set() and time.monotonic() - said_at >= CALLS_SECONDS:
                others.clear()
                said_at = time.monotonic()
                yield await called(deps, entered)
            if len(lines) < view.LINES:
                await wait(news, LOOK_SECONDS, GATHER_SECONDS)
            looks += 1
            if looks % CHECK_EVERY == 0 and not await still_entered(deps, entered):
                yield ServerSentEvent(event="ended", data="")
                return
