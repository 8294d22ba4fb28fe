"""The code of the second factor."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.entering.login import FIELD_MAX_CHARS, admitted, browser_of, safe_target
from console.web.deps import deps_of
from console.web.errors import RefusedError
from console.web.flash import done
from console.web.guard import check_csrf, who_entered
from console.web.templates import page
from operations.accounts import login
from operations.accounts.models import Stage
from operations.accounts.sessions import Entered

router = APIRouter()
REFUSED = "الرمز غير صحيح أو استُعمل قبل قليل. انتظر الرمز التالي واكتبه."


@router.get("/login/code")
async def show(request: Request, next: str = "") -> Response:
    """The page."""
    entered = await _awaited(request)
    if entered is None:
        return done(request, "/console/login")
    return page(request, "code.html", csrf=entered.csrf, next=safe_target(next), refused="")


@router.post("/login/code")
async def enter(
    request: Request,
    code: Annotated[str, Form(max_length=FIELD_MAX_CHARS)] = "",
    next: Annotated[str, Form(max_length=FIELD_MAX_CHARS)] = "",
) -> Response:
    """Checks it."""
    deps = deps_of(request)
    entered = await _awaited(request)
    if entered is None:
        raise RefusedError("انتهى وقت إدخال الرمز. ادخل من جديد بكلمة السر.", 401)
    await check_csrf(request, entered)
    token = await login.by_code(deps.door, entered, code, browser_of(request), deps.clock())
    if token is None:
        return page(request, "code.html", 401, csrf=entered.csrf, next=safe_target(next), refused=REFUSED)
    return await admitted(request, token, safe_target(next))


async def _awaited(request: Request) -> Entered | None:
    entered = await who_entered(request)
    return entered if entered is not None and entered.stage is Stage.CODE else None
