"""Comparing a file with the catalogue, and taking in what differs: as drafts for review, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from arabic import strip_controls
from catalog import repository as catalog
from catalog.editing import repository as editing
from catalog.editing import service
from catalog.editing.checking import Problems, check
from catalog.editing.differences import Difference, differences
from catalog.editing.fields import body_of, empty, fields_of, title_of
from catalog.editing.models import Body, Draft, ImportRun, Kind, State
from catalog.editing.service import EditError, Editor
from catalog.exchange.tables import Row
from foundation.clock import in_baghdad

FILE_NAME_MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class Compared:
    """What a row of a file would do."""

    place: str
    kind: Kind
    code: str
    title: str
    outcome: Literal["new", "changed", "same", "wrong", "busy"]
    """`busy`: there is a draft, which must not be overwritten."""
    body: Body = field(default_factory=dict)
    changes: tuple[Difference, ...] = ()
    problems: Problems = field(default_factory=dict)


async def everything(session: AsyncSession) -> dict[Kind, Sequence[Body]]:
    """All entries as they are published."""
    until = await editing.all_verified_until(session)
    return {
        "service": [body_of(row, until.get(row.code)) for row in await catalog.all_services(session)],
        "faq": [body_of(row, until.get(row.code)) for row in await catalog.all_faqs(session)],
    }


@dataclass(frozen=True, slots=True)
class Present:
    """What a file is compared with: the entries that it names, the codes with a draft, the categories."""

    published: dict[str, Body]
    drafted: frozenset[str]
    categories: frozenset[str]


async def present(session: AsyncSession, rows: Sequence[Row]) -> Present:
    """Reads what the rows are to be compared with."""
    codes = sorted({str(row.body["code"]) for row in rows})
    until = await editing.all_verified_until(session)
    entries = await editing.some_entries(session, codes)
    return Present(
        {row.code: body_of(row, until.get(row.code)) for row in entries},
        frozenset(await editing.drafted(session, codes)),
        frozenset(await editing.category_names(session)),
    )


def compare(rows: Sequence[Row], there: Present, now: datetime) -> list[Compared]:
    """What taking in these rows would change; nothing is changed. Takes a millisecond a row: not for the event loop."""
    today = in_baghdad(now).date()
    seen: set[str] = set()
    found = []
    for row in rows:
        before = there.published.get(row.body["code"])
        body = _clean(row.kind, {**(before or empty(row.kind)), **row.body})
        code, title = str(body["code"]), title_of(body)
        problems = check(row.kind, body, today, there.categories)
        if code in seen:
            problems.setdefault("code", "تكرر هذا الرمز في الملف.")
        seen.add(code)
        changes = tuple(differences(row.kind, before, body))
        if problems:
            found.append(Compared(row.place, row.kind, code, title, "wrong", problems=problems))
        elif before is not None and not changes:
            found.append(Compared(row.place, row.kind, code, title, "same"))
        elif code in there.drafted:
            found.append(Compared(row.place, row.kind, code, title, "busy"))
        else:
            outcome: Literal["new", "changed"] = "new" if before is None else "changed"
            found.append(Compared(row.place, row.kind, code, title, outcome, body, changes))
    return found


async def keep(
    session: AsyncSession, compared: Sequence[Compared], file_name: str, editor: Editor, now: datetime
) -> str:
    """Keeps what a file would change until the editor says yes; the name of the run."""
    run_id = service.new_batch()
    entries = [{"kind": one.kind, "body": one.body} for one in compared if one.outcome in ("new", "changed")]
    name = strip_controls(file_name)[:FILE_NAME_MAX_CHARS]
    session.add(ImportRun(id=run_id, account_id=editor.id, file_name=name, at=now, entries=entries))
    await session.flush()
    return run_id


async def take_in(session: AsyncSession, run_id: str, editor: Editor, now: datetime) -> int:
    """Makes drafts of what the file changes and sends them for review; returns how many.

    Raises:
        EditError: The run is not this person's, is done, or an entry has got a draft meanwhile.
    """
    run = await editing.import_run(session, run_id)
    if run is None or run.account_id != editor.id:
        raise EditError("لم يعد هذا الملف محفوظاً. أرسله من جديد.")
    if run.applied_at is not None:
        raise EditError("أُدخل هذا الملف من قبل.")
    codes = [str(entry["body"]["code"]) for entry in run.entries]
    if busy := await editing.drafted(session, codes):
        raise EditError(f"بدأ زميل مسودة لـ {min(busy)}. لم يتغير شيء؛ أرسل الملف من جديد.")
    numbers = await editing.newest_numbers(session, codes)
    session.add_all(
        Draft(
            code=code,
            kind=entry["kind"],
            body=entry["body"],
            base=numbers.get(code, 0),
            revision=1,
            state=State.SUBMITTED,
            author_ids=[editor.id],
            changed_by=editor.shown_name,
            changed_at=now,
            note=run.file_name,
            batch=run_id,
        )
        for code, entry in zip(codes, run.entries, strict=True)
    )
    run.applied_at, run.entries = now, []
    try:
        await session.flush()
    except IntegrityError as error:  # a colleague began one in the same moment
        raise EditError("بدأ زميل مسودة في هذه اللحظة. لم يتغير شيء؛ أرسل الملف من جديد.") from error
    await service.note_import(session, editor, now, run_id)
    return len(codes)


def _clean(kind: Kind, body: Body) -> Body:
    made: Body = {"code": strip_controls(str(body["code"])).strip()}
    for each in fields_of(kind):
        value = body.get(each.name)
        if isinstance(value, list):
            made[each.name] = [line for text in value if (line := strip_controls(str(text)).strip())]
        elif isinstance(value, bool):
            made[each.name] = value
        else:
            made[each.name] = strip_controls(str(value or "")).strip()
    return made
