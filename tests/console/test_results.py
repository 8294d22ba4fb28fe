"""The health officer's pages: import with its report, search behind a mask, amend and void, the picture."""

import io

import openpyxl
from sqlalchemy import select

from casework.results import reports
from casework.results.models import Result, Status, Value
from casework.results.report_job import ReportJob
from foundation.clock import utc_now
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from operations.accounts.models import Role
from operations.audit.models import Action, AuditEntry
from tests.console import casework
from tests.console.conftest import Colleague, Office


async def _officer(office: Office) -> Colleague:
    return await office.colleague("zainab", "زينب", Role.HEALTH_OFFICER)


async def _sends(someone: Colleague, data: bytes, name: str = "day.csv", laboratory: str = "BGD-1") -> str:
    answer = await someone.http.post(
        "/console/results/import",
        data={"csrf": someone.csrf, "laboratory": laboratory},
        files={"file": (name, data)},
    )
    return answer.text if answer.status_code == 200 else await someone.sees(answer.headers["location"])


async def test_a_file_with_its_report_by_row(office: Office) -> None:
    await casework.laboratory(office.sessions)
    zainab = await _officer(office)
    page = await _sends(zainab, casework.sheet(20).encode())
    assert "<strong>20</strong> جديدة" in page
    assert "<strong>1</strong> مرفوضة" in page
    assert "النتيجة غير معروفة" in page
    again = await _sends(zainab, casework.sheet(20).encode())
    assert "<strong>20</strong> كما هي" in again
    assert "من قبل" in again
    assert "اختر المختبر" in await _sends(zainab, b"x", laboratory="NONE")
    assert "لم يؤخذ شيء" in await _sends(zainab, b"%PDF-1.4", "day.pdf")
    assert "اختر ملفاً" in await _sends(zainab, b"")
    book = openpyxl.Workbook()
    for line in casework.sheet(3, first=100).splitlines():
        book.active.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    assert "<strong>3</strong> جديدة" in await _sends(zainab, out.getvalue(), "day.xlsx")
    sara = await office.colleague("sara", "سارة", Role.CASE_OFFICER)
    for path in ("/console/results", "/console/picture", "/console/results/1"):
        assert (await sara.http.get(path)).status_code == 403


async def test_a_result_is_masked_then_amended_and_voided(office: Office) -> None:
    await casework.laboratory(office.sessions)
    zainab = await _officer(office)
    await _sends(zainab, casework.sheet(4).encode())
    found = await zainab.sends("/console/results/search", sample="bgd 2026 000004")
    address = found.headers["location"]
    page = await zainab.sees(address)
    assert "علي حسن" not in page
    assert "موجبة" not in page
    await zainab.sends(f"{address}/void", reason="خطأ")
    assert "اكشف النتيجة أولاً" in await zainab.sees(address)
    await zainab.sends(f"{address}/reveal", reason="طلب المختبر")
    page = await zainab.sees(address)
    assert "علي حسن كاظم" in page
    assert "<strong>موجبة</strong>" in page
    await zainab.sends(f"{address}/amend", value="negative", reason=" ")
    assert "اكتب السبب" in await zainab.sees(address)
    await zainab.sends(f"{address}/amend", value="negative", reason="خلط عينات")
    page = await zainab.sees(address)
    assert "<strong>سالبة</strong>" in page
    assert "ما كانت عليه" in page
    await zainab.sends(f"{address}/void", reason="عينة تالفة")
    page = await zainab.sees(address)
    assert "ملغاة" in page
    assert "/amend" not in page
    async with office.sessions() as session:
        result = await session.get(Result, int(address.rpartition("/")[2]))
        entries = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
    assert result is not None
    assert (result.status, result.value) == (Status.VOID, Value.NEGATIVE)
    done = [(entry.action, entry.reason) for entry in entries if entry.subject == f"result/{result.id}"]
    assert done == [
        (Action.REVEAL, "طلب المختبر"),
        (Action.RESULT_AMEND, "خلط عينات"),
        (Action.RESULT_VOID, "عينة تالفة"),
    ]
    assert "لا توجد نتيجة" in await zainab.sees(
        (await zainab.sends("/console/results/search", sample="BGD-2026-777777")).headers["location"]
    )


async def test_the_picture_and_its_report(office: Office, settings: Settings) -> None:
    await casework.laboratory(office.sessions)
    await casework.laboratory(office.sessions, "BSR-1", "basra")
    zainab = await _officer(office)
    assert "لا فحوص في هذه المدة" in await zainab.sees("/console/picture")
    await _sends(zainab, casework.sheet(60, days_ago=8).encode())
    await _sends(zainab, casework.sheet(3, first=101, days_ago=8).encode(), laboratory="BSR-1")
    page = await zainab.sees("/console/picture")
    assert "<svg" in page
    assert "نتائج نهائية أو مصححة" in page
    assert "لا يظهر" in page
    table = await zainab.http.get("/console/picture/table.csv?by=governorate")
    assert table.content.startswith("\ufeffمحافظة,الفحوص".encode())
    assert "البصرة,,," in table.text
    assert (await zainab.http.get("/console/picture/table.csv?by=name")).status_code == 404
    drawing = await zainab.http.get("/console/picture/chart.svg?by=week")
    assert drawing.text.startswith("<svg")
    assert "sandbox" in drawing.headers["content-security-policy"]
    job = ReportJob(office.sessions, load_data_keys(settings), settings, utc_now, lambda: True)
    assert await job.look()
    assert not await job.look()
    async with office.sessions() as session:
        (made,) = await reports.listed(session)
    address = f"/console/picture/reports/{made.week}"
    assert f"{address}/pdf" in await zainab.sees("/console/picture")
    assert (await zainab.http.get(f"{address}/pdf")).content.startswith(b"%PDF")
    assert "محافظة" in (await zainab.http.get(f"{address}/csv")).text
    assert (await zainab.http.get(f"{address}/exe")).status_code == 404
