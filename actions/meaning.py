"""What a line plainly means, whatever the classifier takes it for."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from rasa_sdk.events import SlotSet

from actions.asked import asks
from arabic import normalise
from casework.cases import numbers
from casework.cases.chat import elsewhere
from casework.cases.chat.complaint import asks_for_more
from casework.cases.chat.elsewhere import Elsewhere
from casework.cases.chat.noticing import is_complaint as tells_of_agent
from casework.cases.numbers import Fault
from casework.cases.opening import about_ration
from foundation.clock import in_baghdad

_SUGGESTION: Final = re.compile(r"(?<!\w)(?:ال|لل|ب)?(?:ا?قتراح|مقترح|ا?قترح|نقترح)\w*")
_ASKS_WHAT: Final = re.compile(
    r"^(?:شنو|شنهو|شنهي|شني|ما|ماذا) (?:هو|هي|هاي|هذا|هذي|هاذا|هذه|يعني|معني|فايده)\b"
    r"|^(?:يعني )?شنو (?:راقبني|سلامات|سلمات)\b"
)
_ASKS_HOW: Final = re.compile(
    r"\b(?:الاطلاع|اعرف عن|معلومات عن|اليه|كيفيه|طريقه|شروط)\b"
    r"|\b(?:يصير|اكدر|اقدر|يمكنني|يحق لي|يحقلي) (?:ا?ستخدم|استعمل|استخدام)\b"
)
"""Asked of a thing itself, not of doing it; normalised."""
_FINDING: Final = re.compile(
    r"(?<!\w)(?:ال|و)?(?:سالب|موجب|سلبي|ايجابي|حاسم|مرفوض)(?:ه|ا)?(?!\w)|positive|negative", re.IGNORECASE
)
_MEANS: Final = re.compile(
    r"(?<!\w)(?:(?:شنو|شنهو|شني|ماذا|ما|يعني) (?:يعني|معني|معنا\w*|تعني|شنو)|معناه\w*|معنيه\w*)(?!\w)"
)
_ONES_OWN: Final = re.compile(r"\b\w*(?:نتيجتي|فحصي|تحليلي|شكواي|شكوتي|شكايتي|مقترحي|طلبي)\b")
_FILES: Final = re.compile(
    r"\b(?:سجل|سجلي|سجلوا?|سجللي|اسجل|نسجل|قدم|قدملي|اقدم|نقدم|ارفع|نرفع|اكتب|دز|دزلي) (?:لي )?"
    r"(?:ال)?شك(?:وي|وا|واي|وتي|ايه|ايتي)\b"
)
NUMBER_LINE_MAX_CHARS: Final = 40
"""A number in a longer line may stand for anything."""
ELSEWHERE_LASTS: Final = timedelta(minutes=15)
"""So long «وين اشتكي» is about the body that was complained of."""
WRONG_DOOR_WORDS: Final = 6
"""A longer wish to complain says itself what it is about."""


def is_tracking_number(text: str) -> bool:
    """Whether the line is little more than a tracking number, right or mistyped («عندي رقم شكوى R-999-999-9999»)."""
    if len(text) > NUMBER_LINE_MAX_CHARS:
        return False
    typed = numbers.find(text)
    mistyped = typed.fault is Fault.CHECK and any(word[:1] in ("R", "r", "ر") for word in text.split() if "-" in word)
    return typed.number is not None or mistyped


def is_complaint(text: str, now: datetime) -> bool:
    """Whether the line tells what an agent did wrong."""
    if text.startswith("/") or (asks(text) and not asks_for_more(text)):
        return False
    return tells_of_agent(text, in_baghdad(now).date())


def asks_what(text: str) -> bool:
    """Whether the line asks what something is («شنو هاي سلامات») instead of wanting it."""
    plain = normalise(text)
    return _ASKS_WHAT.search(plain) is not None and _ONES_OWN.search(plain) is None


def asks_how(text: str) -> bool:
    """Whether the line asks how something is done («آلية الإبلاغ عن …») instead of doing it."""
    plain = normalise(text)
    return _ASKS_HOW.search(plain) is not None and _ONES_OWN.search(plain) is None


def asks_of_finding(text: str) -> bool:
    """Whether the line asks what a finding of a test means («غير حاسمة شنو يعني») instead of wanting one."""
    plain = normalise(text)
    return _FINDING.search(plain) is not None and _MEANS.search(plain) is not None


def files(text: str) -> bool:
    """Whether the line wants a complaint filed («سجل شكواي»), not one that was filed."""
    return _FILES.search(normalise(text)) is not None


def suggests(text: str) -> bool:
    """Whether the line says that it is a suggestion: nothing less begins one while another form is open."""
    return _SUGGESTION.search(normalise(text)) is not None


def remember_elsewhere(text: str, now: datetime) -> list[dict[str, Any]]:
    """The event that keeps in mind of which other body the line complains; none if it does not."""
    said = None if text.startswith("/") else elsewhere.read(text)
    return [] if said is None else [SlotSet("elsewhere", {**asdict(said), "at": now.isoformat()})]


def complained_elsewhere(text: str, slot: Mapping[str, Any] | None, now: datetime) -> Elsewhere | None:
    """The body, complained of a moment ago, that a bare wish to complain is about («وين اشتكي»); None if none is."""
    if not slot or text.startswith("/") or len(text.split()) > WRONG_DOOR_WORDS or about_ration(normalise(text)):
        return None
    if now - datetime.fromisoformat(slot["at"]) > ELSEWHERE_LASTS:
        return None
    return Elsewhere(slot["body"], slot["governorate"], bool(slot["bribe"]), wishes=False)
