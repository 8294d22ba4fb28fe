"""The epidemic picture for the High Committee and the Ministry of Health: page, chart, CSV, weekly reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from casework.files import service as files
from casework.places import atlas
from casework.results import picture, reports, repository
from casework.results.models import Laboratory
from casework.results.picture import Dimension, Figures, Filters
from console.results.charts import chart
from console.results.words import WORDS, HealthOfficer
from console.web.dates import day_of
from console.web.deps import deps_of
from console.web.errors import RefusedError
from console.web.templates import page, part
from foundation.clock import in_baghdad
from operations.accounts.governorates import GOVERNORATES

router = APIRouter()
WEEKS = 8
DAYS_OF_CHART = 60
Text = Annotated[str, Query(max_length=40)]
BY: Mapping[str, Dimension] = {
    "day": Dimension.DAY,
    "week": Dimension.WEEK,
    "governorate": Dimension.GOVERNORATE,
    "laboratory": Dimension.LABORATORY,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as they stand in the address."""

    since: Text = ""
    until: Text = ""
    governorate: Text = ""
    laboratory: Text = ""
    examples: Text = ""
    asked: Text = ""


Typed = Annotated[Wanted, Depends()]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; `newest` is the last day on which a sample was taken."""

    filters: Filters
    newest: date | None
    typed: Mapping[str, str]

    @property
    def query(self) -> str:
        """As a part of an address."""
        return "&".join(f"{name}={value}" for name, value in self.typed.items() if value)


@router.get("/picture")
async def show(
    request: Request,
    entered: HealthOfficer,
    typed: Typed,
) -> Response:
    """The page."""
    deps = deps_of(request)
    async with deps.patient() as session:
        laboratories = {one.code: one for one in await repository.laboratories(session)}
        asked = await _read(request, session, laboratories, typed)
        small = deps.settings.results_small_count
        (whole,) = await picture.by(session, None, asked.filters, small=small)
        figures = {name: await picture.by(session, one, asked.filters, small=small) for name, one in BY.items()}
        made = await reports.listed(session)
    return page(
        request,
        "results/picture.html",
        asked=asked,
        whole=whole,
        figures=figures,
        week_chart=chart(figures["week"]),
        day_chart=chart(figures["day"][-DAYS_OF_CHART:]),
        names={**GOVERNORATES, **{code: one.name for code, one in laboratories.items()}},
        laboratories=laboratories,
        governorates=GOVERNORATES,
        definitions=picture.DEFINITIONS,
        small=small,
        made=made,
        words=WORDS,
    )


@router.get("/picture/table.csv")
async def table(
    request: Request,
    entered: HealthOfficer,
    typed: Typed,
    by: Text = "day",
) -> Response:
    """The figures by one thing as CSV, opened rightly by Excel; hidden ones are empty."""
    deps = deps_of(request)
    dimension = BY.get(by)
    if dimension is None:
        raise RefusedError("هذا التقسيم غير معروف.", 404)
    async with deps.patient() as session:
        laboratories = {one.code: one for one in await repository.laboratories(session)}
        asked = await _read(request, session, laboratories, typed)
        found = await picture.by(session, dimension, asked.filters, small=deps.settings.results_small_count)
    names = {code: one.name for code, one in laboratories.items()}
    return _download(reports.as_csv({dimension: found}, names), "text/csv; charset=utf-8", f"picture-{by}.csv")


@router.get("/picture/chart.svg")
async def drawing(
    request: Request,
    entered: HealthOfficer,
    typed: Typed,
    by: Text = "week",
) -> Response:
    """The chart alone, as a picture for a report."""
    deps = deps_of(request)
    async with deps.patient() as session:
        laboratories = {one.code: one for one in await repository.laboratories(session)}
        asked = await _read(request, session, laboratories, typed)
        dimension = Dimension.DAY if by == "day" else Dimension.WEEK
        found: Sequence[Figures] = await picture.by(
            session, dimension, asked.filters, small=deps.settings.results_small_count
        )
    drawn = chart(found[-DAYS_OF_CHART:])
    if drawn is None:
        raise RefusedError("لا فحوص في هذه المدة.", 404)
    return _download(part(request, "results/chart.svg", chart=drawn).encode(), "image/svg+xml", "picture.svg")


@router.get("/picture/reports/{week}/{kind}")
async def report(request: Request, entered: HealthOfficer, week: date, kind: str) -> Response:
    """A weekly report as it was made."""
    deps = deps_of(request)
    async with deps.sessions() as session:
        one = await reports.get(session, week)
        ids = {} if one is None else {"pdf": one.pdf_id, "csv": one.csv_id}
        opened = await files.open_file(session, ids[kind], deps.keys) if kind in ids else None
    if opened is None:
        raise RefusedError("لا يوجد تقرير لهذا الأسبوع.", 404)
    return _download(opened.data, opened.media_type, opened.name)


async def _read(
    request: Request, session: AsyncSession, laboratories: Mapping[str, Laboratory], typed: Wanted
) -> Asked:
    """The filters.

    Without dates the last whole weeks and this one, or as many up to the newest sample if none is as young. Made-up
    results count if the form says so; unasked, while nothing else has come.
    """
    today = in_baghdad(deps_of(request).clock()).date()
    newest, only_examples = await picture.newest(session)
    last = today
    if newest is not None and newest < _first(today):
        last = newest
    begin, end = day_of(typed.since) or _first(last), day_of(typed.until) or last
    examples = bool(typed.examples) if typed.asked else only_examples
    place = typed.governorate if typed.governorate in {one.code for one in atlas.governorates()} else None
    where = typed.laboratory if typed.laboratory in laboratories else None
    shown = {
        "since": begin.isoformat(),
        "until": end.isoformat(),
        "governorate": place or "",
        "laboratory": where or "",
        "examples": "1" if examples else "",
        "asked": "1",
    }
    return Asked(Filters(begin, end, place, where, examples=examples), newest, shown)


def _first(last: date) -> date:
    return last - timedelta(days=last.isoweekday() % 7 + 7 * WEEKS)


def _download(data: bytes, media_type: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    return Response(data, media_type=media_type, headers=headers)
