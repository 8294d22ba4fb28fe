"""Errors as the chat API shows them: a code and an Arabic sentence, never a trace."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from bot.metrics import ERRORS
from bot.sentences import text_of

log = structlog.get_logger(__name__)

_CODE_OF_STATUS = {403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


class ApiError(Exception):
    """An answer other than success. `code` has its sentence under `api_<code>`, unless one is given."""

    def __init__(
        self, status: int, code: str, headers: dict[str, str] | None = None, *, sentence: str | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = headers
        self.sentence = sentence


def error_response(
    status: int, code: str, headers: dict[str, str] | None = None, sentence: str | None = None
) -> JSONResponse:
    """The JSON of an error."""
    return JSONResponse({"error": code, "message": sentence or text_of(f"api_{code}")}, status, headers)


def add_error_handlers(app: FastAPI) -> None:
    """Answers every failure of `app` in that form."""

    async def own(_request: Request, error: Any) -> JSONResponse:
        return error_response(error.status, error.code, error.headers, error.sentence)

    async def http(_request: Request, error: Any) -> JSONResponse:
        code = _CODE_OF_STATUS.get(error.status_code, "invalid_request")
        return error_response(error.status_code, code, error.headers)

    async def invalid(_request: Request, _error: Any) -> JSONResponse:
        return error_response(400, "invalid_request")

    async def database(_request: Request, error: Any) -> JSONResponse:
        ERRORS.labels("database").inc()
        log.error("database_unavailable", error=type(error).__name__)
        return error_response(503, "unavailable", {"Retry-After": "5"})

    async def unexpected(_request: Request, error: Any) -> JSONResponse:
        ERRORS.labels("request").inc()
        log.error("request_failed", exc_info=error)
        return error_response(500, "internal")

    app.add_exception_handler(ApiError, own)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(OperationalError, database)
    app.add_exception_handler(InterfaceError, database)
    app.add_exception_handler(PoolTimeoutError, database)
    app.add_exception_handler(Exception, unexpected)
