"""The public page `/verify`: anybody checks a certificate by camera, picture or pasted text. Nothing is stored.

It works without JavaScript, as a form; with it, results appear in the page and the camera can be used.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader

from casework.certificates.content import Content, Outcome
from casework.certificates.reading import UnreadableError, read_code
from casework.certificates.upload import BrokenError, Sent, TooLargeError, read_body, read_form
from casework.certificates.verify import State, Verdict, verify
from casework.certificates.words import show_born, show_letters, show_moment, show_name, words
from foundation.clock import Clock
from foundation.database import SessionFactory
from foundation.settings import Settings

Language = Literal["ar", "en"]
Allowed = Callable[[str], Awaitable[bool]]
"""Whether an address may have something checked now; counts it."""

PICTURES_AT_ONCE = 2
"""Decoded at the same time by this process; others wait."""
PICTURES_MAX_WAITING = 16
"""One more is turned away: each holds up to VERIFY_IMAGE_MAX_BYTES."""
_HERE = Path(__file__).parent
_ASSETS = {"verify.css": "text/css", "verify.js": "text/javascript"}
_HEADERS = {
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
}
_ASSET_HEADERS = {"Cache-Control": "public, max-age=3600"}
_STATUS_OF = {"too_often": 429, "too_large": 413, "not_a_picture": 415, "nothing": 400}

_templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, trim_blocks=True)


def make_router(sessions: SessionFactory, settings: Settings, clock: Clock, allowed: Allowed) -> APIRouter:
    """`/verify` and what belongs to it."""
    router = APIRouter(prefix="/verify")
    decoding = asyncio.Semaphore(PICTURES_AT_ONCE)
    waiting: set[object] = set()

    async def judged(text: str) -> Verdict:
        async with sessions() as session:
            return await verify(session, text, clock())

    async def of_picture(data: bytes) -> Verdict | str:
        if len(waiting) >= PICTURES_AT_ONCE + PICTURES_MAX_WAITING:
            return "too_often"
        me = object()
        waiting.add(me)
        try:
            async with decoding:
                text = await asyncio.to_thread(read_code, data)
        except UnreadableError:
            return "not_a_picture"
        finally:
            waiting.discard(me)
        return "no_code" if text is None else await judged(text)

    async def of_form(sent: Sent) -> Verdict | str:
        if sent.picture:
            return await of_picture(sent.picture)
        return await judged(sent.text) if sent.text.strip() else "nothing"

    async def may(request: Request) -> bool:
        return await allowed(request.client.host if request.client else "")

    @router.get("")
    async def page(lang: str = "ar") -> Response:
        return _page(_language(lang), None)

    @router.post("")
    async def check(request: Request, lang: str = "ar", part: bool = False) -> Response:
        answer = _part if part else _page
        if not await may(request):
            return answer(_language(lang), "too_often")
        try:
            found = await of_form(await read_form(request, settings.verify_image_max_bytes))
        except TooLargeError:
            found = "too_large"
        except BrokenError:
            found = "nothing"
        return answer(_language(lang), found)

    @router.post("/image")
    async def check_image(request: Request, lang: str = "ar", frame: bool = False) -> Response:
        """A picture alone as the body. A frame of the camera without a code gets 204: the next one is sent."""
        if not await may(request):
            return _part(_language(lang), "too_often")
        try:
            found = await of_picture(await read_body(request, settings.verify_image_max_bytes))
        except TooLargeError:
            found = "too_large"
        except BrokenError:
            found = "nothing"
        if frame and found == "no_code":
            return Response(status_code=204, headers=_HEADERS)
        return _part(_language(lang), found)

    @router.get("/{asset}")
    async def asset(asset: str) -> Response:
        if asset not in _ASSETS:
            return Response(status_code=404)
        return FileResponse(_HERE / "static" / asset, media_type=_ASSETS[asset], headers=_ASSET_HEADERS)

    return router


def _language(wanted: str) -> Language:
    return "en" if wanted == "en" else "ar"


def _page(language: Language, found: Verdict | str | None) -> HTMLResponse:
    result = None if found is None else _result(language, found)
    html = _templates.get_template("page.html.j2").render(
        language=language,
        other="ar" if language == "en" else "en",
        say={key: value[language] for key, value in words()["page"].items()},
        result=result,
    )
    return HTMLResponse(html, _status(found), _HEADERS)


def _part(language: Language, found: Verdict | str) -> HTMLResponse:
    html = _templates.get_template("result.html.j2").render(result=_result(language, found))
    return HTMLResponse(html, _status(found), _HEADERS)


def _status(found: Verdict | str | None) -> int:
    return _STATUS_OF.get(found, 200) if isinstance(found, str) else 200


def _result(language: Language, found: Verdict | str) -> dict[str, Any]:
    content = None if isinstance(found, str) else found.content
    kind = found if isinstance(found, str) else found.state.value
    if kind == State.VALID and content is not None:
        kind = "valid_sample" if content.sample else "valid_positive" if _positive(content) else kind
    said = words()["state"][kind]
    page = words()["page"]
    return {
        "kind": kind,
        "title": said["title"][language],
        "text": said["text"][language],
        "compare": page["compare"][language] if content is not None else None,
        "facts": [] if content is None else _facts(content, language),
    }


def _positive(content: Content) -> bool:
    return content.outcome is Outcome.POSITIVE


def _facts(content: Content, language: Language) -> list[tuple[str, str]]:
    labels = words()["pdf"]
    found = content.outcome.value
    return [
        (words()["outcome_label"][language], words()["outcome"][found][language]),
        (labels["name"][language], show_name(content)),
        (labels["name_letters"][language], show_letters(content)),
        (labels["born"][language], show_born(content, language)),
        (labels["test"][language], words()["method"][content.method.value][language]),
        (labels["sampled"][language], show_moment(content.sampled_at, language)),
        (labels["valid_until"][language], show_moment(content.expires_at, language)),
        (labels["laboratory"][language], content.laboratory),
        (labels["issuer"][language], content.issuer),
        (labels["identifier"][language], content.identifier),
    ]
