"""What is typed into a form and is never an answer: a greeting, a wish for a person or for deletion (`asides.yml`).

Where the citizen's own words are asked for, the engine sees a token and not the text, so that nobody else can tell.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

import yaml

from arabic.normalise import normalise

LONGEST_WORDS: Final = 9
"""A longer text tells something."""
_FILE: Final = Path(__file__).with_name("asides.yml")
_AROUND: Final = r"(?:(?:عيني|اخي|خويه|حبيبي|حجي|يمعود|رجاء|بالله|من فضلك|لو سمحت|زين|طيب|لا|هسه|عليكم|اغاتي)(?: |$))*"
LONGEST_PLEA_WORDS: Final = 13
"""A longer text that ends with a wish for a person tells something."""
_ENDS: Final = re.compile(r"[،,؛;.؟?!\n]+")
_PERSON: Final = re.compile(
    r"(?<!\w)و?(?:اريد|ابي|اكدر|حولني|حولوني|وصلني|انطوني|انطيني|جيبلي|خلي|خليني) "
    r"(?:(?:ا?حجي|ا?حكي|اتكلم|اكلم|اتواصل) )?(?:(?:علي|ل|الي|وي\w*|مع) )?"
    r"(?:ال)?(?:موظف\w*|انسان|بشر|بني ادم)(?: \w+){0,2}$"
)
_NO_PERSON: Final = re.compile(r"(?<!\w)(?:ما|مو|لا) (?:اريد|ابي)")


def intent_of(text: str) -> str | None:
    """The intent that the whole of `text` has beyond doubt; None if it may be an answer."""
    plain = normalise(text).strip(" .،,!؟?؛:")
    if not plain or len(plain.split()) > LONGEST_WORDS:
        return None
    return next((intent for intent, pattern in _patterns().items() if pattern.fullmatch(plain)), None)


def wants_person(text: str) -> bool:
    """Whether one sentence of `text`, or its end, asks for a person («رقمي صح، اريد موظف»); it is no account."""
    sentences = [normalise(part) for part in _ENDS.split(text)]
    if sum(len(plain.split()) for plain in sentences) > LONGEST_PLEA_WORDS:
        return False
    return any(_PERSON.search(plain) and not _NO_PERSON.search(plain) for plain in sentences)


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    groups = cast(dict[str, list[str]], yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return {
        intent: re.compile(rf"{_AROUND}(?:{'|'.join(patterns)})(?: {_AROUND}| *)")
        for intent, patterns in groups.items()
    }
