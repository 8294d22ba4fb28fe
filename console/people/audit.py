"""The audit, to read; and whether it is whole."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from console.people import audit_words
from console.people.action_names import ACTION_NAMES
from console.web.deps import deps_of
from console.web.guard import require
from console.web.templates import page
from operations.accounts.models import Role
from operations.accounts.sessions import Entered
from operations.audit import repository
from operations.audit.chain import verify
from operations.audit.models import Action

router = APIRouter(prefix="/audit")
Administrator = Annotated[Entered, Depends(require(Role.ADMINISTRATOR))]
PAGE = 50


@router.get("")
async def listed(
    request: Request,
    entered: Administrator,
    who: Annotated[str, Query(max_length=64)] = "",
    action: Annotated[str, Query(max_length=32)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> Response:
    """Entries, newest first."""
    kind = Action(action) if action in set(Action) else None
    async with deps_of(request).sessions() as session:
        found = await repository.listed(session, who=who.strip(), action=kind, before_id=before, limit=PAGE + 1)
    return page(
        request,
        "audit.html",
        found=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        who=who,
        action=action,
        names=ACTION_NAMES,
        words=audit_words,
    )


@router.get("/verify")
async def check(request: Request, entered: Administrator) -> Response:
    """Follows the whole chain now."""
    async with deps_of(request).sessions() as session:
        outcome = await verify(session)
    return page(request, "audit_verify.html", outcome=outcome)
