"""One result: found by its sample number, masked until a reason is given, amended or voided with a reason."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from casework.results import finding, repository, sample_number, service
from casework.results.models import ISSUED, Result, Value
from console.results.words import RESULTS, WORDS, HealthOfficer
from console.web.deps import deps_of
from console.web.errors import RefusedError
from console.web.flash import done
from console.web.templates import page, plain
from foundation.database import transaction
from operations.accounts.sessions import Entered
from operations.audit import repository as audit
from operations.audit.models import Action

router = APIRouter(prefix="/results")
OPEN_FOR = timedelta(hours=1)
"""So long who gave a reason reads on without giving another."""
LOOKS = 100
LOOKS_SHOWN = 8
Text = Annotated[str, Form(max_length=600)]


@router.post("/search")
async def search(request: Request, entered: HealthOfficer, sample: Text = "") -> Response:
    """Looks a sample number up; it stands in no address and no log."""
    deps = deps_of(request)
    number = sample_number.canonical(sample)
    if number is None:
        return done(request, RESULTS, "اكتب رقم العينة كما كتبه المختبر، مثل BGD-2026-004512.", kind="bad")
    async with deps.sessions() as session:
        found = await finding.by_sample(session, number, deps.keys)
        names = {one.code: one.name for one in await repository.laboratories(session)}
    if not found:
        return done(request, RESULTS, "لا توجد نتيجة بهذا الرقم.", kind="bad")
    if len(found) == 1:
        return done(request, f"{RESULTS}/{found[0].id}")
    return page(request, "results/found.html", found=found, names=names, words=WORDS)


@router.get("/{result_id:int}")
async def show(request: Request, entered: HealthOfficer, result_id: int) -> Response:
    """The page; whose it is, and what was found, only after a reason."""
    deps = deps_of(request)
    async with deps.sessions() as session:
        result = await _found(session, result_id)
        opened = await _looked(request, session, result, entered)
        laboratory = await repository.laboratory(session, result.laboratory)
        versions = await repository.versions(session, result_id)
        looks = await audit.of_subject(session, _subject(result_id), Action.REVEAL, LOOKS_SHOWN)
    return page(
        request,
        "results/one.html",
        result=result,
        laboratory=laboratory,
        personal=service.personal(result, deps.keys) if opened else None,
        opened=opened,
        versions=versions if opened else [],
        looks=looks,
        issued=result.status in ISSUED,
        values=[value for value in Value if value != result.value],
        words=WORDS,
    )


@router.post("/{result_id:int}/reveal")
async def reveal(request: Request, entered: HealthOfficer, result_id: int, reason: Text = "") -> Response:
    """Opens it for an hour; audited."""
    deps = deps_of(request)
    why = plain(reason)
    if not why:
        return done(request, f"{RESULTS}/{result_id}", "اكتب سبب الكشف.", kind="bad")
    async with transaction(deps.sessions) as session:
        await _found(session, result_id)
        await audit.add(
            session, entered.person.name, Action.REVEAL, deps.clock(), subject=_subject(result_id), reason=why
        )
    return done(request, f"{RESULTS}/{result_id}")


@router.post("/{result_id:int}/amend")
async def amend(
    request: Request, entered: HealthOfficer, result_id: int, value: Text = "", reason: Text = ""
) -> Response:
    """Corrects what was found; who received the earlier result is told, certificates of it end."""
    if value not in set(Value):
        return done(request, f"{RESULTS}/{result_id}", "اختر النتيجة الصحيحة.", kind="bad")
    return await _change(request, entered, result_id, Value(value), reason)


@router.post("/{result_id:int}/void")
async def void(request: Request, entered: HealthOfficer, result_id: int, reason: Text = "") -> Response:
    """Declares that it does not hold."""
    return await _change(request, entered, result_id, None, reason)


async def _change(request: Request, entered: Entered, result_id: int, value: Value | None, reason: str) -> Response:
    deps = deps_of(request)
    address, why = f"{RESULTS}/{result_id}", plain(reason)
    if not why:
        return done(request, address, "اكتب السبب.", kind="bad")
    async with transaction(deps.sessions) as session:
        result = await _found(session, result_id)
        if not await _looked(request, session, result, entered):
            return done(request, address, "اكشف النتيجة أولاً لتعرف ماذا تغيّر.", kind="bad")
        given = {"reason": why, "who": entered.person.name, "now": deps.clock(), "keys": deps.keys}
        if value is None:
            changed = await service.void(session, result_id, **given)  # type: ignore[arg-type]
        else:
            changed = await service.amend(session, result_id, value, **given)  # type: ignore[arg-type]
    if not changed:
        return done(request, address, "لم يتغير شيء: هي كذلك من قبل، أو لم تصدر، أو أُلغيت.", kind="bad")
    return done(request, address, ("أُلغيت" if value is None else "صُححت") + " النتيجة، وأُخبر من استلمها.")


async def _found(session: AsyncSession, result_id: int) -> Result:
    result = await repository.get(session, result_id)
    if result is None:
        raise RefusedError("لا توجد نتيجة بهذا الرقم.", 404)
    return result


async def _looked(request: Request, session: AsyncSession, result: Result, entered: Entered) -> bool:
    since = deps_of(request).clock() - OPEN_FOR
    looks = await audit.of_subject(session, _subject(result.id), Action.REVEAL, LOOKS)
    return any(look.who == entered.person.name and look.at > since for look in looks)


def _subject(result_id: int) -> str:
    return f"result/{result_id}"
