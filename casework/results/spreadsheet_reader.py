"""The process that opens an XLSX file: without settings, keys or database, and with a limit on all it may use.

Run by `casework.results.spreadsheets` as a script of its own, it imports nothing of the product. Each line of its
output is a JSON object: `rows` (the line and the cells of each), at the end `done`, or `refused` with the reason.
"""

import json
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import BinaryIO

MAX_ENTRIES = 500
RATIO_COUNTS_FROM_BYTES = 1024 * 1024
"""A small entry may be packed as tightly as it likes."""
MAX_COLUMNS = 64
CELL_MAX_CHARS = 1000
"""More than any column may hold, so that what is too long is still seen to be."""
BATCH = 500
"""Rows of a line of output."""
ENCRYPTED_FLAG = 1


class RefusedError(Exception):
    """A file that is not read; the text is the reason, a word of `casework.results.spreadsheets`."""


def limit(memory_bytes: int, processor_seconds: int) -> None:
    """Takes away from this process what a file might make it use."""
    if sys.platform == "linux":  # other systems do not keep to it
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def check(file: BinaryIO, max_bytes: int, max_ratio: int) -> None:
    """Looks at what the archive says of itself, before anything is unpacked; raises `RefusedError`."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError) as error:
        raise RefusedError("broken") from error
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise RefusedError("locked")
    large = [one for one in entries if one.file_size > RATIO_COUNTS_FROM_BYTES]
    if (
        len(entries) > MAX_ENTRIES
        or sum(entry.file_size for entry in entries) > max_bytes
        or any(one.file_size > max_ratio * max(1, one.compress_size) for one in large)
    ):
        raise RefusedError("large")
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise RefusedError("other")


def rows(file: BinaryIO) -> Iterator[tuple[int, list[object]]]:
    """Line and cells of each row of the first sheet."""
    # Imported under the limits.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_filelike(file) as book:
            sheet = book.get_sheet_by_index(0)
            for line, cells in enumerate(sheet.iter_rows(), 1):
                yield line, [plain(cell) for cell in cells[:MAX_COLUMNS]]
    except PasswordError as error:
        raise RefusedError("locked") from error
    except CalamineError as error:
        raise RefusedError("broken") from error


def plain(cell: object) -> object:
    """A cell as JSON has it; a moment is an object."""
    if isinstance(cell, str):
        return cell[:CELL_MAX_CHARS]
    if isinstance(cell, int | float):
        return cell
    return {"at": cell.isoformat()} if isinstance(cell, date) else str(cell)


def say(**what: object) -> None:
    """One line of output."""
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Reads the file at standard input."""
    memory_bytes, processor_seconds, max_bytes, max_ratio = map(int, sys.argv[1:])
    try:
        limit(memory_bytes, processor_seconds)
        file = sys.stdin.buffer
        check(file, max_bytes, max_ratio)
        file.seek(0)
        waiting = rows(file)
        while batch := list(islice(waiting, BATCH)):
            say(rows=batch)
        say(done=True)
    except RefusedError as error:
        say(refused=str(error))
    except MemoryError:
        say(refused="large")


if __name__ == "__main__":
    main()
