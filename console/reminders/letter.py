"""The morning letter: numbers and links, nothing of any citizen or case."""

from email.message import EmailMessage
from typing import Final

from arabic.plural import DAY, ENTRY_OF_GUIDE, Noun
from console.cases.listing import CASE
from console.reminders.waiting import COUNTED_MAX, SOON, Waiting

SUBJECT: Final = "مساعد أور: ما ينتظرك اليوم"
_LAST: Final = "تصل هذه الرسالة مرة في اليوم، حين ينتظرك شيء. لا تجب عليها."


def letter(shown_name: str, found: Waiting, public_url: str) -> str | None:
    """The text; None if nothing waits."""
    days = DAY.count(SOON.days)
    lines = [
        (found.stale, f"{_count(ENTRY_OF_GUIDE, found.stale)} للتحقق الآن", "/console/content/stale"),
        (found.soon, f"{_count(ENTRY_OF_GUIDE, found.soon)} للتحقق خلال {days}", "/console/content/stale"),
        (found.late, f"{_count(CASE, found.late)} متأخرة عن الموعد", "/console/cases?overdue=1&order=urgent"),
    ]
    said = [f"- {text}\n  {public_url}{path}" if public_url else f"- {text}" for number, text, path in lines if number]
    if not said:
        return None
    return "\n".join([f"مرحباً {shown_name}،", "", *said, "", _LAST, ""])


def message(text: str, sender: str, to: str) -> EmailMessage:
    """The letter with its headers; raises `ValueError` at an address with a line break in it."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, SUBJECT
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    return made


def _count(noun: Noun, number: int) -> str:
    return noun.count(number) if number < COUNTED_MAX else f"أكثر من {noun.count(COUNTED_MAX - 1)}"
