"""The switches: each capability can be switched off with a reason and a sentence for citizens."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from console.web.deps import deps_of
from console.web.flash import done
from console.web.guard import require
from console.web.templates import page
from foundation.database import transaction
from operations.accounts.models import Role
from operations.accounts.sessions import Entered
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.switches import repository, service
from operations.switches.models import Capability
from operations.switches.sentences import SENTENCES
from operations.switches.service import MESSAGE_MAX_CHARS, REASON_MAX_CHARS

router = APIRouter(prefix="/switches")
Administrator = Annotated[Entered, Depends(require(Role.ADMINISTRATOR))]
Reason = Annotated[str, Form(max_length=REASON_MAX_CHARS * 2)]
PAGE = "/console/switches"
HISTORY = 20
"""Changes shown."""
NAMES: Mapping[Capability, tuple[str, str]] = {
    Capability.EVERYTHING: ("كل شيء", "كل رسالة، في كل قناة، تُجاب بالجملة فوراً."),
    Capability.SERVICE_ANSWERS: ("الإجابة عن الخدمات", "الأسئلة عن الخدمات وقائمتها. يبقى الترحيب والشكاوى والنتائج."),
    Capability.CASES: (
        "الشكاوى والمقترحات",
        "تقديمها ومتابعتها في المحادثة. عمل الموظفين مستمر، وما كُتب نصفه محفوظ.",
    ),
    Capability.RESULTS: ("نتائج الفحص", "عرض النتيجة وشهادتها في المحادثة. الاستيراد والتحقق من الشهادات مستمران."),
    Capability.HANDOFFS: ("طلب موظف", "طلبات جديدة لموظف. المحادثات المنتظرة والمفتوحة مستمرة."),
    Capability.WEBCHAT: ("محادثة الموقع", "كل رسالة من صفحة المحادثة تُجاب بالجملة."),
    Capability.TELEGRAM: ("تيليجرام", "كل رسالة من تيليجرام تُجاب بالجملة."),
}
"""What each is called here, and what its switch does."""


@router.get("")
async def listed(request: Request, entered: Administrator) -> Response:
    """Every capability, and the last changes."""
    deps = deps_of(request)
    async with deps.sessions() as session:
        off = {one.capability: one for one in await repository.off(session)}
        history = await audit.newest(session, (Action.SWITCH_OFF, Action.SWITCH_ON), HISTORY)
    return page(
        request,
        "switches.html",
        capabilities=list(Capability),
        names=NAMES,
        off=off,
        unused=() if deps.settings.telegram_bot_token else (Capability.TELEGRAM,),
        sentences=SENTENCES,
        history=history,
        message_max=MESSAGE_MAX_CHARS,
        reason_max=REASON_MAX_CHARS,
    )


@router.post("/{capability}/off")
async def switch_off(
    request: Request,
    entered: Administrator,
    capability: Capability,
    reason: Reason = "",
    message: Annotated[str, Form(max_length=MESSAGE_MAX_CHARS * 2)] = "",
) -> Response:
    """Switches it off, or changes what is said while it is off."""
    deps = deps_of(request)
    try:
        async with transaction(deps.sessions) as session:
            await service.switch_off(
                session,
                capability,
                message=message.strip() or SENTENCES[capability],
                reason=reason,
                who=entered.person.name,
                now=deps.clock(),
            )
    except ValueError:
        return done(request, PAGE, "اكتب السبب، وجملة بالعربية للمواطنين، كلاً منهما في أقل من ألف حرف.", kind="bad")
    return done(request, PAGE, f"أُوقف: {NAMES[capability][0]}. يسري خلال ثانيتين.")


@router.post("/{capability}/on")
async def switch_on(request: Request, entered: Administrator, capability: Capability, reason: Reason = "") -> Response:
    """Switches it on again."""
    deps = deps_of(request)
    try:
        async with transaction(deps.sessions) as session:
            await service.switch_on(session, capability, reason=reason, who=entered.person.name, now=deps.clock())
    except ValueError:
        return done(request, PAGE, "اكتب السبب في أقل من ألف حرف.", kind="bad")
    return done(request, PAGE, f"عاد: {NAMES[capability][0]}. يسري خلال ثانيتين.")
