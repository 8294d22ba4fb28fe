"""How we do, for the administrator; and accountability, for case officers too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from arabic.plural import lasted
from casework.cases.accountability import repository as accountability
from console.cases.scope import Officer, places_of
from console.cases.words import WORDS as CASE_WORDS
from console.figures import kept, repository
from console.figures.chart import columns
from console.figures.gathering import LEAST, PERIODS
from console.handoffs import view
from console.web.deps import deps_of
from console.web.guard import require
from console.web.templates import page
from operations.accounts.models import Role
from operations.accounts.sessions import Entered

router = APIRouter()
Administrator = Annotated[Entered, Depends(require(Role.ADMINISTRATOR))]
Days = Annotated[int, Query(ge=1, le=3660)]


@router.get("/figures")
async def show(request: Request, entered: Administrator, days: Days = 30) -> Response:
    """The figures of the last `days` days."""
    deps = deps_of(request)
    async with deps.patient() as session:
        found, at = await kept.how_we_do(session, deps.clock(), days)
    return page(
        request,
        "figures/how.html",
        days=days,
        periods=PERIODS,
        found=found,
        at=at,
        hours=columns(found.hours),
        intent_names=view.INTENTS,
        reasons=view.REASONS,
        definitions=repository.DEFINITIONS,
        lasted=lasted,
    )


@router.get("/accountability")
async def agents(
    request: Request,
    entered: Officer,
    days: Days = 365,
    least: Annotated[int, Query(ge=1, le=100)] = LEAST,
    sample: Annotated[str, Query(max_length=1)] = "",
    asked: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """What cases say about agents, places and ourselves, in the governorates that the person sees.

    Samples count if the form says so; unasked, while nothing else has come, as in the menu's numbers.
    """
    deps = deps_of(request)
    async with deps.patient() as session:
        samples = bool(sample) if asked else await accountability.only_samples(session)
        found, at = await kept.accountability(
            session, deps.clock(), days, places_of(entered.person), least=least, sample=samples
        )
    return page(
        request,
        "figures/agents.html",
        days=days,
        periods=PERIODS,
        least=least,
        sample=samples,
        found=found,
        at=at,
        definitions=accountability.ON_PAGES,
        lasted=lasted,
        words=CASE_WORDS,
    )
