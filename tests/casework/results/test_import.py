"""Files of laboratories: good rows kept, bad ones named, nothing twice, history kept."""

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from sqlalchemy import func, select

from casework.results import repository, sources
from casework.results.importing import UnknownLaboratoryError
from casework.results.models import Result, ResultImport, Status, Value
from casework.results.service import NotFound, Shown
from casework.results.sources import Limits, SourceError
from foundation.settings import Settings
from tests.casework.results.conftest import HEADER, Desk, reasons, row

PHONE = "07701230001"


async def test_good_rows_are_kept_and_each_bad_one_named(desk: Desk) -> None:
    report = await desk.send(
        row(1),
        row(2).replace("2026-11-22 10:30", "2027-11-22 10:30"),
        row(3, value="ربما"),
        "",
        row(4).replace("BGD-2026-000004", "07701234567"),
        "BGD-770,نهائية,سالبة,2026-11-22,,بلا عوامل,,,,1985",
        row(5).replace("2026-11-22 10:30", "31/02/2026"),
        row(6, reported="2026-11-21 18:00"),
        row(7).replace("1985000", "1985X0"),
        row(8, value="موجبة"),
        row(9, status="منتهية"),
        "BGD-780",
    )
    assert (report.added, report.refused, report.read) == (2, 9, 11)
    assert reasons(report) == [
        "3: وقت أخذ العينة في المستقبل.",
        "3: وقت صدور النتيجة قبل وقت أخذ العينة.",
        "4: النتيجة غير معروفة. اكتب: سالبة، أو موجبة، أو غير حاسمة، أو مرفوضة.",
        "6: في خانة رقم العينة رقم هاتف.",
        "7: لا يوجد هاتف ولا رقم بطاقة وطنية ولا جواز، فلا يستطيع صاحب النتيجة أن يستلمها.",
        "8: خانة «وقت أخذ العينة» ليست تاريخاً صحيحاً. اكتب مثلاً: 2026-11-23 14:30.",
        "9: وقت صدور النتيجة قبل وقت أخذ العينة.",
        "10: خانة «رقم البطاقة الوطنية» غير صحيحة.",
        "12: الحالة غير معروفة. اكتب: قيد الفحص، أو نهائية، أو مصححة، أو ملغاة.",
        "13: وقت أخذ العينة فارغ.",
    ]
    shown = await desk.ask("٠٠٠٠٠٨ BGD-2026-000008", "198500000008")
    assert isinstance(shown, Shown)
    assert shown.result.value == Value.POSITIVE


async def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    lines = [row(number) for number in range(1, 8)] + [row(8, status="قيد الفحص")]
    first = await desk.send(*lines, row(9, value="؟"))
    again = await desk.send(*lines, row(9, value="؟"))
    other_order = await desk.send(*reversed(lines))
    assert (first.added, first.repeated) == (8, False)
    assert (again.added, again.changed, again.unchanged, again.refused, again.repeated) == (0, 0, 8, 1, True)
    assert (other_order.unchanged, other_order.repeated) == (8, False)
    async with desk.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Result)) == 8
        assert set((await session.scalars(select(Result.version))).all()) == {1}
        assert len((await session.scalars(select(ResultImport))).all()) == 3


async def test_amendments_and_voids_keep_history(desk: Desk) -> None:
    await desk.send(row(1, status="قيد الفحص"))
    await desk.send(row(1))
    silent = await desk.send(row(1, value="موجبة"))
    assert reasons(silent)[0].startswith("2: النتيجة صدرت من قبل")
    amended = await desk.send(row(1, value="موجبة", status="مصححة", reported="2026-11-23 09:00"))
    assert amended.changed == 1
    stale = await desk.send(row(1), row(1, status="قيد الفحص"))
    assert (stale.unchanged, stale.refused) == (2, 0)
    older = await desk.send(row(1, value="غير حاسمة", status="مصححة", reported="2026-11-22 20:00"))
    assert reasons(older) == ["2: هذا السطر أقدم من النتيجة المحفوظة."]
    voided = await desk.send("BGD-2026-000001,ملغاة,,,,,,,,", "BGD-990,ملغاة,,,,,,,,")
    assert (voided.changed, voided.refused) == (1, 1)
    again = await desk.send(
        "BGD-2026-000001,ملغاة,,,,,,,,", row(1), row(1, status="مصححة", reported="2026-11-23 11:00")
    )
    assert (again.unchanged, again.refused) == (2, 1)
    async with desk.sessions() as session:
        result = (await session.scalars(select(Result))).one()
        history = await repository.versions(session, result.id)
    assert (result.status, result.version) == (Status.VOID, 4)
    assert [(one.version, one.status, one.value) for one in history] == [
        (1, "pending", None),
        (2, "final", "negative"),
        (3, "amended", "positive"),
    ]


