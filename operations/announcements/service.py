"""Making and ending an emergency notice, each audited."""

import re
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from arabic import strip_controls
from operations.announcements import repository
from operations.announcements.models import Announcement
from operations.audit import repository as audit
from operations.audit.models import Action

TEXT_MAX_CHARS = 500
REASON_MAX_CHARS = 300
LONGEST = timedelta(days=31)
_ARABIC = re.compile(r"[\u0621-\u064a]")


class AnnouncementError(Exception):
    """It cannot be made; the text is the sentence for the person."""


async def announce(
    session: AsyncSession, text: str, reason: str, starts_at: datetime, ends_at: datetime, who: str, now: datetime
) -> int:
    """Puts a sentence before the answers of all conversations for a time; every process follows in two seconds.

    Raises:
        AnnouncementError: The sentence, the reason or the time is not in order.
    """
    text, reason = strip_controls(text).strip(), strip_controls(reason).strip()[:REASON_MAX_CHARS]
    if not _ARABIC.search(text):
        raise AnnouncementError("اكتب التنبيه بالعربية.")
    if len(text) > TEXT_MAX_CHARS:
        raise AnnouncementError(f"التنبيه أطول من {TEXT_MAX_CHARS} حرف. اختصر.")
    if not reason:
        raise AnnouncementError("اكتب السبب، للزملاء ولسجل التدقيق.")
    if ends_at <= max(starts_at, now):
        raise AnnouncementError("وقت النهاية قبل البداية أو مضى.")
    if ends_at - starts_at > LONGEST:
        raise AnnouncementError("التنبيه لا يدوم أكثر من 31 يوماً.")
    made = Announcement(text=text, reason=reason, starts_at=starts_at, ends_at=ends_at, who=who, made_at=now)
    number = await repository.add(session, made)
    await audit.add(session, who, Action.ANNOUNCEMENT, now, subject=str(number), reason=reason, details={"text": text})
    return number


async def end(session: AsyncSession, announcement_id: int, who: str, now: datetime) -> bool:
    """Ends a notice before its time; False if it is over already."""
    if not await repository.end(session, announcement_id, now):
        return False
    await audit.add(session, who, Action.ANNOUNCEMENT, now, subject=str(announcement_id), details={"ended": True})
    return True
