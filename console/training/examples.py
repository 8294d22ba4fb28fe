"""The intents, and the example lines of one: searched, added one or many, removed, put back."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from catalog.training import examples, service
from catalog.training.examples import LEAST_LEFT, LINES_AT_ONCE, ExampleError
from catalog.training.intents import intents
from catalog.unanswered.models import TEXT_MAX_CHARS
from console.content import desk
from console.training.shared import HERE, IntentCode, Reader, Writer, known, shipped_lines
from console.web.flash import done
from console.web.templates import plain
from foundation.database import transaction
from operations.accounts.models import Role
from operations.accounts.sessions import Entered

router = APIRouter(prefix="/content/training")
PAGE = 50
PASTED_MAX_CHARS = LINES_AT_ONCE * TEXT_MAX_CHARS
Digest = Annotated[str, Form(pattern="^[0-9a-f]{64}$")]


@router.get("")
async def listed(request: Request, entered: Reader) -> Response:
    """The intents with their counts."""
    deps, now = desk.deps_and_now(request)
    shipped = await shipped_lines()
    async with deps.patient() as session:
        return await desk.content_page(
            request,
            session,
            "training/intents.html",
            intents=intents(),
            counts=await examples.counts(session, shipped),
            live=await service.live(session),
            can_train=await service.is_there(session, now),
        )


@router.get("/intents/{intent}")
async def one(
    request: Request,
    entered: Reader,
    intent: IntentCode,
    q: Annotated[str, Query(max_length=100)] = "",
    which: Annotated[str, Query(pattern="^(added|removed|)$")] = "",
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
    gone: Annotated[str, Query(pattern="^([0-9a-f]{64})?$")] = "",
) -> Response:
    """An intent's lines."""
    asked = {"q": q, "which": which, "after": after, "gone": gone}
    return await _page(request, entered, known(intent), asked)


@router.post("/intents/{intent}/add")
async def add(
    request: Request,
    entered: Writer,
    intent: IntentCode,
    lines: Annotated[str, Form(max_length=PASTED_MAX_CHARS)] = "",
) -> Response:
    """Adds the typed or pasted lines; those refused stay in the field, each with its reason."""
    deps, now = desk.deps_and_now(request)
    shipped = await shipped_lines()
    texts = [plain(line) for line in lines.splitlines()]
    try:
        async with transaction(deps.patient) as session:
            found = await examples.add(session, known(intent), texts, shipped, desk.editor_of(entered), now)
    except ExampleError as error:
        return await _page(request, entered, intent, {}, typed=lines, problem=str(error), status=422)
    refused = [*found.refused, *((line, "موجود هنا من قبل.") for line in found.there)]
    if refused:
        return await _page(request, entered, intent, {}, refused=refused, added=len(found.lines), status=422)
    return done(request, f"{HERE}/intents/{intent}?which=added", "أُضيفت. يتعلمها المساعد حين تدرب نموذجاً وتعتمده.")


@router.post("/intents/{intent}/remove")
async def remove(request: Request, entered: Writer, intent: IntentCode, digest: Digest) -> Response:
    """Takes a line away; the next page offers to put it back."""
    deps, now = desk.deps_and_now(request)
    shipped = await shipped_lines()
    here = f"{HERE}/intents/{known(intent)}"
    try:
        async with transaction(deps.patient) as session:
            await examples.remove(session, intent, digest, shipped, desk.editor_of(entered), now)
    except ExampleError as error:
        return done(request, here, str(error), kind="bad")
    return done(request, f"{here}?gone={digest}")


@router.post("/intents/{intent}/restore")
async def restore(request: Request, entered: Writer, intent: IntentCode, digest: Digest) -> Response:
    """Puts a line back."""
    deps, now = desk.deps_and_now(request)
    here = f"{HERE}/intents/{known(intent)}"
    try:
        async with transaction(deps.patient) as session:
            await examples.put_back(session, intent, digest, desk.editor_of(entered), now)
    except ExampleError as error:
        return done(request, here, str(error), kind="bad")
    return done(request, here, "رجع السطر إلى مكانه.")


async def _page(
    request: Request, entered: Entered, intent: str, asked: dict[str, object], status: int = 200, **values: object
) -> Response:
    asked = {"q": "", "which": "", "after": 0, "gone": ""} | asked
    deps, _ = desk.deps_and_now(request)
    shipped = await shipped_lines()
    after = int(str(asked["after"]))
    async with deps.patient() as session:
        lines = await examples.listed(session, intent, shipped, str(asked["q"]), asked["which"])  # type: ignore[arg-type]
        removed = await examples.listed(session, intent, shipped, which="removed")
        shown = {"typed": "", "problem": "", "refused": (), "added": 0} | values
        return await desk.content_page(
            request,
            session,
            "training/examples.html",
            status,
            intent=intents()[intent],
            lines=lines[after : after + PAGE],
            number=len(lines),
            more=after + PAGE if len(lines) > after + PAGE else None,
            before=max(0, after - PAGE) if after else None,
            counts=(await examples.counts(session, shipped))[intent],
            gone=next((line for line in removed if line.digest == asked["gone"]), None),
            asked=asked,
            writes=entered.person.has(Role.EDITOR, Role.ADMINISTRATOR),
            limits={"lines": LINES_AT_ONCE, "chars": TEXT_MAX_CHARS, "pasted": PASTED_MAX_CHARS, "least": LEAST_LEFT},
            **shown,
        )
