"""What is asked in words right after a result was shown, as the button that it stands for."""

import re
from datetime import timedelta
from typing import Final

from arabic.normalise import normalise
from casework.dialogues import words
from casework.dialogues.forms import Context
from casework.results import repository, wording
from casework.results.models import ISSUED, Result, Status

ASKED_WITHIN: Final = timedelta(minutes=30)
LONGEST_WORDS: Final = 6
_CERTIFICATE = re.compile(
    r"(?:\w+ ){0,4}(?:ال)?شهاد(?:ه|تي|ات)(?: (?:مال\w*|هاي|رجاء|لو سمحت|الفحص|فحصي|النتيجه|كورونا|pcr))*"
)
_WHY = re.compile(r"(?:زين |طيب |يعني )*و?(?:ليش|لماذا|ليه|شنو السبب|شنو يعني|شلون يعني|شنو معناها)(?: \w+){0,3}")
_WHAT_NOW = re.compile(
    r"(?:زين |طيب |يعني |هسه )*و?(?:شنو (?:ا?سوي|اعمل)|شسوي|ماذا افعل|شلون اتصرف|ا?موت|راح ا?موت|خطر)(?: \w+){0,2}"
)
_TELL_ME = re.compile(r"(?:اي |ايه |نعم |زين )*(?:خبرو?ني|علمو?ني|ارسلو?ها|دزو?ها|ابلغو?ني|بلغو?ني)(?: \w+){0,3}")
_PATTERNS: Final = {"certificate": _CERTIFICATE, "why": _WHY, "advice": _WHAT_NOW}


async def pressed(context: Context, text: str, *, said_last: bool) -> str | None:
    """The button that a line stands for; None if it is about something else, or no result was shown of late.

    Args:
        context: Where.
        text: What was typed.
        said_last: A form's answer was the last thing that was said.
    """
    asked, agrees = _asked(text), said_last and _agrees(text)
    if not agrees and asked is None:
        return None
    result = await _last_shown(context)
    if result is None:
        return None
    if result.status == Status.PENDING:
        return f"do:result:send-{result.id}" if agrees else None
    issued = result.status in ISSUED and result.value is not None
    if asked == "certificate":
        return f"do:certificate:{result.id}" if issued and result.value in wording.CERTIFIED else None
    return f"do:result:{asked}-{result.id}" if asked and issued else None


def may_press(text: str) -> bool:
    """Whether a line may stand for a button, wherever it is said: no more need be looked up for most lines."""
    return _agrees(text) or _asked(text) is not None


def _agrees(text: str) -> bool:
    return words.is_yes(text) or _TELL_ME.fullmatch(_plain(text)) is not None


def _asked(text: str) -> str | None:
    plain = _plain(text)
    if not plain or len(plain.split()) > LONGEST_WORDS:
        return None
    return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), None)


def _plain(text: str) -> str:
    return normalise(text).strip(" .؟?!،")


async def _last_shown(context: Context) -> Result | None:
    known = await repository.of_reader(context.session, context.conversation_id)
    if not known or context.now - known[0][0].at > ASKED_WITHIN:
        return None
    return known[0][1]
