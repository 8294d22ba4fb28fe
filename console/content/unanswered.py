"""Lines that had no answer, in groups; each group becomes words of an entry, a new entry, examples of an intent, or
nothing."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from arabic import normalise
from arabic.plural import LINE
from catalog.editing import fields, repository, service
from catalog.editing.models import Kind
from catalog.editing.service import ConflictError
from catalog.training import examples
from catalog.training.examples import ExampleError
from catalog.training.intents import intents, name_of
from catalog.unanswered import repository as unanswered
from catalog.unanswered.grouping import LINES_MAX, Group, grouped
from catalog.unanswered.models import State
from console.content import desk
from console.content.desk import CONTENT, Reader, Writer
from console.content.form import form_page, numbers
from console.training.shared import shipped_lines
from console.web.errors import RefusedError
from console.web.flash import done
from foundation.database import transaction

router = APIRouter(prefix="/content/unanswered")
HERE = f"{CONTENT}/unanswered"
GROUPS_SHOWN = 30
NEAREST = 2
"""Entries offered for a group at once; any other by its code."""
IDS_MAX_CHARS = 4000
Ids = Annotated[str, Form(max_length=IDS_MAX_CHARS)]
Several = Annotated[list[str], Form(max_length=GROUPS_SHOWN)]


@router.get("")
async def listed(
    request: Request,
    entered: Reader,
    q: Annotated[str, Query(max_length=100)] = "",
    order: Annotated[str, Query(pattern="^(newest|)$")] = "",
) -> Response:
    """The groups that hold the words, those asked most often or last first, each with the entries nearest to it.

    Lines of people in danger stand above all.
    """
    deps, _ = desk.deps_and_now(request)
    previews = desk.previews_of(request)
    async with deps.patient() as session:
        lines = await unanswered.open_lines(session, LINES_MAX)
        groups = [one for one in await asyncio.to_thread(grouped, lines) if _holds(one, q)]
        if order:
            groups.sort(key=lambda one: max(line.last_day for line in one.lines), reverse=True)
        urgent = {one.first.id for one in groups if any(deps.in_danger(line.text) for line in one.lines)}
        groups.sort(key=lambda one: one.first.id not in urgent)
        shown = [(group, await previews.nearest(group.first.text, NEAREST)) for group in groups[:GROUPS_SHOWN]]
        return await desk.content_page(
            request,
            session,
            "unanswered.html",
            groups=shown,
            hidden_groups=max(0, len(groups) - GROUPS_SHOWN),
            urgent=urgent,
            asked={"q": q, "order": order},
            intents=intents(),
        )


@router.post("/add")
async def add(
    request: Request,
    entered: Writer,
    ids: Ids,
    code: Annotated[str, Form(max_length=64)] = "",
    other: Annotated[str, Form(max_length=64)] = "",
    as_alias: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Puts the lines into the draft of an entry, as questions or as other names."""
    deps, now = desk.deps_and_now(request)
    code = other.strip() or code
    async with transaction(deps.patient) as session:
        lines = await unanswered.some(session, numbers(ids))
        if not lines:
            return done(request, HERE, "عالج زميل هذه الأسئلة قبلك.", kind="bad")
        if not await repository.is_published(session, code):
            return done(request, HERE, "لا يوجد مدخل بهذا الرمز. اختره من القائمة.", kind="bad")
        entry = await desk.opened(session, code)
        name = "aliases" if as_alias else "questions"
        words = list(dict.fromkeys([*entry.body[name], *(line.text for line in lines)]))
        try:
            await service.save(
                session, entry.kind, entry.body | {name: words}, entry.revision, desk.editor_of(entered), now
            )
        except ConflictError as error:
            raise RefusedError("يحرر زميل هذا المدخل الآن. حاول بعد لحظة.") from error
        await unanswered.handle(session, [line.id for line in lines], State.USED, code, entered.person.shown_name, now)
    return done(request, f"{CONTENT}/entries/{code}#words", "أُضيفت إلى المسودة. جرّبها ثم أرسلها للمراجعة.")


@router.post("/example")
async def example(
    request: Request, entered: Writer, ids: Ids, intent: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Makes the lines examples of an intent; those that may not be trained with stay, and the first reason is said."""
    deps, now = desk.deps_and_now(request)
    shipped = await shipped_lines()
    async with transaction(deps.patient) as session:
        lines = await unanswered.some(session, numbers(ids))
        if not lines:
            return done(request, HERE, "عالج زميل هذه الأسئلة قبلك.", kind="bad")
        try:
            added = await examples.add(
                session, intent, [line.text for line in lines], shipped, desk.editor_of(entered), now
            )
        except ExampleError as error:
            return done(request, HERE, str(error), kind="bad")
        left = {text for text, _ in added.refused}
        settled = [line.id for line in lines if examples.cleaned(line.text) not in left]
        await unanswered.handle(session, settled, State.USED, intent, entered.person.shown_name, now)
    if added.refused:
        number, (line, reason) = len(added.refused), added.refused[0]
        said = f"أُضيف {LINE.count(len(added.lines))}، وبقي {LINE.count(number)}. «{line}»: {reason}"
        return done(request, HERE, said, kind="good" if added.lines else "bad")
    return done(request, HERE, f"أُضيفت إلى «{name_of(intent)}». يتعلمها المساعد حين يُدرَّب نموذج ويُعتمد.")


@router.post("/new/{kind}")
async def new(request: Request, entered: Writer, kind: Kind, ids: Ids) -> Response:
    """Opens the form of a new entry that has these lines as its questions; they are settled when it is saved."""
    deps, _ = desk.deps_and_now(request)
    async with deps.patient() as session:
        lines = await unanswered.some(session, numbers(ids))
    body = fields.empty(kind)
    body["questions"] = [line.text for line in lines]
    if kind == "faq" and lines:
        body["title"] = lines[0].text
    return await form_page(request, entered, desk.Opened("", kind, None, None), body, from_lines=ids)


@router.post("/dismiss")
async def dismiss(request: Request, entered: Writer, ids: Several = []) -> Response:  # noqa: B006  # read only
    """The lines, of one group or of several that were ticked, need no answer."""
    deps, now = desk.deps_and_now(request)
    wanted = numbers(",".join(ids)[: IDS_MAX_CHARS * GROUPS_SHOWN])
    if not wanted:
        return done(request, HERE, "اختر ما تهمله أولاً.", kind="bad")
    async with transaction(deps.patient) as session:
        lines = await unanswered.some(session, wanted)
        await unanswered.handle(
            session, [line.id for line in lines], State.DISMISSED, "", entered.person.shown_name, now
        )
    return done(request, HERE, f"أُهمل {LINE.count(len(lines))}.")


def _holds(group: Group, words: str) -> bool:
    wanted = normalise(words).split()
    return any(all(word in normalise(line.text) for word in wanted) for line in group.lines)
