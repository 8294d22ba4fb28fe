"""A draft's way: written, sent for review, approved by somebody else, published; or returned, or dropped.

Services take a session and never commit.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from arabic import strip_controls
from catalog.editing import repository
from catalog.editing.checking import Problems, check
from catalog.editing.models import Autosave, Body, Draft, How, Kind, State, Version
from catalog.editing.publishing import publish, published
from foundation.clock import in_baghdad
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.events import service as events

NOTE_MAX_CHARS = 1000


class EditError(Exception):
    """It cannot be done; the text is the sentence for the editor."""


class ConflictError(Exception):
    """Somebody else saved since this person opened the entry."""


class NotReadyError(EditError):
    """The entry is not in order; `problems` by field."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("في المسودة ما ينقص. صحح الحقول المؤشرة ثم أرسلها.")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits."""

    id: str
    name: str
    """For the audit."""
    shown_name: str


async def problems(session: AsyncSession, kind: Kind, body: Body, now: datetime) -> Problems:
    """What is wrong with an entry, by field."""
    categories = frozenset(await repository.category_names(session))
    return check(kind, body, in_baghdad(now).date(), categories)


async def save(
    session: AsyncSession, kind: Kind, body: Body, seen: int, editor: Editor, now: datetime, *, batch: str = ""
) -> Draft:
    """Keeps a draft, whether it is in order or not; one that was under review is taken back from it.

    Args:
        session: The caller's writing transaction.
        kind: Of the entry.
        body: The whole entry.
        seen: Revision of the draft that the editor had open; 0 if there was none.
        editor: Who.
        now: The present moment.
        batch: The import that it comes with.

    Raises:
        ConflictError: Another revision is there now.
    """
    code = str(body["code"])
    draft = await repository.draft(session, code, lock=True)
    if (draft.revision if draft else 0) != seen:
        raise ConflictError
    if draft is None:
        draft = Draft(
            code=code,
            kind=kind,
            base=await repository.newest_number(session, code),
            revision=0,
            author_ids=[],
            note="",
        )
    draft.body = body
    draft.revision += 1
    draft.state = State.WRITING
    draft.author_ids = sorted({*draft.author_ids, editor.id})
    draft.changed_by, draft.changed_at = editor.shown_name, now
    draft.batch, draft.approved_by, draft.publish_at = batch, "", None
    session.add(draft)
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError as error:  # somebody began one in the same moment
        raise ConflictError from error
    await repository.drop_autosave(session, code, editor.id)
    return draft


async def keep_typing(session: AsyncSession, code: str, body: Body, seen: int, editor: Editor, now: datetime) -> None:
    """Keeps what somebody is typing, beside the draft."""
    await repository.put_autosave(session, Autosave(code=code, account_id=editor.id, body=body, revision=seen, at=now))


async def submit(session: AsyncSession, code: str, note: str, editor: Editor, now: datetime) -> None:
    """Sends a draft for review.

    Raises:
        EditError: There is none, or it is not in order (`NotReadyError`), or it changes nothing.
    """
    draft = await _draft(session, code)
    if found := await problems(session, draft.kind, draft.body, now):
        raise NotReadyError(found)
    if await published(session, draft.kind, code) == draft.body:
        raise EditError("المسودة لا تختلف عن المنشور. غيّر شيئاً ثم أرسلها.")
    draft.state, draft.note = State.SUBMITTED, _note(note)
    await _audit(session, editor, now, code, "submit")


async def send_back(session: AsyncSession, code: str, note: str, editor: Editor, now: datetime) -> None:
    """Returns a draft to its author; what is to be done must be said."""
    draft = await _draft(session, code)
    if draft.state == State.WRITING:
        raise EditError("المسودة عند كاتبها.")
    if not _note(note):
        raise EditError("اكتب للكاتب ماذا يصحح.")
    draft.state, draft.note, draft.approved_by, draft.publish_at = State.WRITING, _note(note), "", None
    await _audit(session, editor, now, code, "return", _note(note))


async def approve(
    session: AsyncSession, code: str, revision: int, at: datetime | None, editor: Editor, now: datetime
) -> Version | None:
    """Publishes a submitted draft now, or sets the moment at which it is published.

    Args:
        session: The caller's writing transaction.
        code: Of the entry.
        revision: Of the draft that the reviewer looked at.
        at: When to publish; None or a past moment for now.
        editor: The reviewer, none of its authors.
        now: The present moment.

    Returns:
        The version; None if it is published later.

    Raises:
        EditError: It is not for this person to approve, not submitted, or not what they looked at.
    """
    draft = await _draft(session, code)
    _may_approve(draft, editor)
    if draft.revision != revision:
        raise EditError("تغيرت المسودة بعد أن فتحتها. راجعها من جديد.")
    if at is not None and at > now:
        draft.state, draft.approved_by, draft.publish_at = State.APPROVED, editor.shown_name, at
        await _audit(session, editor, now, code, "schedule")
        return None
    return await _publish(session, draft, editor.shown_name, editor, now)


