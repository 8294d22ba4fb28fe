"""One's own account: password, second factor, sessions."""

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from console.web.deps import deps_of
from console.web.flash import done
from console.web.guard import ANYONE, require
from console.web.templates import page
from foundation.database import transaction
from operations.accounts import login, service, sessions, totp
from operations.accounts.errors import AccountError
from operations.accounts.sessions import Entered

router = APIRouter()
Anyone = Annotated[Entered, Depends(require(*ANYONE))]
EvenOneTime = Annotated[Entered, Depends(require(*ANYONE, one_time=True))]
Field = Annotated[str, Form(max_length=300)]
OWN = "/console/own"
WAIT = "بعد عدة محاولات خاطئة يتوقف القبول وقتاً يطول كل مرة."


@router.get("/password")
async def show_password(request: Request, entered: EvenOneTime) -> Response:
    """The page on which the password is changed."""
    return page(request, "password.html", refused="")


@router.post("/password")
async def change_password(
    request: Request, entered: EvenOneTime, current: Field = "", new: Field = "", again: Field = ""
) -> Response:
    """Changes it; the person's other sessions end."""
    deps = deps_of(request)
    try:
        if new != again:
            raise AccountError("كلمتا السر الجديدتان غير متطابقتين.")
        if not await login.confirmed(deps.door, entered, current, deps.clock()):
            raise AccountError(f"كلمة السر الحالية غير صحيحة. {WAIT}")
        async with transaction(deps.sessions) as session:
            await service.change_password(
                session, entered.person.id, current, new, now=deps.clock(), keep_session=entered.session_id
            )
    except AccountError as error:
        return page(request, "password.html", 422, refused=str(error))
    return done(request, "/console/", "تغيرت كلمة السر. انتهت جلساتك في الأجهزة الأخرى.")


@router.get("/own")
async def own(request: Request, entered: Anyone) -> Response:
    """The page of one's own account."""
    return page(request, "own.html")


@router.get("/own/code")
async def new_code(request: Request, entered: Anyone) -> Response:
    """A fresh secret as a picture, to be confirmed with its first code."""
    return _code_page(request, entered, totp.new_secret())


@router.post("/own/code")
async def switch_code_on(request: Request, entered: Anyone, secret: Field = "", code: Field = "") -> Response:
    """Asks for a code at each login from now on."""
    deps = deps_of(request)
    try:
        async with transaction(deps.sessions) as session:
            await totp.switch_on(session, entered.person.id, secret, code, deps.keys, deps.clock())
    except (AccountError, ValueError) as error:
        return _code_page(request, entered, secret, refused=str(error))
    return done(request, OWN, "من الآن يُطلب رمز عند كل دخول.")


@router.post("/own/code/off")
async def switch_code_off(request: Request, entered: Anyone, current: Field = "") -> Response:
    """Asks for no code any more; the password is asked once more."""
    deps = deps_of(request)
    if not await login.confirmed(deps.door, entered, current, deps.clock()):
        return done(request, OWN, f"كلمة السر غير صحيحة. بقي رمز التحقق كما هو. {WAIT}", kind="bad")
    async with transaction(deps.sessions) as session:
        await totp.switch_off(session, entered.person.id, deps.clock())
    return done(request, OWN, "لن يُطلب رمز عند الدخول.")


@router.post("/own/leave-all")
async def leave_others(request: Request, entered: Anyone) -> Response:
    """Ends the person's sessions on other browsers."""
    deps = deps_of(request)
    async with transaction(deps.sessions) as session:
        await sessions.end_all(session, entered.person.id, but=entered.session_id)
    return done(request, OWN, "انتهت جلساتك في الأجهزة الأخرى.")


def _code_page(request: Request, entered: Entered, secret: str, refused: str = "") -> Response:
    try:
        picture = base64.b64encode(totp.picture(secret, entered.person.name)).decode()
    except ValueError:
        secret = totp.new_secret()
        picture = base64.b64encode(totp.picture(secret, entered.person.name)).decode()
    return page(request, "own_code.html", 422 if refused else 200, secret=secret, picture=picture, refused=refused)
