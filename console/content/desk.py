"""What the content pages share: who may do what, reading the form of an entry, the draft that is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast

from fastapi import Depends, Path, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.editing import fields, freshness, repository, service
from catalog.editing.models import Body, Draft, Kind, State
from catalog.editing.preview import Previews
from catalog.editing.publishing import published
from catalog.editing.service import Editor
from catalog.models import CODE_MAX_CHARS
from catalog.schema import FAQ_PREFIX
from catalog.unanswered import repository as unanswered
from console.web.dates import day_of
from console.web.deps import Deps, deps_of
from console.web.errors import RefusedError
from console.web.guard import require
from console.web.templates import page, plain
from foundation.clock import in_baghdad
from operations.accounts.models import Role
from operations.accounts.sessions import Entered

CONTENT = "/console/content"
COUNTED_MAX = 100
"""More are shown as so many."""
FORM_MAX_FIELDS = 200
FIELD_MAX_BYTES = 256 * 1024

Reader = Annotated[Entered, Depends(require(Role.EDITOR, Role.REVIEWER))]
Writer = Annotated[Entered, Depends(require(Role.EDITOR))]
WriterInBackground = Annotated[Entered, Depends(require(Role.EDITOR, background=True))]
Reviewer = Annotated[Entered, Depends(require(Role.REVIEWER))]
Code = Annotated[str, Path(pattern=r"^[a-z]+(-[a-z0-9]+)*$", max_length=CODE_MAX_CHARS)]
STATE_NAMES = {
    State.WRITING: ("مسودة", "warn"),
    State.SUBMITTED: ("تنتظر المراجعة", "brand"),
    State.APPROVED: ("تُنشر في وقتها", "live"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the content part, with how much waits there."""

    title: str
    address: str
    waiting: int = 0


def editor_of(entered: Entered) -> Editor:
    """Who edits."""
    return Editor(entered.person.id, entered.person.name, entered.person.shown_name)


def kind_of(code: str) -> Kind:
    """What an entry of this code is."""
    return "faq" if code.startswith(FAQ_PREFIX) else "service"


def previews_of(request: Request) -> Previews:
    """The process's index for previews, made when first asked for."""
    state = request.app.state
    if not hasattr(state, "previews"):
        state.previews = Previews(deps_of(request).patient)
    return cast(Previews, state.previews)


async def content_page(
    request: Request, session: AsyncSession, name: str, status: int = 200, /, **values: Any
) -> HTMLResponse:
    """A content page with its tabs; `name` is a template of `content/`, or with its folder one of another."""
    waiting = await repository.count(session, State.SUBMITTED)
    lines = await unanswered.count_open(session)
    today, days = in_baghdad(deps_of(request).clock()).date(), deps_of(request).settings.content_valid_days
    stale = len(await freshness.stale(session, today, days, limit=COUNTED_MAX))
    tabs: Sequence[Tab] = (
        Tab("الخدمات والأسئلة", CONTENT),
        Tab("المراجعة", f"{CONTENT}/review", waiting),
        Tab("بلا جواب", f"{CONTENT}/unanswered", lines),
        Tab("التدريب", f"{CONTENT}/training"),
        Tab("تحتاج تحققاً", f"{CONTENT}/stale", stale),
        Tab("ملفات", f"{CONTENT}/files"),
        Tab("تنبيه عام", f"{CONTENT}/notice"),
    )
    entered: Entered = request.state.entered
    if not entered.person.has(Role.EDITOR, Role.REVIEWER):
        tabs = [tab for tab in tabs if tab.address == f"{CONTENT}/training"]
    here = max((tab.address for tab in tabs if request.url.path.startswith(tab.address)), key=len, default=CONTENT)
    shared = {"tabs": tabs, "here": here, "state_names": STATE_NAMES, "kind_names": fields.KIND_NAMES}
    return page(request, name if "/" in name else f"content/{name}", status, **shared, **values)


async def typed_entry(request: Request, kind: Kind, code: str) -> tuple[Body, int, Mapping[str, str]]:
    """The entry of the page's form, the revision it began from, and the form's other fields."""
    form = await request.form(max_fields=FORM_MAX_FIELDS, max_part_size=FIELD_MAX_BYTES)
    texts = {name: plain(value) for name, value in form.items() if isinstance(value, str)}
    for field in fields.fields_of(kind):
        if field.shape == "day" and (day := day_of(texts.get(field.name, ""))):
            texts[field.name] = day.isoformat()
    ticked = [str(value) for value in form.getlist("inferred_fields")]
    revision = texts.get("revision", "")
    seen = int(revision) if revision.isdecimal() and len(revision) < 10 else 0
    return fields.read_form(kind, code or texts.get("code", ""), texts, ticked), seen, texts


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry as the page shows it: what is typed, the draft, what is published."""

    code: str
    kind: Kind
    draft: Draft | None
    live: Body | None

    @property
    def body(self) -> Body:
        """The draft, else what is published."""
        return self.draft.body if self.draft else self.live or fields.empty(self.kind)

    @property
    def revision(self) -> int:
        """Of the draft; 0 if there is none."""
        return self.draft.revision if self.draft else 0


async def opened(session: AsyncSession, code: str) -> Opened:
    """The entry; raises `RefusedError` if there is neither an entry nor a draft."""
    draft = await repository.draft(session, code)
    kind = draft.kind if draft else kind_of(code)
    live = await published(session, kind, code)
    if draft is None and live is None:
        raise RefusedError("لا يوجد مدخل بهذا الرمز.", 404)
    return Opened(code, kind, draft, live)


async def problems(session: AsyncSession, kind: Kind, body: Body, now: datetime) -> Mapping[str, str]:
    """What is wrong with an entry, by field."""
    return await service.problems(session, kind, body, now)


async def choices(session: AsyncSession) -> dict[str, dict[str, str]]:
    """What the choices of the form hold."""
    return {
        "category": await repository.category_names(session),
        "confidence": {code.value: title for code, title in fields.CONFIDENCES.items()},
    }


def deps_and_now(request: Request) -> tuple[Deps, datetime]:
    """The application's parts and the present moment."""
    deps = deps_of(request)
    return deps, deps.clock()
