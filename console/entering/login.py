"""Name and password."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from console.web import cookies
from console.web.deps import deps_of
from console.web.guard import check_csrf, who_entered
from console.web.templates import page
from foundation.database import transaction
from operations.accounts import login, passwords, sessions
from operations.accounts.models import Stage
from operations.audit import repository as audit
from operations.audit.models import Action

router = APIRouter()
REFUSED = "لم ندخلك. تأكد من الاسم وكلمة السر. بعد عدة محاولات خاطئة يتوقف الدخول وقتاً يطول كل مرة: انتظر ثم حاول."
TOO_MANY = "محاولات كثيرة من هذا المكان. انتظر دقيقة ثم حاول."
CROWDED = "كثيرون يدخلون في هذه اللحظة. انتظر قليلاً ثم حاول."
FIELD_MAX_CHARS = 300


@router.get("/login")
async def show(request: Request, next: str = "") -> Response:  # the name in the address
    """The page; who has entered goes on."""
    entered = await who_entered(request)
    if entered is not None and entered.stage is Stage.OPEN:
        return RedirectResponse(safe_target(next), 303)
    return _page(request, next)


@router.post("/login")
async def enter(
    request: Request,
    name: Annotated[str, Form(max_length=FIELD_MAX_CHARS)] = "",
    password: Annotated[str, Form(max_length=FIELD_MAX_CHARS)] = "",
    next: Annotated[str, Form(max_length=FIELD_MAX_CHARS)] = "",
) -> Response:
    """Checks them; the code of the second factor comes next where there is one."""
    deps = deps_of(request)
    if not await deps.admits(request.client.host if request.client else ""):
        return _page(request, next, name=name, refused=TOO_MANY, status=429)
    if passwords.crowded():
        return _page(request, next, name=name, refused=CROWDED, status=429)
    entered = await login.by_password(deps.door, name, password, browser_of(request), deps.clock())
    if entered is None:
        return _page(request, next, name=name, refused=REFUSED, status=401)
    token, stage = entered
    target = safe_target(next)
    if stage is Stage.CODE:
        target = f"/console/login/code?next={quote(target)}"
    return await admitted(request, token, target)


@router.post("/logout")
async def leave(request: Request) -> Response:
    """Ends the session."""
    deps = deps_of(request)
    entered = await who_entered(request)
    if entered is not None:
        await check_csrf(request, entered)
        async with transaction(deps.sessions) as session:
            await sessions.end(session, entered.session_id)
            name = entered.person.name
            await audit.add(session, name, Action.LOGOUT, deps.clock(), subject=name)
    response = RedirectResponse("/console/login", 303)
    cookies.drop(response, cookies.SESSION)
    return response


async def admitted(request: Request, token: str, target: str) -> Response:
    """Hands the new session to the browser; the one it held before ends."""
    deps = deps_of(request)
    before = await who_entered(request)
    if before is not None:
        async with transaction(deps.sessions) as session:
            await sessions.end(session, before.session_id)
    response = RedirectResponse(target, 303)
    cookies.put(request, response, cookies.SESSION, token)
    return response


def safe_target(target: str) -> str:
    """A page of the console, whatever stands in the address."""
    plain = target.startswith("/console/") and "\\" not in target and "//" not in target
    return target if plain and target.isprintable() and not target.startswith("/console/login") else "/console/"


def browser_of(request: Request) -> str:
    """What the browser says it is."""
    return request.headers.get("user-agent", "")


def _page(request: Request, target: str, *, name: str = "", refused: str = "", status: int = 200) -> Response:
    offers_identity = bool(deps_of(request).settings.oidc_issuer)
    return page(
        request,
        "login.html",
        status,
        next=safe_target(target),
        name=name,
        refused=refused,
        offers_identity=offers_identity,
    )