async def test_a_number_of_another_person_or_laboratory(desk: Desk) -> None:
    await desk.laboratory("BSR", "basra")
    await desk.send(row(1, status="قيد الفحص"))
    stranger = row(2).replace("BGD-2026-000002", "BGD-2026-000001")
    assert reasons(await desk.send(stranger)) == ["2: رقم العينة مسجل لشخص آخر."]
    assert (await desk.send(stranger, laboratory="BSR")).added == 1
    shown = await desk.ask("BGD-2026-000001", "A12340002")
    assert isinstance(shown, Shown)
    assert shown.result.laboratory == "BSR"
    with pytest.raises(UnknownLaboratoryError):
        await desk.send(row(3), laboratory="nobody")


async def test_a_sample_of_the_same_person_at_another_laboratory(desk: Desk) -> None:
    await desk.laboratory("ZZZ", "basra")
    await desk.send(row(1, value="موجبة"))
    assert reasons(await desk.send(row(1), laboratory="ZZZ")) == ["2: رقم العينة مسجل في مختبر آخر."]
    # Nor by way of a person who is another at first.
    assert (await desk.send(row(2).replace("000002", "000001", 1), laboratory="ZZZ")).added == 1
    both = row(1, status="مصححة").replace("198500000001", "198500000002")
    assert reasons(await desk.send(both, laboratory="ZZZ")) == ["2: رقم العينة مسجل في مختبر آخر."]
    # What the first has declared void may come from the second.
    await desk.laboratory("YYY")
    await desk.send("BGD-2026-000001,ملغاة,,,,,,,,")
    assert (await desk.send(row(1), laboratory="YYY")).added == 1


@pytest.mark.parametrize("moment", ["0001-01-01", "0001-01-01 01:00", "9999-12-31T23:59:59-12:00"])
async def test_the_ends_of_the_calendar_are_no_dates(desk: Desk, moment: str) -> None:
    report = await desk.send(row(1).replace("2026-11-22 10:30", moment), row(2))
    assert (report.added, report.refused) == (1, 1)
    assert "ليست تاريخاً صحيحاً" in reasons(report)[0]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\xd8\x00", b"\xff\xfe" + b"\x00\xd8" * 9, b"\xfe\xff\xdc"])
async def test_broken_text_is_said_to_be_broken(desk: Desk, data: bytes) -> None:
    with pytest.raises(SourceError, match="لا يمكن قراءة"):
        await desk.file(data)


async def test_what_was_never_issued_is_not_corrected(desk: Desk) -> None:
    refused = list(reasons(await desk.send(row(1, status="مصححة"))))
    await desk.send(row(2, status="قيد الفحص"))
    refused += reasons(await desk.send(row(2, status="مصححة")))
    assert [one.split(".")[0] for one in refused] == ["2: لا توجد عندنا نتيجة صادرة بهذا الرقم حتى تُصحَّح"] * 2


