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


def intent_of(text: str) -> str | None:
    """The intent that the whole of `text` has beyond doubt; None if it may be an answer."""
    plain = normalise(text).strip(" .،,!؟?؛:")
    if not plain or len(plain.split()) > LONGEST_WORDS:
        return None
    return next((intent for intent, pattern in _patterns().items() if pattern.fullmatch(plain)), None)


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    groups = cast(dict[str, list[str]], yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return {
        intent: re.compile(rf"{_AROUND}(?:{'|'.join(patterns)})(?: {_AROUND}| *)")
        for intent, patterns in groups.items()
    }
