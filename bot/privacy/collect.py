"""What is kept about a citizen, in the citizen's own words and numbers."""

from collections import Counter

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Author
from bot.privacy import repository
from casework.cases import repository as cases
from casework.cases import wording
from casework.cases.numbers import show
from casework.results import repository as results
from citizens.vault.service import masked, reveal
from foundation.clock import show_date
from foundation.datakeys import DataKeys
from foundation.settings import Settings

CASES_SHOWN = 20
LINES_AT_ONCE = 200
_KINDS = {
    "nid": "رقم وطني",
    "phone": "هاتف",
    "passport": "جواز",
    "email": "بريد إلكتروني",
    "sample": "رقم عينة",
    "ration": "بطاقة تموينية",
}
_AUTHORS = {Author.CITIZEN: "أنت", Author.ASSISTANT: "المساعد"}


async def summary(session: AsyncSession, conversation_id: str, keys: DataKeys, settings: Settings) -> str:
    """What is kept, at a glance; identifiers are masked."""
    talk = await repository.talk(session, conversation_id)
    own = await cases.of_conversation(session, conversation_id, CASES_SHOWN)
    read = await results.of_reader(session, conversation_id)
    numbers = [(kind, keys.decrypt(value)) for kind, value in await repository.identifiers(session, conversation_id)]
    lines = [
        "ما نحفظه عنك في هذه المحادثة:",
        f"• المحادثة منذ {show_date(talk.since.date())}: رسائلك {talk.own}، والأجوبة {talk.answers}.",
        f"  تُحذف بعد {settings.retention_transcript_days} يوماً من آخر رسالة.",
    ]
    if numbers:
        lines.append("• أرقام كتبتها، محفوظة مشفرة:")
        lines += [f"  {_KINDS.get(kind, 'رقم')}: {_ends(value)}" for kind, value in numbers]
        lines.append(f"  تُحذف بعد {settings.retention_vault_days} يوماً من آخر استعمال.")
    if own:
        lines.append("• شكاواك ومقترحاتك:")
        lines += [f"  {show(case.number)}: {wording.KINDS[case.kind]}" for case in own]
    if read:
        lines.append(f"• نتائج فحص اطلعت عليها أو تنتظرها: {len(read)}.")
    if len(lines) == 3:
        lines.append("• لا توجد أرقام شخصية ولا شكاوى ولا نتائج.")
    return "\n".join(lines)


async def copy(session: AsyncSession, conversation_id: str, keys: DataKeys, settings: Settings) -> bytes:
    """All of it as a text file (UTF-8 with a byte order mark, so that every old phone and computer opens it)."""
    parts = [await summary(session, conversation_id, keys, settings), "", "نص المحادثة:"]
    numbers = await repository.identifiers(session, conversation_id)
    counted = Counter(kind for kind, _ in numbers)
    if counted:
        parts.insert(1, "الأرقام كاملة: " + "، ".join(keys.decrypt(value) for _, value in numbers))
    after = 0
    while found := await repository.lines(session, conversation_id, after, LINES_AT_ONCE):
        for line in found:
            text = masked(await reveal(session, conversation_id, line.text, keys))
            parts.append(f"[{wording.moment(line.created_at)}] {_AUTHORS.get(line.author, 'موظف')}: {text}")
        after = found[-1].id
    return ("\ufeff" + "\n".join(parts)).encode()


def _ends(value: str) -> str:
    """A number that its owner recognises and nobody else learns."""
    return f"{value[:2]}•••{value[-2:]}" if len(value) > 6 else "•••"
