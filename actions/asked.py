"""What a line asks beside its intent: several facets, a thing that no entry holds, one of the choices."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from arabic import normalise
from catalog.search.evidence import EntryWords, stems
from catalog.words import is_empty

CHOICE_MAX_WORDS: Final = 3
"""Words that name something; more of them say something of their own."""

_CUES: Final = {
    "documents": r"مستمسك|اوراق|ورق(?!ه)|وثايق|وثائق|مستندات|شجيب|اجيب وياي|متطلبات",
    "fee": r"رسوم|\bرسم\b|الرسم|رسمه|تكلف|كلفه|بيش|اجور|سعر|ياخذون|ادفع",
    "duration": r"تطول|يطول|مده|كم يوم|جم يوم|شكد وقت|شكد وكت|كم وقت|تستغرق|شوكت تخلص|يمته تخلص",
    "link": r"رابط|لنك|لينك",
    "contact": r"تلفون|هاتف|عنوانهم|وين اروح|وين اراجع|المن اراجع",
}
"""Words that name a facet beyond doubt, normalised."""

_NOT_HELD: Final = (
    (
        re.compile(
            r"\b(راتب|رواتب|راتبه|راتبها|معاش|معاشه|قسط|القسط|اقساط|فوايد|الفوايد|فايده|الفايده|مبلغ القرض"
            r"|ينطون|ينطونا|ينطوني|تنطوني|ينطوه|مليون)\b"
        ),
        "الراتب أو المبلغ أو الفائدة",
    ),
    (re.compile(r"\b(صلاحيه|صلاحيته|صلاحيتها|نافذ|نافذه|سريان)\b"), "مدة الصلاحية"),
    (re.compile(r"\b(دوام|الدوام|دوامهم|دوامكم|يفتحون|يفتح|تفتح|يدوم|يداومون|يغلقون)\b"), "أوقات الدوام"),
)
"""What citizens ask of a service and no entry says; normalised words and what the thing is called."""

_PAPERS_ASKED: Final = {
    "مختار": "ختم المختار أو تأييده",
    "كفيل": "كفيل",
    "كفلاء": "كفلاء",
    "وكاله": "وكالة",
}
"""What citizens ask whether it is needed, and what it is called."""

_CANCELLING: Final = re.compile(
    r"^[وف]?[بل]?(?:[يتنا]|ال|ل)?(?:ال)?(?:الغ|لغ|غي|بطل|وقف|قف|كف|وكف|اوقف|اوكف|توقف|خلص|عوف|عفت|اترك|تترك|ترك|رجع|رجو|ارجع"
    r"|تراجع|اطلع|طلع|خرج|خروج|انه|نه|كنسل|اكنسل|كافي|سد|سكر|هون|شيل|انس|امسح|مسح|صرف|اصرف|شكو|شكا|عملي|محادث|استمار"
    r"|موضوع|دور|طلب|قايم|اكمل|تكمل|كمل|استمر|ستوب|غير|راي|نظر|فكر|بدا|بداي|سجل|تسجل|تدز|ترسل|اعتذر|اجل|امر|عود|اقطع"
    r"|متابع|اجرا|راح|رغب|كتب|كلام|تعب|ايد|را|خلف|كبل|اسيل"
    r"|عنه|بعدين|عمي|وياي|شغل|حفظ)"
)
"""Beginnings of the words with which people break off what they were doing."""

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


_QUESTION_WORDS: Final = frozenset(
    map(
        normalise,
        [
            "شنو",
            "شنهي",
            "شكد",
            "شگد",
            "وين",
            "شلون",
            "كيف",
            "ما",
            "ماذا",
            "هل",
            "كم",
            "جم",
            "يمته",
            "شوكت",
            "متى",
            "ليش",
            "منو",
            "اين",
            "أريد",
        ],
    )
)


def asks(text: str) -> bool:
    """Whether a line is put as a question."""
    words = normalise(text).split()
    return text.rstrip().endswith(("؟", "?")) or bool(words and words[0] in _QUESTION_WORDS)


def facets_named(text: str) -> list[str]:
    """The facets that a line names beyond doubt, in the order in which they stand there."""
    plain = normalise(text)
    found = ((match.start(), facet) for facet, cue in _CUES.items() if (match := re.search(cue, plain)))
    return [facet for _, facet in sorted(found)]


def not_held(text: str) -> str | None:
    """What a line asks for that no entry holds («شكد راتبه»), or None."""
    plain = normalise(text)
    return next((label for pattern, label in _NOT_HELD if pattern.search(plain)), None)


def paper_asked(text: str) -> tuple[str, str] | None:
    """The word for a paper or person that a line asks for by name («المختار لازم؟»), and what to call it."""
    plain = normalise(text)
    return next(((word, label) for word, label in _PAPERS_ASKED.items() if word in plain), None)


def besides_cancelling(text: str) -> list[str]:
    """The words of a line that are more than breaking off («اريد اوكف قرضي» → «قرضي»), normalised."""
    words = [] if text.startswith("/") else normalise(text).split()
    return [word for word in words if not is_empty(word) and not _CANCELLING.match(word)]


def chosen(text: str, choices: Iterable[str], first: int = 1) -> str | None:
    """The one of numbered `choices` (from `first` on) that a line picks («2», «الثانية», «رقم ٣»), or None."""
    words = [word for word in normalise(text).split() if word not in _AROUND_ORDINALS]
    if len(words) != 1 or words[0] not in _ORDINALS:
        return None
    return dict(enumerate(choices, first)).get(_ORDINALS[words[0]])


def chosen_by_name(text: str, titles: Mapping[str, str]) -> str | None:
    """The code of the one title among those offered that has all the words of a short line («سكن»), or None."""
    words = stems(normalise(text).split())
    if not 0 < len(words) <= CHOICE_MAX_WORDS:
        return None
    fitting = [code for code, title in titles.items() if all(map(EntryWords.of([normalise(title).split()]).has, words))]
    return fitting[0] if len(fitting) == 1 else None
