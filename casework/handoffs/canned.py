"""Canned replies: written once, sent often, their variables filled in."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import yaml
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from arabic import strip_controls
from casework.handoffs.models import CANNED_TITLE_MAX_CHARS, CannedReply

TEXT_MAX_CHARS = 2000
VARIABLES: Mapping[str, str] = {
    "اسمي": "اسم من يرد",
    "الموضوع": "الخدمة التي يسأل عنها المواطن",
    "التحية": "صباح الخير أو مساء الخير",
    "الدوام": "متى يبدأ الدوام القادم",
}
"""What may stand in curly braces, and what it becomes."""
_VARIABLE = re.compile(r"\{([^{}\n]{1,30})\}")
_SAMPLES = Path(__file__).with_name("canned.yml")


class CannedError(ValueError):
    """A reply that cannot be kept; the text is Arabic, for the page."""


async def listed(session: AsyncSession) -> Sequence[CannedReply]:
    """All replies, by title."""
    return (await session.scalars(select(CannedReply).order_by(CannedReply.title))).all()


async def put(session: AsyncSession, reply_id: int | None, title: str, text: str, who: str, now: datetime) -> None:
    """Adds a reply, or changes one.

    Raises:
        CannedError: Title or text is empty, too long or taken, or a variable is not known.
    """
    title, text = " ".join(strip_controls(title).split()), strip_controls(text).strip()
    if not title or not text:
        raise CannedError("اكتب عنواناً ونصاً.")
    if len(title) > CANNED_TITLE_MAX_CHARS or len(text) > TEXT_MAX_CHARS:
        raise CannedError(f"العنوان حتى {CANNED_TITLE_MAX_CHARS} حرفاً والنص حتى {TEXT_MAX_CHARS}.")
    for name in _VARIABLE.findall(text):
        if name not in VARIABLES:
            raise CannedError(f"لا أعرف المتغير {{{name}}}. المتاح: {'، '.join(VARIABLES)}.")
    reply = await session.get(CannedReply, reply_id) if reply_id is not None else None
    if reply is None:
        reply = CannedReply(title=title, text=text, changed_at=now, changed_by=who)
        session.add(reply)
    else:
        reply.title, reply.text, reply.changed_at, reply.changed_by = title, text, now, who
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError as error:
        raise CannedError("يوجد رد بهذا العنوان.") from error


async def remove(session: AsyncSession, reply_id: int) -> str | None:
    """Deletes a reply; its title, None if there was none."""
    return await session.scalar(delete(CannedReply).where(CannedReply.id == reply_id).returning(CannedReply.title))


async def add_samples(session: AsyncSession, now: datetime) -> None:
    """The replies to begin with, where there is none."""
    if await session.scalar(select(func.count()).select_from(CannedReply)):
        return
    for title, text in yaml.safe_load(_SAMPLES.read_text(encoding="utf-8")).items():
        await put(session, None, title, text, "set-up", now)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; one without a value becomes a gap that is seen."""
    return _VARIABLE.sub(lambda match: values.get(match[1]) or "…", text)
