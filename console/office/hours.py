"""When people answer: the week and the holidays."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from casework.handoffs import hours
from console.web.dates import day_of, minutes_of
from console.web.deps import deps_of
from console.web.flash import done
from console.web.guard import require
from console.web.templates import page, plain
from foundation.clock import show_date
from foundation.database import transaction
from operations.accounts.models import Role
from operations.accounts.sessions import Entered
from operations.audit import repository as audit
from operations.audit.models import Action

router = APIRouter(prefix="/office")
Administrator = Annotated[Entered, Depends(require(Role.ADMINISTRATOR))]
Field = Annotated[str, Form(max_length=80)]
OFFICE = "/console/office"
WEEK = (6, 0, 1, 2, 3, 4, 5)
"""Sunday first."""


@router.get("")
async def show(request: Request, entered: Administrator) -> Response:
    """The page."""
    deps = deps_of(request)
    async with deps.sessions() as session:
        calendar = await hours.calendar(session)
        holidays = await hours.holidays(session)
    now = deps.clock()
    opens = calendar.opens_next(now)
    return page(
        request,
        "office.html",
        calendar=calendar,
        holidays=[holiday for holiday in holidays if holiday.day >= now.date()],
        week=WEEK,
        names=hours.WEEKDAYS,
        open_now=calendar.is_open(now),
        opens=hours.show_opening(opens) if opens else "",
        show_date=show_date,
        clock_of=_clock_of,
    )


@router.post("/week")
async def change_week(request: Request, entered: Administrator) -> Response:
    """Replaces the week: fields `open-N`, `from-N`, `to-N` of the weekday N."""
    deps = deps_of(request)
    form = await request.form()
    try:
        week = {
            day: (_minutes(str(form.get(f"from-{day}", ""))), _minutes(str(form.get(f"to-{day}", ""))))
            for day in WEEK
            if form.get(f"open-{day}")
        }
        async with transaction(deps.sessions) as session:
            await hours.put_week(session, week)
            await audit.add(
                session,
                entered.person.name,
                Action.OFFICE_HOURS,
                deps.clock(),
                details={str(day): list(times) for day, times in week.items()},
            )
    except ValueError as error:
        return done(request, OFFICE, str(error), kind="bad")
    return done(request, OFFICE, "حُفظ الأسبوع.")


@router.post("/holidays")
async def add_holiday(request: Request, entered: Administrator, day: Field = "", name: Field = "") -> Response:
    """Adds a day on which the office is closed."""
    deps = deps_of(request)
    when = day_of(day)
    if when is None:
        return done(request, OFFICE, "اكتب تاريخ العطلة هكذا: 2026/11/23.", kind="bad")
    async with transaction(deps.sessions) as session:
        await hours.add_holiday(session, when, plain(name) or "عطلة")
        await audit.add(session, entered.person.name, Action.OFFICE_HOURS, deps.clock(), subject=f"+{when}")
    return done(request, OFFICE, "أُضيفت العطلة.")


@router.post("/holidays/{day}/remove")
async def remove_holiday(request: Request, entered: Administrator, day: date) -> Response:
    """The office is open on that day after all."""
    deps = deps_of(request)
    async with transaction(deps.sessions) as session:
        await hours.remove_holiday(session, day)
        await audit.add(session, entered.person.name, Action.OFFICE_HOURS, deps.clock(), subject=f"-{day}")
    return done(request, OFFICE, "حُذفت العطلة.")


def _minutes(text: str) -> int:
    minutes = minutes_of(text)
    if minutes is None:
        raise ValueError("اكتب وقت الفتح ووقت الإغلاق هكذا: 08:00 و15:30.")
    return minutes


def _clock_of(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
