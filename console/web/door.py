"""Before any page: requests that change something come from our own pages, and are bounded; nobody keeps answers."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.web import cookies
from console.web.errors import LOGIN, is_part
from console.web.guard import SAFE_METHODS, check_origin

_STATIC = "/static/"
_ENTERING = frozenset({"/login", "/login/code"})
_UPLOADS = re.compile(r"/handoffs/\d{1,19}/file|/content/files/compare|/results/import")
FORM_MAX_BYTES = 256 * 1024
"""An entry's form with all its fields full; a letter of Arabic takes six bytes of it."""
FORM_SECONDS = 15.0
UPLOAD_SECONDS = 120.0
_OK, _NOT_MODIFIED, _TOO_SLOW, _TOO_LARGE = 200, 304, 408, 413
_HEADERS = {
    # Unlike the chat page's `no-referrer`: with that, browsers leave the origin out of our own forms.
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
HasEntered = Callable[[Request], Awaitable[bool]]
"""Whether the browser's session holds."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    bytes: int
    seconds: float


class ConsoleDoor:
    """ASGI middleware; works on streams too.

    Args:
        app: What is behind it.
        upload_max_bytes: The largest body of a page that takes a file, for those who have entered.
        has_entered: Asked before a body is read.
    """

    def __init__(self, app: ASGIApp, upload_max_bytes: int, has_entered: HasEntered) -> None:
        self._app = app
        self._upload = _Bounds(upload_max_bytes, UPLOAD_SECONDS)
        self._has_entered = has_entered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses what comes from elsewhere, is too large or too slow; sets the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        static = path.startswith(_STATIC)
        begun = False

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                lasting = static and message["status"] in (_OK, _NOT_MODIFIED)
                headers.setdefault(
                    "Cache-Control", "public, max-age=31536000, immutable" if lasting else "no-store, private"
                )
                if message["status"] == _TOO_SLOW:
                    headers["Connection"] = "close"
            await send(message)

        headers = Headers(scope=scope)
        own = check_origin(
            scope["method"], headers.get("host", ""), headers.get("origin"), headers.get("sec-fetch-site")
        )
        if not own:
            await PlainTextResponse("الطلب لم يأت من صفحات النظام.", 403)(scope, receive, with_headers)
            return
        bounds = _Bounds(FORM_MAX_BYTES, FORM_SECONDS)
        changes = scope["method"] not in SAFE_METHODS
        upload = changes and _UPLOADS.fullmatch(path) is not None
        if changes and path not in _ENTERING and not await self._may_send(Request(scope), upload=upload):
            # Nobody's body is read.
            answer = PlainTextResponse("ادخل أولاً.", 401) if is_part(Request(scope)) else RedirectResponse(LOGIN, 303)
            await answer(scope, receive, with_headers)
            return
        if upload:
            bounds = self._upload
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > bounds.bytes:
            await PlainTextResponse("ما أرسلته كبير. أرسل ملفاً أصغر أو نصاً أقصر.", 413)(scope, receive, with_headers)
            return
        await self._app(scope, _bounded(receive, bounds, lambda: begun), with_headers)

    async def _may_send(self, request: Request, *, upload: bool) -> bool:
        if cookies.SESSION not in request.cookies:
            return False
        return not upload or await self._has_entered(request)


def _bounded(receive: Receive, bounds: _Bounds, answered: Callable[[], bool]) -> Receive:
    """A body that is larger or comes slower is cut off; after it, waiting for the client to leave takes any time."""
    size = 0
    complete = False
    give_up_at = asyncio.get_running_loop().time() + bounds.seconds

    def cut_off(status: int) -> Message:
        if answered():
            return {"type": "http.disconnect"}
        raise HTTPException(status)

    async def counted() -> Message:
        nonlocal size, complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout_at(give_up_at):
                message = await receive()
        except TimeoutError:
            return cut_off(_TOO_SLOW)
        size += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        return message if size <= bounds.bytes else cut_off(_TOO_LARGE)

    return counted
