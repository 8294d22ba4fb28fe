"""Examples of the intents as editors change them: added, removed, put back.

Services take a session and never commit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from arabic import strip_controls
from catalog.editing.service import Editor
from catalog.training import example_repository as repository
from catalog.training.intents import intents, name_of
from catalog.training.models import Example
from catalog.training.shipped import Shipped, digest_of
from catalog.unanswered.models import TEXT_MAX_CHARS
from citizens.vault import service as vault
from citizens.vault.recognise import find
from nlu.examples import Changes, key
from operations.audit import repository as audit
from operations.audit.models import Action

LINES_AT_ONCE: Final = 200
"""More pasted lines are refused."""
ADDED_MAX: Final = 5000
"""Lines that editors may add to all intents together; training takes time with each."""
LEAST_LEFT: Final = 8
"""An intent keeps so many lines: with fewer it would not be understood."""
_LETTERS: Final = re.compile(r"[^\W\d_]{2}")
_MARKUP: Final = re.compile(r"[\[\]{}]")
"""What the trainer would read as a mark and not as text."""

Which = Literal["", "added", "removed"]


class ExampleError(Exception):
    """It cannot be done; the text is the sentence for the editor."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an intent as the page shows it; `change` is what editors did to it, None if nothing."""

    digest: str
    text: str
    change: Example | None

    @property
    def state(self) -> Which:
        """Whether editors added or removed it."""
        if self.change is None or self.change.active == self.change.shipped:
            return ""
        return "removed" if self.change.shipped else "added"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of lines: those added, those that the intent had, and those refused, each with its reason."""

    lines: Sequence[str]
    there: Sequence[str]
    refused: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Count:
    """How many lines an intent is trained with, and what of it editors changed; `composed` cannot be edited."""

    lines: int
    added: int
    removed: int
    composed: int


async def counts(session: AsyncSession, shipped: Shipped) -> dict[str, Count]:
    """The counts of all intents."""
    changed = await repository.counts(session)
    found = {}
    for intent in intents():
        added, removed = changed.get(intent, (0, 0))
        lines = len(shipped.of(intent)) - removed + added
        found[intent] = Count(lines, added, removed, shipped.composed.get(intent, 0))
    return found


async def listed(
    session: AsyncSession, intent: str, shipped: Shipped, words: str = "", which: Which = ""
) -> list[Line]:
    """An intent's lines: those that editors changed first, the newest first, then the shipped ones.

    Args:
        session: A session.
        intent: Whose.
        shipped: The shipped lines.
        words: Only lines in which this occurs, in any spelling.
        which: Only those added, or those removed (shipped or not); else those in force.
    """
    changes = {one.digest: one for one in await repository.of_intent(session, intent)}
    of_intent = shipped.of(intent)
    lines = [Line(digest, change.text, change) for digest, change in changes.items()]
    lines += [Line(digest, text, None) for digest, text in of_intent.items() if digest not in changes]
    if which == "removed":
        lines = [line for line in lines if line.change is not None and not line.change.active]
    else:
        lines = [line for line in lines if line.change is None or line.change.active]
    if which == "added":
        lines = [line for line in lines if line.state == "added"]
    wanted = searchable(words)
    return [line for line in lines if wanted in searchable(line.text)] if wanted else lines


async def add(
    session: AsyncSession, intent: str, texts: Sequence[str], shipped: Shipped, editor: Editor, now: datetime
) -> Added:
    """Adds lines to an intent; those that may not be added are left, with the reason.

    Args:
        session: The caller's writing transaction.
        intent: Which.
        texts: Lines as they were typed or pasted; empty ones are passed over.
        shipped: The shipped lines.
        editor: Who.
        now: The present moment.

    Raises:
        ExampleError: There is no such intent, no line, or too many.
    """
    if intent not in intents():
        raise ExampleError("اختر القصد من القائمة.")
    lines = list(dict.fromkeys(filter(None, (cleaned(text) for text in texts))))
    if not lines:
        raise ExampleError("اكتب سطراً واحداً على الأقل.")
    if len(lines) > LINES_AT_ONCE:
        raise ExampleError(f"الأسطر كثيرة ({len(lines)}). ألصق {LINES_AT_ONCE} سطر أو أقل في المرة.")
    if await repository.count_added(session) + len(lines) > ADDED_MAX:
        raise ExampleError(f"بلغت الأمثلة المضافة حدها ({ADDED_MAX:,}). احذف ما لا ينفع ثم أضف.")
    digests = {line: digest_of(line) for line in lines}
    known = await repository.with_digests(session, set(digests.values()))
    removed = {(one.intent, one.digest) for one in known if one.shipped and not one.active}
    holders = {one.digest: one.intent for one in known if one.active}
    kept: list[str] = []
    there: list[str] = []
    refused: list[tuple[str, str]] = []
    for line, digest in digests.items():
        home = shipped.intent_of.get(digest)
        holder = holders.get(digest) or (home if home and (home, digest) not in removed else None)
        if holder == intent:
            there.append(line)
            continue
        reason = _unfit(line) or _taken(holder) or _tested(digest, shipped)
        if reason:
            refused.append((line, reason))
            continue
        await _put(session, intent, line, digest, editor, now)
        holders[digest] = intent
        kept.append(line)
    if kept:
        await _audit(session, editor, now, intent, "add", len(kept))
    return Added(kept, there, refused)


async def remove(
    session: AsyncSession, intent: str, digest: str, shipped: Shipped, editor: Editor, now: datetime
) -> str:
    """Takes a line from an intent; it can be put back. Returns the line.

    Raises:
        ExampleError: It is not there, or too few would be left.
    """
    change = await repository.one(session, intent, digest)
    text = change.text if change else shipped.of(intent).get(digest)
    if text is None or (change is not None and not change.active):
        raise ExampleError("هذا السطر ليس في القصد الآن. ربما حذفه زميل.")
    if (await counts(session, shipped))[intent].lines <= LEAST_LEFT:
        raise ExampleError(f"لا يبقى للقصد إلا {LEAST_LEFT} أسطر. أضف غيرها قبل أن تحذف.")
    if change is None:
        change = Example(intent=intent, digest=digest, text=text, shipped=True, active=False)
    change.active, change.changed_by, change.changed_at = False, editor.shown_name, now
    await repository.add(session, change)
    await _audit(session, editor, now, intent, "remove", 1)
    return text


async def put_back(session: AsyncSession, intent: str, digest: str, editor: Editor, now: datetime) -> str:
    """Puts a removed line back. Returns it.

    Raises:
        ExampleError: It was not removed, or another intent has it by now.
    """
    change = await repository.one(session, intent, digest)
    if change is None or change.active:
        raise ExampleError("هذا السطر في مكانه.")
    others = await repository.with_digests(session, {digest})
    if taken := next((one.intent for one in others if one.active and one.intent != intent), None):
        raise ExampleError(_taken(taken))
    change.active, change.changed_by, change.changed_at = True, editor.shown_name, now
    await _audit(session, editor, now, intent, "put_back", 1)
    return change.text


async def changes(session: AsyncSession, number: int) -> Changes:
    """What the model `number` is trained with beside the shipped lines, and without."""
    added: dict[str, list[str]] = {}
    removed: dict[str, list[str]] = {}
    for one in await repository.in_force(session):
        (removed if one.shipped else added).setdefault(one.intent, []).append(one.text)
    return Changes(number, added, removed)


def cleaned(text: str) -> str:
    """A typed line as it is kept: on one line, nothing invisible, no dash of a list before it."""
    return " ".join(strip_controls(text).split()).lstrip("-•*– ").strip()


def searchable(text: str) -> str:
    """A text for searching in."""
    return str(key(text))


def _unfit(line: str) -> str:
    if len(line) > TEXT_MAX_CHARS:
        return f"طويل: {TEXT_MAX_CHARS} حرف على الأكثر."
    if vault.DELETED in line or find(line):
        return "فيه رقم شخصي أو عنوان بريد. احذفه من السطر."
    if not _LETTERS.search(line) or line.startswith("/"):
        return "ليس كلاماً."
    if _MARKUP.search(line):
        return "فيه أقواس [ ] أو { }. احذفها من السطر."
    return ""


def _taken(holder: str | None) -> str:
    return f"موجود في «{name_of(holder)}». احذفه من هناك إن كان هنا مكانه." if holder else ""


def _tested(digest: str, shipped: Shipped) -> str:
    if digest not in shipped.tested:
        return ""
    return "من أسطر الاختبار، وبها نقيس المساعد: لو تدرب عليها لما عرفنا هل يفهم غيرها. اكتبه بكلمات أخرى."


async def _put(session: AsyncSession, intent: str, line: str, digest: str, editor: Editor, now: datetime) -> None:
    example = await repository.one(session, intent, digest)
    if example is None:
        example = Example(intent=intent, digest=digest, text=line, shipped=False)
    elif not example.shipped:
        example.text = line
    example.active, example.changed_by, example.changed_at = True, editor.shown_name, now
    try:
        async with session.begin_nested():
            await repository.add(session, example)
    except IntegrityError as error:  # somebody added it in the same moment
        raise ExampleError("أضاف زميل أحد هذه الأسطر الآن. حاول مرة ثانية.") from error


async def _audit(session: AsyncSession, editor: Editor, now: datetime, intent: str, step: str, lines: int) -> None:
    await audit.add(
        session, editor.name, Action.TRAINING, now, subject=f"intent:{intent}", details={"step": step, "lines": lines}
    )
