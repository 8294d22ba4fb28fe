"""Conversations that ended: by whom, how and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from casework.handoffs import past
from casework.handoffs.models import CloseReason, Handoff, State
from casework.handoffs.ports import Line
from citizens.models import ID_CHARS
from console.handoffs import view
from console.web.dates import day_of
from console.web.deps import deps_of
from console.web.guard import require
from console.web.numbers import LARGEST
from console.web.templates import page
from foundation.clock import BAGHDAD
from operations.accounts import repository as accounts
from operations.accounts.models import Role
from operations.accounts.sessions import Entered

router = APIRouter()
Agent = Annotated[Entered, Depends(require(Role.AGENT))]
PAST = "/console/handoffs/past"
PAGE = 30
ENDINGS: Mapping[str, CloseReason | State] = {
    **{reason.value: reason for reason in CloseReason},
    State.RETURNED.value: State.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation: what it was about, and whose it was."""

    handoff: Handoff
    matter: Line | None
    owner: str


@router.get("/handoffs/past")
async def show(
    request: Request,
    entered: Agent,
    who: Annotated[str, Query(max_length=ID_CHARS)] = "",
    ending: Annotated[str, Query(max_length=16)] = "",
    day: Annotated[str, Query(max_length=16)] = "",
    after: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> Response:
    """A page of them, those that ended last first."""
    deps = deps_of(request)
    last_day = day_of(day)
    wanted = past.Wanted(
        account_id=who or None,
        ending=ENDINGS.get(ending),
        until=None if last_day is None else datetime.combine(last_day + timedelta(days=1), time(), BAGHDAD),
        after=after,
    )
    async with deps.sessions() as session:
        found = await past.ended(session, wanted, PAGE + 1)
        shown = found[:PAGE]
        told = await deps.citizens.recent_lines(session, [one.conversation_id for one in shown], view.RECENT)
        colleagues = await accounts.enabled_with(session, Role.AGENT)
        names = await accounts.shown_names(session, {one.last_owner_id for one in shown if one.last_owner_id})
    rows = [
        Row(one, _matter(told.get(one.conversation_id, ())), names.get(one.last_owner_id or "", "")) for one in shown
    ]
    typed = {"who": who, "ending": ending, "day": day}
    asked = {name: value for name, value in typed.items() if value}
    return page(
        request,
        "handoffs/past.html",
        rows=rows,
        typed=typed,
        endings=view.CLOSE_REASONS | {State.RETURNED.value: "أُعيدت إلى المساعد"},
        colleagues=colleagues,
        next_page=f"{PAST}?{urlencode({**asked, 'after': shown[-1].id})}" if len(found) > PAGE else "",
        first_page=PAST if after is not None else "",
        bad_day=bool(day) and last_day is None,
        words=view.WORDS,
    )


def _matter(lines: Sequence[Line]) -> Line | None:
    return next((line for line in lines if view.says_something(line)), None)
