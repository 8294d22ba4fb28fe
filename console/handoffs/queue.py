"""The queue, and taking a conversation from it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from casework.handoffs import leases, service
from casework.handoffs.service import HandoffError
from console.handoffs import view
from console.handoffs.desk import announce, desk_of
from console.handoffs.live import HANDOFFS_TOPIC, RECONNECT_MS, called, still_entered, wait
from console.web.deps import deps_of
from console.web.flash import done
from console.web.guard import require
from console.web.numbers import RowId
from console.web.templates import page, part
from foundation.database import transaction
from operations.accounts.models import Role
from operations.accounts.sessions import Entered

router = APIRouter()
Agent = Annotated[Entered, Depends(require(Role.AGENT))]
InBackground = Annotated[Entered, Depends(require(Role.AGENT, background=True))]
After = Annotated[int, Query(ge=0, le=100_000)]
QUEUE = "/console/handoffs"
SECONDS_BETWEEN = 1.5
"""An open page is told of changes at most so often: many colleagues who all ask again at once cost the most here."""


@router.get("/handoffs")
async def show(request: Request, entered: Agent, after: After = 0) -> Response:
    """The page."""
    return page(request, "handoffs/queue.html", queue=await _queue(request, entered, after), words=view.WORDS)


@router.get("/handoffs/list")
async def lists(request: Request, entered: InBackground, after: After = 0) -> Response:
    """The lists alone, for a page that is open."""
    found = await _queue(request, entered, after)
    return HTMLResponse(part(request, "handoffs/lists.html", queue=found, words=view.WORDS))


@router.get("/handoffs/events")
async def events(request: Request, entered: InBackground) -> EventSourceResponse:
    """Tells an open page when the lists have changed; it then asks for them."""
    return EventSourceResponse(_changes(request, entered), ping=15)


@router.post("/handoffs/{handoff_id}/claim")
async def claim(request: Request, entered: Agent, handoff_id: RowId) -> Response:
    """Takes a conversation and goes to it."""
    deps = deps_of(request)
    try:
        async with transaction(deps.sessions) as session:
            handoff = await service.claim(session, desk_of(deps), handoff_id, entered.person, deps.clock())
    except HandoffError as error:
        return done(request, QUEUE, str(error), kind="bad")
    announce(deps, handoff.conversation_id)
    return done(request, f"{QUEUE}/{handoff_id}")


@router.post("/alive", status_code=204)
async def alive(request: Request, entered: InBackground) -> Response:
    """The person's page is open: all their leases are renewed, and it learns what calls them."""
    deps = deps_of(request)
    async with transaction(deps.sessions) as session:
        await leases.renew(session, entered.person.id, deps.clock(), desk_of(deps).lease)
    async with deps.sessions() as session:
        calls = await view.calls(session, deps.citizens, entered.person.id)
    return Response(status_code=204, headers={"HX-Trigger": json.dumps({"calls": asdict(calls)})})


async def _queue(request: Request, entered: Entered, after: int) -> view.Queue:
    deps = deps_of(request)
    async with deps.sessions() as session:
        return await view.queue(session, deps.citizens, entered.person, after)


async def _changes(request: Request, entered: Entered) -> AsyncIterator[ServerSentEvent]:
    deps = deps_of(request)
    yield ServerSentEvent(comment="open", retry=RECONNECT_MS)
    with deps.news.listen(HANDOFFS_TOPIC) as news:
        while True:
            changed = await wait(news)
            if not await still_entered(deps, entered):
                yield ServerSentEvent(event="ended", data="")
                return
            if changed:
                yield ServerSentEvent(event="changed", data="1")
                yield await called(deps, entered)
                await asyncio.sleep(SECONDS_BETWEEN)