async def approve_batch(session: AsyncSession, batch: str, editor: Editor, now: datetime) -> int:
    """Approves all submitted drafts of one import; the job publishes them at once, a few in a transaction.

    Returns:
        How many.

    Raises:
        EditError: One of them is not for this person to approve.
    """
    drafts = await repository.of_batch(session, batch) if batch else ()
    for draft in drafts:
        _may_approve(draft, editor)
        draft.state, draft.approved_by, draft.publish_at = State.APPROVED, editor.shown_name, now
    if drafts:
        await session.flush()
        await _audit(session, editor, now, batch, "approve", entries=len(drafts))
    return len(drafts)


async def publish_due(session: AsyncSession, now: datetime, limit: int) -> tuple[list[str], list[str]]:
    """Publishes the approved drafts whose time has come.

    Returns:
        Codes of those that were published, and of those that are not in order any more and went back.
    """
    codes: list[str] = []
    returned: list[str] = []
    for draft in await repository.due(session, now, limit, lock=True):
        if await problems(session, draft.kind, draft.body, now):
            draft.state, draft.note = State.WRITING, "لم تُنشر في وقتها: لم تعد سليمة. راجع الحقول المؤشرة."
            returned.append(draft.code)
            continue
        await _publish(session, draft, draft.approved_by, Editor("", "schedule", draft.approved_by), now)
        codes.append(draft.code)
    return codes, returned


async def discard(session: AsyncSession, code: str, editor: Editor, now: datetime) -> None:
    """Drops a draft; what is published stays."""
    await _draft(session, code)
    await repository.remove_draft(session, code)
    await repository.drop_autosave(session, code, editor.id)
    await _audit(session, editor, now, code, "discard")


async def roll_back(
    session: AsyncSession, code: str, number: int, reason: str, editor: Editor, now: datetime
) -> Version:
    """Publishes an earlier version again; a draft that is open stays.

    Raises:
        EditError: There is no such version, it is the last one, or no reason was given.
    """
    version = await repository.version(session, code, number)
    if version is None or number == await repository.newest_number(session, code):
        raise EditError("اختر نسخة سابقة.")
    if not _note(reason):
        raise EditError("اكتب سبب الرجوع.")
    if await problems(session, version.kind, version.body, now):
        raise EditError("هذه النسخة لم تعد صالحة للنشر. افتح المدخل وصححه.")
    made = await publish(
        session,
        version.kind,
        version.body,
        now,
        in_baghdad(now).date(),
        how=How.ROLLED_BACK,
        written_by=version.written_by,
        approved_by=editor.shown_name,
        note=_note(reason),
    )
    await _tell(session, made, now)
    await _audit(session, editor, now, code, "roll_back", _note(reason), version=number)
    return made


async def note_import(session: AsyncSession, editor: Editor, now: datetime, batch: str) -> None:
    """Notes in the audit that the changes of a file were sent for review."""
    await _audit(session, editor, now, batch, "import")


def new_batch() -> str:
    """A name for an import."""
    return secrets.token_hex(16)


async def _draft(session: AsyncSession, code: str) -> Draft:
    draft = await repository.draft(session, code, lock=True)
    if draft is None:
        raise EditError("لا مسودة لهذا المدخل. ربما نشرها أو حذفها زميل.")
    return draft


def _may_approve(draft: Draft, editor: Editor) -> None:
    if draft.state == State.WRITING:
        raise EditError("لم تُرسل المسودة للمراجعة بعد.")
    if editor.id in draft.author_ids:
        raise EditError("كتبت في هذه المسودة، فيوافق عليها زميل غيرك.")


async def _publish(session: AsyncSession, draft: Draft, approved_by: str, editor: Editor, now: datetime) -> Version:
    if found := await problems(session, draft.kind, draft.body, now):
        raise NotReadyError(found)
    version = await publish(
        session,
        draft.kind,
        draft.body,
        now,
        in_baghdad(now).date(),
        written_by=draft.changed_by,
        approved_by=approved_by,
        note=draft.note,
    )
    await repository.remove_draft(session, draft.code)
    await _tell(session, version, now)
    await _audit(session, editor, now, draft.code, "publish", version=version.number)
    return version


async def _tell(session: AsyncSession, version: Version, now: datetime) -> None:
    data: dict[str, events.Value] = {"code": version.code, "kind": version.kind, "version": version.number}
    await events.add(session, "content.published", f"entry/{version.code}", data, now)


def _note(text: str) -> str:
    return strip_controls(text).strip()[:NOTE_MAX_CHARS]


async def _audit(
    session: AsyncSession, editor: Editor, now: datetime, code: str, step: str, reason: str = "", **details: object
) -> None:
    await audit.add(
        session, editor.name, Action.CONTENT, now, subject=code, reason=reason, details={"step": step, **details}
    )
