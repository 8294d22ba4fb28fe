"""Entries that nobody has verified for too long, and the emergency notice."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from catalog.editing import freshness, repository, service
from catalog.editing.fields import CONFIDENCES
from catalog.editing.service import ConflictError, EditError
from console.content import desk
from console.content.desk import CONTENT, Code, Reader, Reviewer, Writer
from console.reminders.waiting import SOON
from console.web.dates import moment_of
from console.web.errors import RefusedError
from console.web.flash import done
from console.web.numbers import RowId
from foundation.clock import in_baghdad
from foundation.database import transaction
from operations.accounts.models import Role
from operations.announcements import repository as announcements
from operations.announcements import service as announcing
from operations.announcements.service import AnnouncementError

router = APIRouter(prefix="/content")
STALE_SHOWN = 200
PAST_SHOWN = 20
NOTICE = f"{CONTENT}/notice"


@router.get("/stale")
async def stale(
    request: Request, entered: Reader, show: Annotated[str, Query(pattern="^(unconfirmed|)$")] = ""
) -> Response:
    """Entries whose time is over, or will be soon; or those of which not everything comes from an official source."""
    deps, now = desk.deps_and_now(request)
    today = in_baghdad(now).date()
    async with deps.patient() as session:
        found = await freshness.stale(session, today, deps.settings.content_valid_days, SOON)
        return await desk.content_page(
            request,
            session,
            "stale.html",
            found=found[:STALE_SHOWN],
            number=len(found),
            doubted=await repository.count_unconfirmed(session),
            unconfirmed=await freshness.unconfirmed(session, limit=STALE_SHOWN) if show else None,
            confidences=CONFIDENCES,
            today=today,
            days=deps.settings.content_valid_days,
        )


@router.post("/stale/{code}")
async def still_right(request: Request, entered: Writer, code: Code) -> Response:
    """The editor has verified the entry: a draft that says so goes to review."""
    deps, now = desk.deps_and_now(request)
    today = in_baghdad(now).date()
    editor = desk.editor_of(entered)
    try:
        async with transaction(deps.patient) as session:
            entry = await desk.opened(session, code)
            if entry.draft is not None:
                raise RefusedError("لهذا المدخل مسودة. افتحها وغيّر يوم التحقق فيها.")
            body = entry.body | {"verified_on": today.isoformat(), "verified_until": ""}
            await service.save(session, entry.kind, body, 0, editor, now)
            await service.submit(session, code, "تحققتُ منه اليوم ولم يتغير.", editor, now)
    except (EditError, ConflictError) as error:
        return done(request, f"{CONTENT}/stale", str(error), kind="bad")
    return done(request, f"{CONTENT}/stale", "أُرسل التحقق للمراجعة.")


@router.get("/notice")
async def notice(request: Request, entered: Reader) -> Response:
    """The notices: now, coming, past."""
    deps, now = desk.deps_and_now(request)
    async with deps.patient() as session:
        return await desk.content_page(
            request,
            session,
            "notice.html",
            coming=await announcements.coming(session, now),
            past=await announcements.past(session, now, PAST_SHOWN),
            may=entered.person.has(Role.REVIEWER),
            begins=in_baghdad(now).strftime("%Y/%m/%d %H:%M"),
            ends=in_baghdad(now + timedelta(days=1)).strftime("%Y/%m/%d %H:%M"),
            limit=announcing.TEXT_MAX_CHARS,
        )


@router.post("/notice")
async def announce(
    request: Request,
    entered: Reviewer,
    starts: Annotated[str, Form(max_length=30)],
    ends: Annotated[str, Form(max_length=30)],
    text: Annotated[str, Form(max_length=announcing.TEXT_MAX_CHARS * 2)] = "",
    reason: Annotated[str, Form(max_length=announcing.REASON_MAX_CHARS * 2)] = "",
) -> Response:
    """Makes a notice; times are those of Baghdad."""
    deps, now = desk.deps_and_now(request)
    begin, end = moment_of(starts), moment_of(ends)
    if begin is None or end is None:
        return done(request, NOTICE, "اكتب الوقت هكذا: 2026/11/23 08:00.", kind="bad")
    try:
        async with transaction(deps.patient) as session:
            await announcing.announce(session, text, reason, begin, end, entered.person.name, now)
    except AnnouncementError as error:
        return done(request, NOTICE, str(error), kind="bad")
    return done(request, NOTICE, "حُفظ التنبيه. يراه كل مواطن قبل أول جواب في اليوم.")


@router.post("/notice/{number}/end")
async def end(request: Request, entered: Reviewer, number: RowId) -> Response:
    """Ends a notice now."""
    deps, now = desk.deps_and_now(request)
    async with transaction(deps.patient) as session:
        ended = await announcing.end(session, number, entered.person.name, now)
    return done(request, NOTICE, "انتهى التنبيه.") if ended else done(request, NOTICE, "انتهى من قبل.", kind="bad")
