"""Entries as a workbook or as JSON, and back. Nothing in a cell is ever run: a text that begins with = stays a text."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from catalog.editing.fields import fields_of
from catalog.editing.models import Body, Kind

SHEETS: Final[dict[Kind, str]] = {"service": "services", "faq": "faqs"}
UNPACKED_MAX_BYTES: Final = 100 * 1024 * 1024
CELL_MAX_CHARS: Final = 32_000
_YES: Final = frozenset({"", "1", "true", "نعم", "yes"})


class FileError(Exception):
    """The file cannot be read; the text is the sentence for the editor."""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of a file and where it stands."""

    place: str
    kind: Kind
    body: Body


def columns(kind: Kind) -> list[str]:
    """The columns of a sheet."""
    return ["code", *(field.name for field in fields_of(kind))]


def to_json(entries: dict[Kind, Sequence[Body]]) -> bytes:
    """All entries as one JSON document, its lists named as the sheets are."""
    named = {SHEETS[kind]: list(bodies) for kind, bodies in entries.items()}
    return json.dumps(named, ensure_ascii=False, indent=1).encode()


def to_xlsx(entries: dict[Kind, Sequence[Body]]) -> bytes:
    """All entries as a workbook, a sheet for each kind; lists have a line for each value."""
    book = Workbook(write_only=True)
    for kind, bodies in entries.items():
        sheet = book.create_sheet(SHEETS[kind])
        sheet.sheet_view.rightToLeft = True
        sheet.freeze_panes = "C2"
        heads = [WriteOnlyCell(sheet, value=name) for name in columns(kind)]
        for cell in heads:
            cell.font = Font(bold=True)
        sheet.append(heads)
        for body in bodies:
            sheet.append([_cell(sheet, body.get(name)) for name in columns(kind)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes, name: str, limit: int) -> list[Row]:
    """The entries of a file; fields that it does not name are left out of them.

    Args:
        data: The file.
        name: As it was called; says what it is.
        limit: The most entries.

    Raises:
        FileError: It is no such file, or too large.
    """
    if name.lower().endswith(".json"):
        rows = _from_json(data)
    elif name.lower().endswith(".xlsx"):
        rows = _from_xlsx(data)
    else:
        raise FileError("أرسل ملف XLSX أو JSON.")
    found: list[Row] = []
    for row in rows:
        if len(found) == limit:
            raise FileError(f"في الملف أكثر من {limit:,} مدخل. قسّمه إلى ملفات أصغر. لم يتغير شيء.")
        found.append(row)
    if not found:
        raise FileError("لا مداخل في الملف.")
    return found


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    if isinstance(value, list):
        value = "\n".join(value)
    elif isinstance(value, bool):
        value = "نعم" if value else "لا"
    cell = WriteOnlyCell(sheet, value=str(value or "")[:CELL_MAX_CHARS])
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _from_json(data: bytes) -> Iterator[Row]:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FileError("الملف ليس JSON سليماً.") from error
    if not isinstance(document, dict):
        raise FileError("يبدأ الملف بقوس { وفيه services أو faqs.")
    for kind, sheet in SHEETS.items():
        listed = document.get(sheet, [])
        if not isinstance(listed, list):
            raise FileError(f"القائمة {sheet} ليست قائمة.")
        for number, item in enumerate(listed, 1):
            if not isinstance(item, dict):
                raise FileError(f"المدخل {number} في {sheet} ليس حقولاً وقيماً.")
            yield Row(f"{sheet} {number}", kind, _from_item(kind, item))


def _from_item(kind: Kind, item: dict[str, Any]) -> Body:
    body: Body = {"code": str(item.get("code") or "").strip()}
    for field in fields_of(kind):
        if field.name not in item:
            continue
        value = item[field.name]
        if field.shape in ("lines", "ticks"):
            body[field.name] = [str(each).strip() for each in value] if isinstance(value, list) else [str(value)]
        elif field.shape == "yes":
            body[field.name] = bool(value)
        else:
            body[field.name] = "" if value is None else str(value).strip()
    return body


def _from_xlsx(data: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(member.file_size for member in packed.infolist()) > UNPACKED_MAX_BYTES:
                raise FileError("الملف كبير بعد فتحه. قسّمه إلى ملفات أصغر.")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except FileError:
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over
        raise FileError("الملف ليس XLSX سليماً.") from error
    try:
        for kind, name in SHEETS.items():
            if name in book.sheetnames:
                yield from _from_sheet(kind, name, book[name].iter_rows(values_only=True))
    finally:
        book.close()


def _from_sheet(kind: Kind, name: str, rows: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
    heads = [str(value or "").strip() for value in next(rows, ())]
    if "code" not in heads:
        raise FileError(f"الصفحة {name} ليس فيها عمود code.")
    shapes = {field.name: field.shape for field in fields_of(kind)}
    for number, values in enumerate(rows, 2):
        cells = {head: _text(value) for head, value in zip(heads, values, strict=False)}
        if not any(cells.values()):
            continue
        body: Body = {"code": cells["code"]}
        for head, text in cells.items():
            match shapes.get(head):
                case None:
                    continue
                case "lines" | "ticks":
                    body[head] = [line.strip() for line in text.splitlines() if line.strip()]
                case "yes":
                    body[head] = text.lower() in _YES
                case _:
                    body[head] = text
        yield Row(f"{name} {number}", kind, body)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()