async def test_twice_in_one_file(desk: Desk) -> None:
    report = await desk.send(row(1, status="قيد الفحص"), row(1), row(1), row(2))
    assert (report.added, report.changed, report.unchanged, report.refused) == (2, 1, 1, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_encodings_and_delimiters(desk: Desk, encoding: str, delimiter: str) -> None:
    text = "\r\n".join(("كشف مختبر الصحة", HEADER, row(1), row(2))).replace(",", delimiter)
    report = await desk.file(text.encode(encoding))
    assert (report.added, report.refused) == (2, 0)
    shown = await desk.ask("bgd 2026 ٠٠٠٠٠١", "١٩٨٥ ٠٠٠١")
    assert isinstance(shown, Shown)
    assert shown.personal.name == "علي حسن كاظم"


async def test_english_headers_and_days(desk: Desk) -> None:
    report = await desk.send(
        "X-100;Not Detected;22/11/2026 08:15;Ali;+964 770 123 4567;12/03/1985",
        "X-101;DETECTED;2026-11-22T08:15:00+03:00;Sara;009647701234568;1990",
        header="Sample No.;Result;Collected at;Patient Name;Mobile;DOB",
    )
    assert (report.added, reasons(report)) == (2, [])
    shown = await desk.ask("x100", "4567 1985")
    assert isinstance(shown, Shown)
    assert shown.result.sampled_at.isoformat() == "2026-11-22T05:15:00+00:00"
    assert shown.personal.birth_year == 1985


async def test_a_spreadsheet(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["نتائج اليوم"])
    sheet.append(["رقم العينة", "النتيجة", "تاريخ العينة", "الاسم", "الموبايل", "الرقم الوطني", "المواليد"])
    # As Excel stores them: numbers without their zero, real dates, a whole number as a fraction.
    sheet.append([45121, "سالب", datetime(2026, 11, 22, 9, 30), "علي", 7701234567, 198512345678.0, 1985])  # noqa: DTZ001
    sheet.append([None, None, None, None, None, None, None])
    sheet.append([45122, "موجب", "2026/11/22", "سارة", "٠٧٧٠١٢٣٤٥٦٨", None, datetime(1990, 5, 1)])  # noqa: DTZ001
    sheet.append([45123, "لا", "أمس", "زيد", "x", None, None])
    out = io.BytesIO()
    book.save(out)
    report = await desk.file(out.getvalue())
    assert report.added == 2
    assert [line for line, _ in report.rejected] == [6]
    assert isinstance(await desk.ask("45121", "198512345678"), Shown)
    assert isinstance(await desk.ask("45122", "1990 4568"), Shown)
    assert isinstance(await desk.ask("45123", "1990 4568"), NotFound)


def bomb(entries: dict[str, bytes]) -> bytes:
    """An archive of zeros and other things."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (bomb({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": bytes(20_000_000)}), "أكبر من المسموح"),
        (bomb({f"x{number}": b"" for number in range(600)}), "أكبر من المسموح"),
        (bomb({"word/document.xml": b"<x/>"}), "ليس XLSX"),
        (bomb({"xl/workbook.xml": b"<x/>"}), "تالف"),
        (b"PK\x03\x04 and nothing", "تالف"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "ليس CSV ولا XLSX"),
        (b"MZ" + bytes(1000), "ليس CSV ولا XLSX"),
        (b"", "عناوين"),
        (bytes(5000), "عناوين"),
        (b"a,b,c\n1,2,3\n" * 50, "عناوين"),
        ("رقم العينة,الاسم\n1234,علي\n".encode(), "ينقص الملف: النتيجة، وقت أخذ العينة"),
        ("رقم العينة,sample,النتيجة,وقت أخذ العينة\n".encode(), "عمودان"),
        (b'sample,result,sampled at\n"' + b"x" * 200_000, "لا يمكن قراءة"),
    ],
)
async def test_what_is_no_file_of_results(desk: Desk, data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        await desk.file(data)


async def test_entities_are_not_unfolded(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.active.append(["رقم العينة", "النتيجة", "تاريخ العينة", "الرقم الوطني"])
    book.active.append([45121, "سالب", "2026-11-22", 198512345678])
    plain = io.BytesIO()
    book.save(plain)
    laughs = b'<!DOCTYPE x [<!ENTITY a "4"><!ENTITY b "&a;&a;">]>'
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, laughs + part.replace(b"45121", b"&b;&b;") if name.endswith("sheet1.xml") else part)
    report = await desk.file(out.getvalue())
    assert (report.added, report.refused) == (0, 1)


async def test_too_many_rows_stop_after_the_good_ones(desk: Desk) -> None:
    lines = [row(number) for number in range(1, 60)]
    data = "\n".join((HEADER, *lines)).encode()
    limits = Limits.of(Settings(_env_file=None, results_import_max_rows=20))
    with pytest.raises(SourceError, match="أكثر من 20 سطر"):
        list(sources.read(io.BytesIO(data), limits))


async def test_nothing_personal_in_plain_columns(desk: Desk, database_url: str) -> None:
    await desk.send(row(1), row(2, value="؟"))
    await desk.ask("BGD-2026-000001", "198500000001")
    tables = ("results", "result_versions", "result_imports", "result_readers", "attempts", "audit", "events")
    async with desk.sessions() as session:
        connection = await session.connection()
        stored = [repr((await connection.exec_driver_sql(f"SELECT * FROM {table}")).all()) for table in tables]
    for mark in ("علي", "7701230001", "198500000001", "A12340001", "000001'", "BGD"):
        assert mark not in str(stored)
