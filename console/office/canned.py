"""Canned replies."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from casework.handoffs import canned
from casework.handoffs.canned import TEXT_MAX_CHARS, CannedError
from casework.handoffs.models import CANNED_TITLE_MAX_CHARS
from console.web.deps import deps_of
from console.web.flash import done
from console.web.guard import require
from console.web.numbers import RowId
from console.web.templates import page
from foundation.database import transaction
from operations.accounts.models import Role
from operations.accounts.sessions import Entered
from operations.audit import repository as audit
from operations.audit.models import Action

router = APIRouter(prefix="/canned")
Agent = Annotated[Entered, Depends(require(Role.AGENT, Role.CASE_OFFICER))]
Title = Annotated[str, Form(max_length=CANNED_TITLE_MAX_CHARS * 2)]
Text = Annotated[str, Form(max_length=TEXT_MAX_CHARS * 2)]
LIST = "/console/canned"


@router.get("")
async def listed(request: Request, entered: Agent) -> Response:
    """All of them."""
    async with deps_of(request).sessions() as session:
        replies = await canned.listed(session)
    return page(request, "canned.html", replies=replies, variables=canned.VARIABLES)


@router.post("")
async def put(request: Request, entered: Agent, title: Title = "", text: Text = "", number: str = Form("")) -> Response:
    """Adds one, or changes the one with this number."""
    deps = deps_of(request)
    now = deps.clock()
    try:
        async with transaction(deps.sessions) as session:
            reply_id = int(number) if number.isdecimal() and len(number) < 18 else None
            await canned.put(session, reply_id, title, text, entered.person.name, now)
            await audit.add(session, entered.person.name, Action.CANNED_REPLY, now, subject=title[:100])
    except CannedError as error:
        return done(request, LIST, str(error), kind="bad")
    return done(request, LIST, "حُفظ الرد.")


@router.post("/{reply_id}/remove")
async def remove(request: Request, entered: Agent, reply_id: RowId) -> Response:
    """Deletes one."""
    deps = deps_of(request)
    async with transaction(deps.sessions) as session:
        title = await canned.remove(session, reply_id)
        if title is not None:
            await audit.add(session, entered.person.name, Action.CANNED_REPLY, deps.clock(), subject=f"-{title}"[:100])
    return done(request, LIST, "حُذف الرد.")
