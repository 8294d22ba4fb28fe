"""Failures as a page, or, for a part that a page asked for by itself, as one sentence."""

from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from console.web.guard import ForbiddenError, MustChangeError, NotEnteredError
from console.web.templates import page

LOGIN = "/console/login"
PASSWORD = "/console/password"  # noqa: S105  # an address

_SENTENCES = {
    400: ("الطلب غير مفهوم", "نقص شيء في الطلب أو لم يُقرأ. ارجع وحاول مرة ثانية."),
    401: ("انتهت جلستك", "ادخل من جديد؛ ما كتبته محفوظ."),
    403: ("غير مسموح", "صلاحياتك لا تفتح هذا. إن كنت تحتاجه فاطلبه من مدير النظام."),
    404: ("غير موجود", "لا توجد صفحة بهذا العنوان، أو حُذف ما كان فيها."),
    405: ("غير مسموح", "هذه الخطوة لا تتم من هنا."),
    409: ("سبقك غيرك", "تغيّر هذا قبل لحظة. حدّث الصفحة لترى آخر حال."),
    408: ("الإرسال بطيء", "لم يصل كل ما أرسلته. تأكد من الاتصال وحاول مرة ثانية."),
    413: ("ما أرسلته كبير", "أرسل ملفاً أصغر أو نصاً أقصر."),
    500: ("عطل عندنا", "سُجّل العطل. ما كتبته محفوظ؛ حاول بعد قليل."),
    503: ("قاعدة البيانات لا تجيب", "انتظر دقيقة ثم حدّث الصفحة. ما كتبته محفوظ."),
}

log = structlog.get_logger(__name__)


class RefusedError(Exception):
    """An action that cannot be done; `text` is the Arabic sentence for the person."""

    def __init__(self, text: str, status: int = 409) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


def is_part(request: Request) -> bool:
    """Whether an open page asks for a part of itself."""
    return request.headers.get("hx-request") == "true" or "text/event-stream" in request.headers.get("accept", "")


def failure(request: Request, status: int, text: str = "") -> Response:
    """The answer of a request that failed."""
    title, advice = _SENTENCES.get(status, _SENTENCES[400])
    if is_part(request):
        return PlainTextResponse(text or f"{title}. {advice}", status)
    return page(request, "error.html", status, title=title, advice=text or advice)


def add_error_handlers(app: FastAPI) -> None:
    """Answers every failure of `app` in that form."""

    async def not_entered(request: Request, _error: Any) -> Response:
        if is_part(request):
            return failure(request, 401)
        target = request.url.path if request.method == "GET" else "/console/"
        return RedirectResponse(f"{LOGIN}?next={quote(target)}", 303)

    async def must_change(request: Request, _error: Any) -> Response:
        return failure(request, 403) if is_part(request) else RedirectResponse(PASSWORD, 303)

    async def forbidden(request: Request, _error: Any) -> Response:
        return failure(request, 403)

    async def refused(request: Request, error: Any) -> Response:
        return failure(request, error.status, error.text)

    async def http(request: Request, error: Any) -> Response:
        return failure(request, error.status_code)

    async def invalid(request: Request, _error: Any) -> Response:
        return failure(request, 400)

    async def database(request: Request, error: Any) -> Response:
        log.error("database_unavailable", error=type(error).__name__)
        return failure(request, 503)

    async def unexpected(request: Request, error: Any) -> Response:
        log.error("console_failed", path=request.url.path, exc_info=error)
        return failure(request, 500)

    async def cut_off(request: Request, _error: Any) -> Response:
        return failure(request, 413)

    app.add_exception_handler(ClientDisconnect, cut_off)
    app.add_exception_handler(NotEnteredError, not_entered)
    app.add_exception_handler(MustChangeError, must_change)
    app.add_exception_handler(ForbiddenError, forbidden)
    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    for kind in (OperationalError, InterfaceError, PoolTimeoutError):
        app.add_exception_handler(kind, database)
    app.add_exception_handler(Exception, unexpected)
