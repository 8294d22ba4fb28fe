"""XLSX files, which anybody may have made: opened by a process of their own that may be killed (`spreadsheet_reader`).

An archive of XML can be built to fill the memory or to take for ever, and its reader may have faults that nobody knows
yet. So the process has neither keys nor settings, a limit on memory and processor, and a time to answer in.
"""

import io
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final

from casework.results.rows import Cell

AT_ONCE: Final = 2
"""Files that this server opens at the same time; others wait."""
LINE_MAX_BYTES: Final = 256 * 1024 * 1024
"""More than the reader ever says in one line."""
_READER: Final = Path(__file__).with_name("spreadsheet_reader.py")
_turns = threading.BoundedSemaphore(AT_ONCE)

LARGE: Final = "محتوى الملف بعد فتحه أكبر من المسموح، فلم نفتحه."
BROKEN: Final = "الملف تالف: لا يمكن فتحه. احفظه من جديد بصيغة xlsx ثم أرسله."
BUSY: Final = "نقرأ ملفات أخرى الآن. أعد إرسال الملف بعد قليل."
_REASONS: Final = {
    "large": LARGE,
    "broken": BROKEN,
    "locked": "الملف محمي بكلمة سر. احفظه بدونها ثم أرسله.",
    "other": "هذا الملف ليس XLSX.",
}


class SpreadsheetError(Exception):
    """A file that was not read, or not to its end; the text says why, in Arabic."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What opening a file may take.

    Attributes:
        unpacked_bytes: All that it holds, once unpacked.
        ratio: Times that a part of it may grow.
        memory_bytes: Of the process that opens it.
        processor_seconds: Of that process, in all.
        answer_seconds: Until it gives the next rows.
    """

    unpacked_bytes: int
    ratio: int
    memory_bytes: int
    processor_seconds: int
    answer_seconds: float


def read(file: IO[bytes], bounds: Bounds) -> Generator[tuple[int, Sequence[Cell]], None, None]:
    """Line and cells of each row of the first sheet; nothing else may read `file` meanwhile.

    Raises:
        SpreadsheetError: It is no such file, or takes too much.
    """
    with ExitStack() as held:
        if not _turns.acquire(timeout=bounds.answer_seconds):
            raise SpreadsheetError(BUSY)
        held.callback(_turns.release)
        process = held.enter_context(_reader(held.enter_context(_with_descriptor(file)), bounds))
        while True:
            said = _next(process, bounds.answer_seconds)
            if said.get("done"):
                return
            if "refused" in said:
                raise SpreadsheetError(_REASONS.get(str(said["refused"]), BROKEN))
            for line, cells in said["rows"]:
                yield line, [_cell(cell) for cell in cells]


@contextmanager
def _with_descriptor(file: IO[bytes]) -> Generator[IO[bytes], None, None]:
    """The file as another process can read it: from a disk, from its beginning."""
    file.seek(0)
    try:
        file.fileno()
    except (io.UnsupportedOperation, AttributeError):
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            yield copy
    else:
        yield file


@contextmanager
def _reader(file: IO[bytes], bounds: Bounds) -> Generator[subprocess.Popen[bytes], None, None]:
    limits = (bounds.memory_bytes, bounds.processor_seconds, bounds.unpacked_bytes, bounds.ratio)
    command = [sys.executable, "-I", "-X", "utf8", str(_READER), *map(str, limits)]
    process = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={})  # noqa: S603
    try:
        yield process
    finally:
        process.kill()
        assert process.stdout is not None  # noqa: S101  # it was asked for
        process.stdout.close()
        process.wait()


def _next(process: subprocess.Popen[bytes], seconds: float) -> dict[str, Any]:
    """What it says next; it is killed if that takes too long, and says nothing if it was killed for what it took."""
    assert process.stdout is not None  # noqa: S101
    clock = threading.Timer(seconds, process.kill)
    clock.start()
    try:
        line = process.stdout.readline(LINE_MAX_BYTES)
    finally:
        clock.cancel()
    if not line.endswith(b"\n"):
        raise SpreadsheetError(LARGE)
    said: dict[str, Any] = json.loads(line)
    return said


def _cell(cell: Any) -> Cell:
    if isinstance(cell, dict):
        at = str(cell["at"])
        return datetime.fromisoformat(at) if "T" in at else date.fromisoformat(at)
    return cell if isinstance(cell, str | int | float | bool) else None
