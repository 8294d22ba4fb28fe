"""More training lines from the ones at hand: misspelled, in Arabizi, wrapped in courtesies."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from arabic.arabizi import from_arabic
from arabic.noise import corrupt

_OPENINGS = (
    "السلام عليكم",
    "السلام عليكم ورحمة الله وبركاته",
    "سلام عليكم اخوان",
    "مرحبا",
    "هلو",
    "صباح الخير",
    "مساء الخير اخي العزيز",
    "هلا بيكم",
    "تحية طيبة",
    "لو سمحت",
    "من فضلكم",
    "عفوا",
    "رجاء",
    "عيني",
    "اخي",
    "يا جماعة الخير",
    "الله يخليكم",
    "بلا زحمة عليكم",
    "عندي سؤال",
    "حبيت اسأل",
    "استفسار لو سمحتم",
    "السلام عليكم استاذ اعتذر عن الازعاج بس عندي سؤال صغير",
    "تحية طيبة وبعد ارجو منكم التفضل بالإجابة",
    "اني مواطن من بغداد وما عندي خبرة بهاي الامور",
)
_CLOSINGS = (
    "وشكرا",
    "شكرا جزيلا",
    "رجاء",
    "لو سمحت",
    "الله يخليك",
    "مع الشكر والتقدير",
    "ممنون منكم",
    "وجزاكم الله خيرا",
    "تسلم",
    "عيني",
    "ارجو الرد",
    "بارك الله بيكم",
)
_ARABIC = re.compile(r"[\u0620-\u064a]")
_ARABIZI_SHARE = 0.2  # of the extra lines, when the data is Arabic
_COURTESY_SHARE = 0.2
_BOTH_ENDS = 0.3  # of the lines with courtesies
_NOISE = (0.03, 0.06, 0.1)  # shares of letters that change


def is_arabic(lines: Sequence[str]) -> bool:
    """Whether most lines have Arabic letters, so that Arabic spelling noise and Arabizi make sense."""
    return sum(bool(_ARABIC.search(line)) for line in lines) > len(lines) / 2


def varied(line: str, rng: random.Random) -> str:
    """One more way to type an Arabic line."""
    if not _ARABIC.search(line):
        return line
    drawn = rng.random()
    if drawn < _ARABIZI_SHARE:
        return from_arabic(line, rng)
    if drawn < _ARABIZI_SHARE + _COURTESY_SHARE:
        both = rng.random() < _BOTH_ENDS
        opening = rng.choice(_OPENINGS) if both or rng.random() < 1 - _BOTH_ENDS else ""
        closing = rng.choice(_CLOSINGS) if both or not opening else ""
        line = f"{opening} {line} {closing}".strip()
    return corrupt(line, rng, rng.choice(_NOISE))
