"""The endpoints under /open311/v2. Services may be read by anybody; cases are filed and read with a key."""

import asyncio
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from casework.cases import numbers
from casework.cases.office import Office
from casework.cases.open311 import catalogue, filing, repository
from casework.cases.open311.formats import Form, Open311Error, answer, error_answer
from casework.cases.open311.reading import read_query
from casework.cases.open311.shapes import request_of
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.apikeys import service as apikeys
from operations.apikeys.models import Scope
from operations.apikeys.service import Caller, KeyRefusedError, Refusal

PATH = "/open311/v2"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-23T00:00:00Z"
"""When these endpoints changed last."""
JURISDICTION = "iq"
READ_SECONDS = 15.0
_REFUSED = {
    Refusal.UNKNOWN: "api_key is missing or not valid",
    Refusal.SCOPE: "api_key does not allow this",
    Refusal.PACE: "too many requests with this api_key; try again later",
}
_AGAIN = "هذه وصلتنا قبل قليل، ولم نسجلها مرتين."

log = structlog.get_logger(__name__)


class _Endpoints:
    """What the endpoints work with."""

    def __init__(self, sessions: SessionFactory, settings: Settings, keys: DataKeys, clock: Clock) -> None:
        self._sessions = sessions
        self._settings = settings
        self._keys = keys
        self._clock = clock

    async def discovery(self, request: Request, form: Form) -> Response:
        """What is offered here, and where."""
        endpoint = {
            "specification": SPECIFICATION,
            "url": self._settings.public_url + PATH,
            "changeset": CHANGESET,
            "type": "production",
            "formats": ["text/xml", "application/json"],
        }
        found = {"changeset": CHANGESET, "contact": None, "key_service": None, "endpoints": [endpoint]}
        return answer(form, "discovery", found)

    async def services(self, request: Request, form: Form) -> Response:
        """The list of services."""
        _check_jurisdiction(request.query_params.get("jurisdiction_id", ""))
        return answer(form, "services", catalogue.services())

    async def service(self, request: Request, service_code: str, form: Form) -> Response:
        """The definition of one service."""
        _check_jurisdiction(request.query_params.get("jurisdiction_id", ""))
        return answer(form, "service_definition", catalogue.definition(catalogue.kind_of(service_code)))

    async def file(self, request: Request, form: Form) -> Response:
        """Files a case."""
        fields = filing.read_form(await _body(request, self._settings.request_max_bytes), request.query_params)
        _check_jurisdiction(fields.get("jurisdiction_id", ""))
        caller = await self._caller(request, fields.get("api_key", ""), Scope.OPEN311_FILE)
        async with transaction(self._sessions) as session:
            office = Office(session, self._keys, self._settings, self._clock())
            filed = await filing.file(office, fields, caller.name)
        notice = _AGAIN if filed.again else None
        line = {"service_request_id": filed.case.number, "service_notice": notice, "account_id": None}
        return answer(form, "service_requests", [line])

    async def token(self, request: Request, token: str, form: Form) -> Response:
        """The number behind a token: no token is ever given out, the number comes at once and is its own token."""
        case = await self._one(request, token)
        return answer(
            form, "service_requests", [{"service_request_id": case["service_request_id"], "token": token[:40]}]
        )

    async def requests(self, request: Request, form: Form) -> Response:
        """Cases by their filters, or by their numbers."""
        query = request.query_params
        _check_jurisdiction(query.get("jurisdiction_id", ""))
        caller = await self._caller(request, query.get("api_key", ""), Scope.OPEN311_READ)
        asked = read_query(query, self._clock())
        async with self._sessions() as session:
            if asked.ids is not None:
                found = await repository.by_numbers(session, asked.ids)
            else:
                found = await repository.page(session, asked.wanted, asked.page, asked.page_size)
        return answer(form, "service_requests", [request_of(case, caller.name, self._keys) for case in found])

    async def request(self, request: Request, service_request_id: str, form: Form) -> Response:
        """One case, in a list as the standard wants it."""
        return answer(form, "service_requests", [await self._one(request, service_request_id)])

    async def _one(self, request: Request, typed: str) -> dict[str, Any]:
        _check_jurisdiction(request.query_params.get("jurisdiction_id", ""))
        caller = await self._caller(request, request.query_params.get("api_key", ""), Scope.OPEN311_READ)
        number = numbers.find(typed).number
        async with self._sessions() as session:
            found = [] if number is None else await repository.by_numbers(session, [number])
        if not found:
            raise Open311Error(404, "service_request_id was not found")
        return request_of(found[0], caller.name, self._keys)

    async def _caller(self, request: Request, api_key: str, scope: Scope) -> Caller:
        presented = apikeys.presented(request.headers.get("authorization"), request.headers.get("x-api-key") or api_key)
        async with transaction(self._sessions) as session:
            try:
                return await apikeys.check(session, presented, scope, self._clock())
            except KeyRefusedError as refused:
                refusal, retry_after = refused.refusal, refused.retry_after
        # The standard answers 403 for a key that is missing or wrong; the count of a refused request is kept.
        headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
        raise Open311Error(429 if refusal is Refusal.PACE else 403, _REFUSED[refusal], headers)


