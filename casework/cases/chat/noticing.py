"""Complaints that say nothing of being one: «الوكيل كريم أخذ مني ألفين زيادة البارحة»."""

import re
from datetime import date

from arabic.normalise import normalise
from casework.cases import opening
from casework.cases.models import Kind

_ABOUT_RATIONS = re.compile(r"(?<!\w)(?:و|ب|ع|عل|ل)?(?:ال)?(?:وكيل(?:نا|ي|هم|كم)?|حص(?:ه|تنا|تي|ص))(?!\w)")


def is_complaint(text: str, today: date) -> bool:
    """Whether a line tells what an agent did wrong, or what is wrong with the ration; `today` in Baghdad."""
    if not _ABOUT_RATIONS.search(normalise(text)):
        return False
    said = opening.read(text, today)
    return said.is_account and said.kind is not None and said.kind not in (Kind.SUGGESTION, Kind.OTHER)
