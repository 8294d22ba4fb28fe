"""What a line asks beside its intent: several facets, a thing that no entry holds, one of the choices."""

import re
from collections.abc import Iterable
from typing import Final

from arabic import normalise

_CUES: Final = {
    "documents": r"مستمسك|اوراق|ورق(?!ه)|وثايق|وثائق|مستندات|شجيب|اجيب وياي|متطلبات",
    "fee": r"رسوم|الرسم|رسمه|تكلف|كلفه|بيش|اجور|سعر|ياخذون|ادفع",
    "duration": r"تطول|يطول|مده|كم يوم|جم يوم|تستغرق|شوكت تخلص|يمته تخلص",
    "link": r"رابط|لنك|لينك",
    "contact": r"تلفون|هاتف|عنوانهم|وين اروح|وين اراجع|المن اراجع",
}
"""Words that name a facet beyond doubt, normalised."""

_NOT_HELD: Final = (
    (
        re.compile(r"\b(راتب|رواتب|راتبه|راتبها|معاش|معاشه|قسط|القسط|اقساط|فوايد|فوائد|مبلغ القرض)\b"),
        "الراتب أو المبلغ",
    ),
    (re.compile(r"\b(صلاحيه|صلاحيته|صلاحيتها|نافذ|نافذه|سريان)\b"), "مدة الصلاحية"),
    (re.compile(r"\b(دوام|الدوام|دوامهم|دوامكم|يفتحون|يفتح|تفتح|يدوم|يداومون|يغلقون)\b"), "أوقات الدوام"),
)
"""What citizens ask of a service and no entry says; normalised words and what the thing is called."""

_ORDINALS: Final = {
    normalise(word): number
    for number, words in enumerate(
        (
            "1 الاول الاولى اول اولى واحد",
            "2 الثاني الثانية ثاني ثانية اثنين",
            "3 الثالث الثالثة ثالث ثالثة ثلاثة",
            "4 الرابع الرابعة رابع اربعة",
            "5 الخامس الخامسة خامس خمسة",
            "6 السادس السادسة سادس ستة",
            "7 السابع سبعة",
            "8 الثامن ثمانية",
            "9 التاسع تسعة",
            "10 العاشر عشرة",
            "11",
            "12",
        ),
        1,
    )
    for word in words.split()
}
_AROUND_ORDINALS: Final = frozenset(
    map(normalise, ("رقم", "خيار", "الخيار", "اريد", "اختار", "هذا", "هاي", "هو", "هي", "لو", "سمحت"))
)


def facets_named(text: str) -> list[str]:
    """The facets that a line names beyond doubt, in the order in which they stand there."""
    plain = normalise(text)
    found = ((match.start(), facet) for facet, cue in _CUES.items() if (match := re.search(cue, plain)))
    return [facet for _, facet in sorted(found)]


def not_held(text: str) -> str | None:
    """What a line asks for that no entry holds («شكد راتبه»), or None."""
    plain = normalise(text)
    return next((label for pattern, label in _NOT_HELD if pattern.search(plain)), None)


def chosen(text: str, choices: Iterable[str], first: int = 1) -> str | None:
    """The one of numbered `choices` (from `first` on) that a line picks («2», «الثانية», «رقم ٣»), or None."""
    words = [word for word in normalise(text).split() if word not in _AROUND_ORDINALS]
    if len(words) != 1 or words[0] not in _ORDINALS:
        return None
    return dict(enumerate(choices, first)).get(_ORDINALS[words[0]])