def make_app(sessions: SessionFactory, settings: Settings, keys: DataKeys, clock: Clock) -> FastAPI:
    """The application to mount at `PATH`; one of its own, so that every error has the standard's form."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    ends = _Endpoints(sessions, settings, keys, clock)
    for path, endpoint, method in (
        ("/discovery.{form}", ends.discovery, "GET"),
        ("/services.{form}", ends.services, "GET"),
        ("/services/{service_code}.{form}", ends.service, "GET"),
        ("/requests.{form}", ends.requests, "GET"),
        ("/requests.{form}", ends.file, "POST"),
        ("/tokens/{token}.{form}", ends.token, "GET"),
        ("/requests/{service_request_id}.{form}", ends.request, "GET"),
    ):
        app.add_api_route(path, endpoint, methods=[method])
    _add_error_handlers(app)
    return app


def _add_error_handlers(app: FastAPI) -> None:
    async def own(request: Request, error: Any) -> Response:
        return error_answer(_form_of(request), error)

    async def http(request: Request, error: Any) -> Response:
        return error_answer(_form_of(request), Open311Error(error.status_code, str(error.detail), error.headers))

    async def invalid(request: Request, _error: Any) -> Response:
        return error_answer(_form_of(request), Open311Error(404, "there is only .json and .xml"))

    async def database(request: Request, error: Any) -> Response:
        log.error("database_unavailable", error=type(error).__name__)
        refused = Open311Error(503, "not available at the moment; try again later", {"Retry-After": "5"})
        return error_answer(_form_of(request), refused)

    async def unexpected(request: Request, error: Any) -> Response:
        log.error("request_failed", exc_info=error)
        return error_answer(_form_of(request), Open311Error(500, "internal error"))

    app.add_exception_handler(Open311Error, own)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    for kind in (OperationalError, InterfaceError, PoolTimeoutError):
        app.add_exception_handler(kind, database)
    app.add_exception_handler(Exception, unexpected)


def _form_of(request: Request) -> Form:
    return Form.JSON if request.url.path.endswith(".json") else Form.XML


def _check_jurisdiction(named: str) -> None:
    if named.strip() not in ("", JURISDICTION):
        raise Open311Error(404, "jurisdiction_id was not found")


async def _body(request: Request, max_bytes: int) -> bytes:
    declared = request.headers.get("content-type", "application/x-www-form-urlencoded")
    if not declared.startswith("application/x-www-form-urlencoded"):
        raise Open311Error(400, "send the fields as application/x-www-form-urlencoded")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > max_bytes:
                    raise Open311Error(413, f"the body is larger than {max_bytes} bytes")
                parts.append(part)
    except TimeoutError as error:
        raise Open311Error(408, "the body came too slowly", {"Connection": "close"}) from error
    return b"".join(parts)
