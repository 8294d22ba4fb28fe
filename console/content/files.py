"""Entries out as a file, and in again: first what would change is shown, then it goes to review."""

import asyncio
from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import Response

from catalog.editing.service import EditError
from catalog.exchange import service as exchange
from catalog.exchange import tables
from catalog.exchange.tables import FileError
from console.content import desk
from console.content.desk import CONTENT, Reader, Writer
from console.web.flash import done
from foundation.clock import in_baghdad
from foundation.database import transaction

router = APIRouter(prefix="/content/files")
HERE = f"{CONTENT}/files"
SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("")
async def show(request: Request, entered: Reader) -> Response:
    """The page."""
    deps, _ = desk.deps_and_now(request)
    async with deps.patient() as session:
        return await desk.content_page(
            request, session, "files.html", limit=deps.settings.content_import_max_rows, compared=None
        )


@router.get("/entries.json")
async def as_json(request: Request, entered: Reader) -> Response:
    """All entries as JSON."""
    return await _export(request, "json")


@router.get("/entries.xlsx")
async def as_xlsx(request: Request, entered: Reader) -> Response:
    """All entries as a workbook."""
    return await _export(request, "xlsx")


@router.post("/compare")
async def compare(request: Request, entered: Writer, file: UploadFile) -> Response:
    """The dry run: what the file would change. Nothing is changed yet."""
    deps, now = desk.deps_and_now(request)
    limits = deps.settings
    data = await file.read(limits.content_import_max_bytes + 1)
    name = file.filename or ""
    try:
        if len(data) > limits.content_import_max_bytes:
            raise FileError(f"الملف أكبر من {limits.content_import_max_bytes // 2**20} ميغابايت. قسّمه.")
        rows = await asyncio.to_thread(tables.read, data, name, limits.content_import_max_rows)
    except FileError as error:
        return done(request, HERE, str(error), kind="bad")
    async with deps.patient() as session:
        there = await exchange.present(session, rows)
    found = await asyncio.to_thread(exchange.compare, rows, there, now)
    async with transaction(deps.patient) as session:
        run_id = await exchange.keep(session, found, name, desk.editor_of(entered), now)
    counts = Counter(one.outcome for one in found)
    async with deps.patient() as session:
        return await desk.content_page(
            request,
            session,
            "files.html",
            limit=limits.content_import_max_rows,
            compared=[one for one in found if one.outcome != "same"][:SHOWN],
            shown_max=SHOWN,
            counts=counts,
            run_id=run_id,
            file_name=name[:100],
        )


@router.post("/take")
async def take(request: Request, entered: Writer, run: Annotated[str, Form(max_length=32)]) -> Response:
    """Sends what the file changes for review."""
    deps, now = desk.deps_and_now(request)
    try:
        async with transaction(deps.patient) as session:
            number = await exchange.take_in(session, run, desk.editor_of(entered), now)
    except EditError as error:
        return done(request, HERE, str(error), kind="bad")
    return done(request, f"{CONTENT}/review", f"أُرسلت للمراجعة. عدد المداخل: {number}.")


async def _export(request: Request, form: str) -> Response:
    deps, now = desk.deps_and_now(request)
    async with deps.patient() as session:
        entries = await exchange.everything(session)
    data = await asyncio.to_thread(tables.to_json if form == "json" else tables.to_xlsx, entries)
    name = f"entries-{in_baghdad(now):%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/json" if form == "json" else XLSX, headers=headers)
