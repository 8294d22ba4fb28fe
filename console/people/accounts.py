"""Accounts and their roles."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from casework.handoffs import sweep
from console.handoffs.desk import announce, desk_of
from console.web.deps import deps_of
from console.web.errors import RefusedError
from console.web.flash import done
from console.web.guard import require
from console.web.templates import page
from foundation.database import transaction
from operations.accounts import repository, service
from operations.accounts.errors import AccountError
from operations.accounts.governorates import GOVERNORATES
from operations.accounts.models import Role
from operations.accounts.person import Grant
from operations.accounts.sessions import Entered

router = APIRouter(prefix="/accounts")
Administrator = Annotated[Entered, Depends(require(Role.ADMINISTRATOR))]
Field = Annotated[str, Form(max_length=300)]
Several = Annotated[list[str], Form()]
LIST = "/console/accounts"


@router.get("")
async def everyone(request: Request, entered: Administrator) -> Response:
    """All accounts."""
    async with deps_of(request).sessions() as session:
        people = await repository.everyone(session)
    return page(request, "accounts.html", people=people, governorates=GOVERNORATES)


@router.get("/new")
async def new(request: Request, entered: Administrator) -> Response:
    """The empty form."""
    return _form(request, {}, ())


@router.post("/new")
async def create(
    request: Request,
    entered: Administrator,
    name: Field = "",
    shown_name: Field = "",
    email: Field = "",
    team: Field = "",
    role: Several = [],  # noqa: B006  # read only
    governorate: Several = [],  # noqa: B006
) -> Response:
    """Makes an account; its one-time password is shown once, on the page that follows."""
    deps = deps_of(request)
    typed = {"name": name, "shown_name": shown_name, "email": email, "team": team}
    grants: tuple[Grant, ...] = ()
    try:
        grants = _grants(role, governorate)
        async with transaction(deps.sessions) as session:
            account, password = await service.create(
                session, name, shown_name, grants, email=email, team=team,
                who=entered.person.name, now=deps.clock(), settings=deps.settings,
            )  # fmt: skip
    except AccountError as error:
        return _form(request, typed, grants, refused=str(error))
    return page(request, "account_password.html", account=account, password=password, fresh=True)


@router.get("/{account_id}")
async def show(request: Request, entered: Administrator, account_id: str) -> Response:
    """One account."""
    async with deps_of(request).sessions() as session:
        account = await repository.get(session, account_id)
        grants = await repository.grants(session, account_id)
    if account is None:
        raise RefusedError("لا يوجد حساب بهذا الرقم.", 404)
    typed = {
        "name": account.name, "shown_name": account.shown_name, "email": account.email or "", "team": account.team,
    }  # fmt: skip
    return _form(request, typed, grants, account=account)


@router.post("/{account_id}")
async def change(
    request: Request,
    entered: Administrator,
    account_id: str,
    shown_name: Field = "",
    email: Field = "",
    team: Field = "",
    role: Several = [],  # noqa: B006
    governorate: Several = [],  # noqa: B006
) -> Response:
    """Changes name, team and roles; other roles end the account's sessions at once."""
    deps = deps_of(request)
    try:
        async with transaction(deps.sessions) as session:
            ended = await service.change(
                session, account_id, shown_name, _grants(role, governorate), email=email, team=team,
                who=entered.person.name, now=deps.clock(),
            )  # fmt: skip
            person = await repository.person(session, account_id)
            left: Sequence[str] = ()
            if person is not None and not person.has(Role.AGENT):
                left = await sweep.release_all(session, desk_of(deps), account_id, deps.clock())
    except AccountError as error:
        return done(request, f"{LIST}/{account_id}", str(error), kind="bad")
    for conversation_id in left:
        announce(deps, conversation_id)
    return done(request, LIST, "حُفظ التغيير." + (" انتهت جلسات صاحب الحساب لأن أدواره تغيرت." if ended else ""))


@router.post("/{account_id}/password")
async def reset(request: Request, entered: Administrator, account_id: str, second_factor: Field = "") -> Response:
    """A new one-time password."""
    deps = deps_of(request)
    try:
        async with transaction(deps.sessions) as session:
            password = await service.reset_password(
                session, account_id, who=entered.person.name, now=deps.clock(), settings=deps.settings,
                second_factor=bool(second_factor),
            )  # fmt: skip
            account = await repository.get(session, account_id)
    except AccountError as error:
        raise RefusedError(str(error), 404) from error
    return page(request, "account_password.html", account=account, password=password, fresh=False)


@router.post("/{account_id}/disable")
async def disable(request: Request, entered: Administrator, account_id: str, reason: Field = "") -> Response:
    """Shuts somebody out, at once."""
    deps = deps_of(request)
    try:
        async with transaction(deps.sessions) as session:
            await service.disable(session, account_id, who=entered.person.name, now=deps.clock(), reason=reason)
            left = await sweep.release_all(session, desk_of(deps), account_id, deps.clock())
    except AccountError as error:
        return done(request, f"{LIST}/{account_id}", str(error), kind="bad")
    for conversation_id in left:
        announce(deps, conversation_id)
    return done(request, LIST, "أُوقف الحساب وانتهت جلساته.")


@router.post("/{account_id}/enable")
async def enable(request: Request, entered: Administrator, account_id: str) -> Response:
    """Lets somebody in again."""
    deps = deps_of(request)
    try:
        async with transaction(deps.sessions) as session:
            await service.enable(session, account_id, who=entered.person.name, now=deps.clock())
    except AccountError as error:
        raise RefusedError(str(error), 404) from error
    return done(request, LIST, "الحساب مفتوح من جديد.")


def _grants(roles: list[str], governorates: list[str]) -> tuple[Grant, ...]:
    """The ticked roles; a case officer's hold in the ticked governorates, in all if none is ticked."""
    try:
        wanted = [Role(role) for role in dict.fromkeys(roles)]
    except ValueError as error:
        raise AccountError("دور غير معروف.") from error
    if not wanted:
        raise AccountError("اختر دوراً واحداً على الأقل.")
    places = [place for place in dict.fromkeys(governorates) if place in GOVERNORATES] or [""]
    return tuple(Grant(role, place) for role in wanted for place in (places if role is Role.CASE_OFFICER else [""]))


def _form(
    request: Request, typed: dict[str, str], grants: tuple[Grant, ...], *, account: object = None, refused: str = ""
) -> Response:
    held = {grant.role for grant in grants}
    places = {grant.governorate for grant in grants}
    empty = {"name": "", "shown_name": "", "email": "", "team": ""}
    return page(
        request,
        "account.html",
        422 if refused else 200,
        typed=empty | typed,
        held=held,
        places=places,
        roles=list(Role),
        governorates=GOVERNORATES,
        account=account,
        refused=refused,
    )
