"""XLSX files that would fill the memory or take for ever end another process, and nothing else."""

import io
import resource
import subprocess
import zipfile
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from casework.results import spreadsheets
from casework.results.sources import Limits
from casework.results.spreadsheets import Bounds, SpreadsheetError
from foundation.settings import Settings
from tests.casework.results.conftest import HEADER, Desk, row

MEGABYTE = 1024 * 1024
BOUNDS = Limits.of(Settings(_env_file=None)).xlsx
LOOSE = replace(BOUNDS, ratio=10**6, memory_bytes=400 * MEGABYTE)
"""What the archive says of itself refuses nothing here: only what is used while it is read."""
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
FAR = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
LONG_TEXT = b"<si><t>" + b"x" * 30_000 + b"</t></si>"


def made(rows: list[list[Any]]) -> io.BytesIO:
    """A file of these rows."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for cells in rows:
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out


def altered(parts: dict[str, bytes]) -> io.BytesIO:
    """A good file in which these parts are others."""
    out = io.BytesIO()
    with zipfile.ZipFile(made([["x"]])) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            new.writestr(name, parts.get(name) or old.read(name))
    return out


def sheet(inside: bytes) -> bytes:
    """A sheet with these rows."""
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return start + inside + b"</sheetData></worksheet>"


def texts(inside: bytes) -> bytes:
    """The texts of a file."""
    return b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + inside + b"</sst>"


def read(file: io.BytesIO, bounds: Bounds = BOUNDS) -> list[Any]:
    """All that is read."""
    return list(spreadsheets.read(file, bounds))


def test_cells_of_every_kind() -> None:
    there = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001  # as a spreadsheet has it
    found = read(made([[], [None, "نص", 7, 1.5, True, there], ["x" * 5000, timedelta(hours=30), time(9, 30)]]))
    assert found[0][0] in (1, 2)
    assert found[-2] == (2, ["", "نص", 7, 1.5, True, there])
    assert found[-1][0] == 3
    assert len(found[-1][1][0]) == 1000


@pytest.mark.parametrize(
    "parts",
    [
        {SHEET: sheet(FAR)},
        {SHEET: sheet(b'<row><c t="s"><v>0</v></c></row>' * 100_000), TEXTS: texts(LONG_TEXT)},
        {TEXTS: texts(b"<si><t>a</t></si>" * 12_000_000)},
    ],
    ids=["far cell", "one long text in each row", "texts"],
)
def test_what_would_fill_the_memory(parts: dict[str, bytes]) -> None:
    file = altered(parts)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SpreadsheetError, match="أكبر من المسموح"):
        read(file, LOOSE)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024, "kilobytes of this process"


def test_what_takes_too_long_is_ended() -> None:
    long = altered({SHEET: sheet(b"<row><c><v>1</v></c></row>" * 3_000_000)})
    for bounds in (replace(LOOSE, answer_seconds=0.3), replace(LOOSE, processor_seconds=1)):
        with pytest.raises(SpreadsheetError, match="أكبر من المسموح"):
            read(long, bounds)


def test_an_archive_of_too_much_is_not_unpacked() -> None:
    with pytest.raises(SpreadsheetError, match="أكبر من المسموح"):
        read(altered({SHEET: bytes(20 * MEGABYTE)}))
    with pytest.raises(SpreadsheetError, match="أكبر من المسموح"):
        read(altered({f"x{number}": b"x" for number in range(600)}))


def test_the_process_knows_nothing_and_ends_with_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[subprocess.Popen[bytes], dict[str, Any]]] = []
    popen = subprocess.Popen

    def watched(*arguments: Any, **named: Any) -> subprocess.Popen[bytes]:
        begun.append((popen(*arguments, **named), named))
        return begun[-1][0]

    monkeypatch.setattr(subprocess, "Popen", watched)
    reading = spreadsheets.read(made([["x"]] * 5000), BOUNDS)
    assert next(reading) == (1, ["x"])
    reading.close()
    ((process, named),) = begun
    assert named["env"] == {}
    assert process.returncode is not None


async def test_a_bomb_between_good_files(desk: Desk, tmp_path: Path) -> None:
    def lines(number: int) -> io.BytesIO:
        return made([HEADER.split(","), row(number).split(",")])

    desk.settings = Settings(_env_file=None, results_xlsx_max_ratio=10**6, results_xlsx_max_memory_bytes=2**28)
    assert (await desk.file(lines(1).getvalue())).added == 1
    with pytest.raises(Exception, match="أكبر من المسموح"):
        await desk.file(altered({SHEET: sheet(FAR)}).getvalue())
    on_disk = tmp_path / "day.xlsx"
    on_disk.write_bytes(lines(2).getvalue())
    assert (await desk.file(on_disk.read_bytes())).added == 1
