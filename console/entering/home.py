"""The first page: where each role's work is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from console.web.flash import done
from console.web.guard import ANYONE, require
from console.web.navigation import links_for
from console.web.templates import page
from operations.accounts.sessions import Entered

router = APIRouter()


@router.get("/")
async def home(request: Request, entered: Annotated[Entered, Depends(require(*ANYONE))]) -> Response:
    """The first page of the person's menu."""
    links = links_for(entered)
    return done(request, links[0].address) if links else page(request, "home.html")
