"""What each page of figures shows, gathered for a period and, for accountability, for the places a person sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases.accountability import repository as cases
from casework.cases.accountability.repository import Backlog, HotSpot, Period, RepeatedAgent, Resolution
from console.figures import repository
from console.figures.repository import Group, Middle, Rating, Volume

PERIODS: Final[Mapping[int, str]] = {7: "7 أيام", 30: "30 يوماً", 90: "90 يوماً", 365: "سنة"}
"""What the pages offer, in days."""
LISTED: Final = 30
LEAST: Final = 2
"""Upheld complaints from which on an agent is listed, unless the page is asked for another number."""
INTENTS_SHOWN: Final = 12
MOMENT: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class HowWeDo:
    """The page «كيف نعمل»; `console.figures.repository` defines each figure."""

    volume: Volume
    hours: Sequence[tuple[int, int, int]]
    intents: Sequence[tuple[str, int]]
    questions: int
    reply: Middle
    resolution: Middle
    rating: Rating
    handed: int
    case_resolution: Middle
    case_rating: Rating
    services: Sequence[Group]
    agencies: Sequence[Group]
    reasons: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Accountability:
    """The page «المساءلة»; `casework.cases.accountability.repository` defines each figure."""

    repeated: Sequence[RepeatedAgent]
    spots: Sequence[HotSpot]
    resolution: Sequence[Resolution]
    backlog: Sequence[Backlog]


async def how_we_do(session: AsyncSession, now: datetime, days: int) -> HowWeDo:
    """The figures of the last `days` days."""
    since = now - timedelta(days=days)
    first = await repository.first_message(session, since)
    reply, resolution, rating, handed = await repository.handoffs(session, since)
    case_resolution, case_rating = await repository.cases(session, since)
    services, agencies, reasons = [
        (await repository.by_group(session, since, by))[:LISTED]
        for by in (repository.SERVICE, repository.AGENCY, repository.REASON)
    ]
    return HowWeDo(
        volume=await repository.volume(session, first),
        hours=await repository.by_hour(session, first),
        intents=(await repository.by_intent(session, first))[:INTENTS_SHOWN],
        questions=await repository.questions(session, since),
        reply=reply,
        resolution=resolution,
        rating=rating,
        handed=handed,
        case_resolution=case_resolution,
        case_rating=case_rating,
        services=services,
        agencies=agencies,
        reasons=reasons,
    )


async def accountability(
    session: AsyncSession,
    now: datetime,
    days: int,
    places: tuple[str, ...] | None,
    *,
    least: int = LEAST,
    sample: bool = False,
) -> Accountability:
    """The figures of the last `days` days in these governorates, None for all."""
    period = Period(now - timedelta(days=days), now + MOMENT, places, sample=sample)
    return Accountability(
        repeated=await cases.repeated_agents(session, period, least, LISTED),
        spots=await cases.hot_spots(session, period, LISTED),
        resolution=await cases.resolution(session, period),
        backlog=await cases.backlog(session, now, period),
    )


def together(parts: Sequence[Accountability], least: int) -> Accountability:
    """The figures of several governorates as one page, in the order in which they are gathered.

    Args:
        parts: One for each governorate, each with its first `LISTED` agents and spots.
        least: Not below the number with which the parts were gathered.
    """
    repeated = [one for part in parts for one in part.repeated if one.upheld >= least]
    spots = [one for part in parts for one in part.spots]
    backlog = [one for part in parts for one in part.backlog]
    resolution = [one for part in parts for one in part.resolution]
    return Accountability(
        repeated=sorted(repeated, key=lambda one: (-one.upheld, -one.citizens, one.agent_id))[:LISTED],
        spots=sorted(spots, key=_spot)[:LISTED],
        resolution=sorted(resolution, key=lambda one: (one.governorate is None, one.governorate)),
        backlog=sorted(backlog, key=lambda one: (-one.overdue, -one.open, one.governorate or "")),
    )


def _spot(one: HotSpot) -> tuple[int, str, str, str]:
    return -one.citizens, one.governorate or "", one.district or "", one.kind
