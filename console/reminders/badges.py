"""The numbers beside the links of the menu, asked for by every open page."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from arabic.plural import ENTRY_OF_GUIDE
from console.cases.listing import CASE
from console.reminders.waiting import COUNTED_MAX, waiting
from console.web.deps import deps_of
from console.web.guard import ANYONE, require
from console.web.navigation import links_for
from console.web.templates import part
from operations.accounts.sessions import Entered

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Badge:
    """A number beside the link with the key `key`, and what it says in words."""

    key: str
    number: str
    words: str


@router.get("/waiting")
async def show(request: Request, entered: Annotated[Entered, Depends(require(*ANYONE, background=True))]) -> Response:
    """The numbers, to be put into the open page's menu."""
    deps = deps_of(request)
    async with deps.patient() as session:
        found = await waiting(session, entered.person, deps.clock(), deps.settings)
    every = (
        Badge("d", _number(found.entries), f"{ENTRY_OF_GUIDE.count(found.entries)} للتحقق"),
        Badge("c", _number(found.late), f"{CASE.count(found.late)} متأخرة"),
    )
    shown = {link.key for link in links_for(entered) if link.counted}
    badges = [badge for badge in every if badge.key in shown]
    return HTMLResponse(part(request, "badges.html", badges=badges))


def _number(count: int) -> str:
    if not count:
        return ""
    return str(count) if count < COUNTED_MAX else f"{COUNTED_MAX - 1}+"
