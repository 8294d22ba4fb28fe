"""How laboratories' systems send results: `POST /api/results/import` (CSV, XLSX) and `POST /api/fhir` (FHIR R4).

A key (`operations.apikeys`) with the scope `results:import` is needed; the laboratory is the one that the key acts for.
"""

import asyncio
import hashlib
import tempfile
from typing import IO, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from casework.results import intake, repository
from casework.results.fhir.bundle import BundleError, Parsed, parse
from casework.results.fhir.outcome import issue, outcome
from casework.results.importing import Importer, Report
from casework.results.intake import Taken
from casework.results.models import Laboratory, ResultImport
from casework.results.sources import SourceError
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.apikeys import service as apikeys
from operations.apikeys.models import Scope
from operations.apikeys.service import KeyRefusedError

READ_SECONDS: Final = 120.0
"""A client that sends its body slower than this is let go."""
MAX_BUNDLE_ENTRIES: Final = 5000
FHIR_JSON: Final = "application/fhir+json"
_JSON_TYPES: Final = (FHIR_JSON, "application/json", "text/json")
_SENTENCES: Final = {
    401: "المفتاح ناقص أو غير صحيح أو ملغى.",
    403: "هذا المفتاح لا يسمح بإرسال النتائج، أو ليس لمختبر معروف.",
    408: "وصل الملف ببطء شديد. أعد إرساله.",
    413: "الملف أكبر من المسموح. قسّمه.",
    415: "المقبول JSON بصيغة FHIR.",
    429: "طلبات كثيرة. انتظر قليلاً ثم أعد المحاولة.",
}
_FHIR_CODES: Final = {
    401: "login",
    403: "forbidden",
    408: "timeout",
    413: "too-long",
    415: "not-supported",
    429: "throttled",
}


class _RefusedError(Exception):
    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(str(status))
        self.status = status
        self.headers = headers


class _RolledBackError(Exception):
    def __init__(self, taken: Taken) -> None:
        super().__init__("rolled back")
        self.taken = taken


def make_router(sessions: SessionFactory, keys: DataKeys, settings: Settings, clock: Clock) -> APIRouter:
    """The two addresses."""
    router = APIRouter(prefix="/api")
    importer = Importer(sessions, keys, settings, clock)

    async def caller(request: Request) -> tuple[str, Laboratory]:
        key = apikeys.presented(request.headers.get("authorization"), request.headers.get("x-api-key"))
        try:
            async with transaction(sessions) as session:
                known = await apikeys.check(session, key, Scope.RESULTS_IMPORT, clock())
                laboratory = await repository.laboratory(session, known.acts_for)
        except KeyRefusedError as error:
            headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
            headers |= {"Retry-After": str(error.retry_after)} if error.retry_after else {}
            raise _RefusedError(error.status, headers) from error
        if laboratory is None:
            raise _RefusedError(403)
        return known.who, laboratory

    @router.post("/results/import")
    async def import_file(request: Request) -> JSONResponse:
        try:
            who, laboratory = await caller(request)
            with tempfile.TemporaryFile() as file:
                await _read(request, file, settings.results_import_max_bytes)
                return JSONResponse(_as_json(await importer.run(file, laboratory.code, who)))
        except _RefusedError as error:
            sentence = _SENTENCES[error.status]
            return JSONResponse({"error": "refused", "message": sentence}, error.status, error.headers)
        except SourceError as error:
            return JSONResponse({"error": "unreadable", "message": str(error)}, 422)

    @router.post("/fhir")
    async def fhir(request: Request) -> JSONResponse:
        try:
            who, laboratory = await caller(request)
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _JSON_TYPES:
                raise _RefusedError(415)
            with tempfile.TemporaryFile() as file:
                await _read(request, file, settings.results_import_max_bytes)
                file.seek(0)
                body = file.read()
            parsed = await asyncio.to_thread(parse, body, clock(), MAX_BUNDLE_ENTRIES)
            return await _take(parsed, body, who, laboratory)
        except _RefusedError as error:
            made = issue("error", _FHIR_CODES[error.status], _SENTENCES[error.status])
            return _fhir([made], error.status, error.headers)
        except BundleError as error:
            return _fhir([issue("error", error.code, text, place) for place, text in error.problems], error.status)

    async def _take(parsed: Parsed, body: bytes, who: str, laboratory: Laboratory) -> JSONResponse:
        refused = [issue("error", "business-rule", reason, one.place) for one in parsed.items for reason in one.reasons]
        if parsed.whole and refused:
            return _fhir(refused, 422)
        records = [one.record for one in parsed.items if one.record is not None]
        now = clock()
        try:
            async with transaction(sessions) as session:
                taken = await intake.take(session, laboratory, records, who=who, now=now, keys=keys)
                if parsed.whole and taken.refused:
                    raise _RolledBackError(taken)
                await repository.add_import(
                    session,
                    ResultImport(
                        laboratory=laboratory.code,
                        format="fhir",
                        digest=hashlib.sha256(body).digest(),
                        who=who,
                        began_at=now,
                        ended_at=clock(),
                        added=taken.added,
                        changed=len(taken.changes),
                        unchanged=taken.unchanged,
                        refused=len(taken.refused) + len(parsed.items) - len(records),
                    ),
                )
        except _RolledBackError as error:
            return _fhir(_late(error.taken), 422)
        refused += _late(taken)
        done = taken.added + len(taken.changes) + taken.unchanged
        text = f"جديدة: {taken.added}، متغيرة: {len(taken.changes)}، كما كانت: {taken.unchanged}."
        told = [issue("information", "informational", text)] if done else []
        return _fhir([*told, *refused], 200 if done else 422)

    return router


def _late(taken: Taken) -> list[dict[str, Any]]:
    """Refusals by what is stored; a record's line is its place among the bundle's entries, from 1."""
    return [issue("error", "conflict", reason, f"Bundle.entry[{line - 1}].resource") for line, reason in taken.refused]


def _fhir(issues: list[dict[str, Any]], status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(outcome(issues), status, headers, media_type=FHIR_JSON)


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "repeated": report.repeated,
        "stopped": report.stopped,
        "rejected": [{"line": line, "reasons": list(reasons)} for line, reasons in report.rejected],
    }


async def _read(request: Request, file: IO[bytes], most: int) -> None:
    """Writes the body to `file`, which has no name on the disk."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise _RefusedError(413)
    size = 0
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise _RefusedError(413)
                file.write(part)
    except TimeoutError as error:
        raise _RefusedError(408, {"Connection": "close"}) from error
