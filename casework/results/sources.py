"""Laboratories' files as rows: CSV in the encodings that Excel writes, XLSX by another process; memory stays flat."""

import codecs
import csv
import io
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Final

from casework.results import columns, spreadsheets
from casework.results.columns import LABELS
from casework.results.rows import Cell, Cells
from casework.results.spreadsheets import Bounds, SpreadsheetError
from foundation.settings import Settings

HEADER_WITHIN_ROWS: Final = 15
"""Above the headers there may be a title."""
MAX_COLUMNS: Final = 64
_READ_BYTES: Final = 64 * 1024
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ARABIC_WINDOWS: Final = "cp1256"

Row = tuple[int, Cells]


class SourceError(Exception):
    """A file that cannot be read at all; the text says why, in Arabic."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows a file may hold, and what opening an XLSX file may take."""

    rows: int
    xlsx: Bounds

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """Those of the settings."""
        bounds = Bounds(
            unpacked_bytes=settings.results_xlsx_max_unpacked_bytes,
            ratio=settings.results_xlsx_max_ratio,
            memory_bytes=settings.results_xlsx_max_memory_bytes,
            processor_seconds=settings.results_xlsx_max_processor_seconds,
            answer_seconds=settings.results_xlsx_answer_seconds,
        )
        return cls(settings.results_import_max_rows, bounds)


def format_of(file: IO[bytes]) -> str:
    """``xlsx`` or ``csv``, by the file's first bytes; its name says nothing."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"PK"):
        return "xlsx"
    if start.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff")):
        raise SourceError("هذا الملف ليس CSV ولا XLSX. إذا كان من Excel القديم (xls) فاحفظه بصيغة xlsx.")
    return "csv"


def read(file: IO[bytes], limits: Limits) -> Iterator[Row]:
    """The rows below the headers, each with its line and its cells by column; empty rows are left out.

    Args:
        file: Open for reading, and seekable.
        limits: What is too much.

    Raises:
        SourceError: The file is none, is too large, or has no headers that are known.
    """
    with closing(_xlsx(file, limits) if format_of(file) == "xlsx" else _csv(file)) as lines:
        yield from _below_header(lines, limits)


def _below_header(lines: Iterator[tuple[int, Sequence[Cell]]], limits: Limits) -> Iterator[Row]:
    header: Sequence[str | None] | None = None
    for line, cells in lines:
        if header is None:
            header = _header(cells)
            if header is None and line >= HEADER_WITHIN_ROWS:
                break
            continue
        if line > limits.rows + HEADER_WITHIN_ROWS:
            raise SourceError(f"في الملف أكثر من {limits.rows} سطر. قسّمه وأرسله على أجزاء.")
        named = {name: cell for name, cell in zip(header, cells, strict=False) if name is not None}
        if any(cell not in (None, "") for cell in named.values()):
            yield line, named
    if header is None:
        raise SourceError(
            "لم نجد عناوين الأعمدة. يجب أن تكون في أول الملف، وفيها: "
            + "، ".join(LABELS[column] for column in columns.REQUIRED)
            + "."
        )


def _header(cells: Sequence[Cell]) -> Sequence[str | None] | None:
    names = [columns.column(str(cell)) if cell not in (None, "") else None for cell in cells]
    known = [name for name in names if name]
    if len(known) < 2 or columns.SAMPLE not in known:
        return None
    missing = [LABELS[column] for column in columns.REQUIRED if column not in known]
    if missing:
        raise SourceError(f"ينقص الملف: {'، '.join(missing)}.")
    twice = sorted({LABELS[name] for name in known if known.count(name) > 1})
    if twice:
        raise SourceError(f"في الملف عمودان بمعنى واحد: {'، '.join(twice)}.")
    return names


def _csv(file: IO[bytes]) -> Generator[tuple[int, Sequence[Cell]], None, None]:
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    line = 0
    try:
        start = text.read(_READ_BYTES)
        first = max(start.splitlines()[:HEADER_WITHIN_ROWS] or [""], key=lambda line: sum(map(line.count, ",;\t")))
        text.seek(0)
        reader = csv.reader(text, delimiter=max(",;\t", key=first.count))
        for cells in reader:
            # The line in which a row ends: quoted cells may hold line breaks.
            line = reader.line_num
            yield line, cells[:MAX_COLUMNS]
    except (csv.Error, UnicodeError) as error:
        raise SourceError(f"لا يمكن قراءة الملف بعد السطر {line}.") from error
    finally:
        text.detach()  # `file` stays open


def _encoding(file: IO[bytes]) -> str:
    file.seek(0)
    start = file.read(4)
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while part := file.read(_READ_BYTES):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _ARABIC_WINDOWS
    return "utf-8"


def _xlsx(file: IO[bytes], limits: Limits) -> Generator[tuple[int, Sequence[Cell]], None, None]:
    try:
        yield from spreadsheets.read(file, limits.xlsx)
    except SpreadsheetError as error:
        raise SourceError(str(error)) from error
