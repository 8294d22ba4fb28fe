"""Talking to the draft: what the assistant would answer with it in place, and whose questions it would take."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from actions import answers
from actions.asked import facets_named
from catalog.editing.models import Body, Kind
from catalog.editing.preview import entry_of
from catalog.models import Service
from catalog.search import Verdict
from console.content import desk
from console.content.desk import Code, Reader
from console.web.templates import part

router = APIRouter(prefix="/content")
ASKED_MAX_CHARS = 500


@router.post("/preview/{code}")
async def ask(request: Request, entered: Reader, code: Code) -> Response:
    """Answers a typed line as the assistant would, from what stands in the form."""
    body, _, more = await desk.typed_entry(request, desk.kind_of(code), code)
    line = more.get("line", "")[:ASKED_MAX_CHARS].strip()
    if not line:
        return HTMLResponse("")
    kind = desk.kind_of(code)
    previews = desk.previews_of(request)
    found = await previews.search(kind, body, line)
    titles = {**previews.titles([hit.code for hit in found.hits]), code: str(body.get("name") or body.get("title"))}
    verdict = found.verdict if found.names_something else Verdict.NOTHING
    first = found.hits[0].code if found.hits else ""
    return HTMLResponse(
        part(
            request,
            "content/preview_answer.html",
            line=line,
            verdict=verdict.value,
            hits=[(hit.code, titles.get(hit.code, hit.code), round(hit.score * 100)) for hit in found.hits[:3]],
            own=code,
            text=_text(kind, body, line) if verdict is Verdict.SURE and first == code else "",
        )
    )


@router.post("/preview/{code}/thefts")
async def thefts(request: Request, entered: Reader, code: Code) -> Response:
    """Questions of other entries that what stands in the form would draw to itself."""
    kind = desk.kind_of(code)
    body, _, _ = await desk.typed_entry(request, kind, code)
    found = await desk.previews_of(request).thefts(kind, body)
    return HTMLResponse(part(request, "content/thefts.html", thefts=found))


def _text(kind: Kind, body: Body, line: str) -> str:
    entry = entry_of(kind, body)
    if not isinstance(entry, Service):
        return answers.faq_answer(entry)
    facets = facets_named(line)
    return answers.facets_answer(entry, facets) if facets else answers.card(entry)
