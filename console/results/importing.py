"""Taking a laboratory's file in by hand: good rows are kept, each bad one is named with its reason."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import Response

from arabic.plural import Noun
from casework.results import columns, finding, repository
from casework.results.importing import Importer, Report, UnknownLaboratoryError
from casework.results.models import CODE_CHARS
from casework.results.sources import SourceError
from console.results.words import RESULTS, WORDS, HealthOfficer
from console.web.deps import deps_of
from console.web.flash import done
from console.web.templates import page
from foundation.database import transaction
from foundation.settings import Settings
from operations.audit import repository as audit
from operations.audit.models import SUBJECT_MAX_CHARS, Action

router = APIRouter(prefix="/results")
LAST = 15
SHOWN = 300
"""Refused rows that the page names; the file is corrected and sent again, so more help nobody."""
ROW = Noun("لا أسطر", "سطر واحد", "سطران", "أسطر", "سطراً", "سطر")


@router.get("")
async def show(request: Request, entered: HealthOfficer) -> Response:
    """The page: sending a file, searching, the last imports."""
    return await _page(request, None)


@router.post("/import")
async def take(
    request: Request,
    entered: HealthOfficer,
    file: UploadFile,
    laboratory: Annotated[str, Form(max_length=CODE_CHARS)] = "",
) -> Response:
    """Imports a file and reports on it; the same file again changes nothing."""
    deps = deps_of(request)
    if not file.size:
        return done(request, RESULTS, "اختر ملفاً فيه نتائج.", kind="bad")
    if file.size > _megabytes(deps.settings) * 2**20:
        return done(request, RESULTS, "الملف أكبر من المسموح. قسّمه وأرسله على أجزاء.", kind="bad")
    importer = Importer(deps.patient, deps.keys, deps.settings, deps.clock)
    try:
        report = await importer.run(file.file, laboratory, entered.person.name)
    except UnknownLaboratoryError:
        return done(request, RESULTS, "اختر المختبر الذي أرسل الملف.", kind="bad")
    except SourceError as error:
        return done(request, RESULTS, f"لم يؤخذ شيء من الملف. {error}", kind="bad")
    async with transaction(deps.sessions) as session:
        details = {name: getattr(report, name) for name in ("added", "changed", "unchanged", "refused")}
        subject = f"laboratory/{laboratory}"[:SUBJECT_MAX_CHARS]
        await audit.add(
            session, entered.person.name, Action.RESULT_IMPORT, deps.clock(), subject=subject, details=details
        )
    return await _page(request, report)


async def _page(request: Request, report: Report | None) -> Response:
    async with deps_of(request).sessions() as session:
        laboratories = await repository.laboratories(session)
        last = await finding.imports(session, LAST)
    return page(
        request,
        "results/import.html",
        laboratories=laboratories,
        names={one.code: one.name for one in laboratories},
        last=last,
        report=report,
        shown=SHOWN,
        megabytes=_megabytes(deps_of(request).settings),
        row_noun=ROW,
        required=[columns.LABELS[name] for name in columns.REQUIRED],
        labels=list(columns.LABELS.values()),
        words=WORDS,
    )


def _megabytes(settings: Settings) -> int:
    """The largest file: the console takes none larger than a citizen's, whatever the import could read."""
    return min(settings.file_max_megabytes, settings.results_import_max_bytes // 2**20)
