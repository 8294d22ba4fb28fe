"""What the questions share."""

import re

from arabic.normalise import normalise
from casework.cases.office import Office
from casework.dialogues.forms import Context, Given

ASIDE_INTENTS = ("ask_", "list_services", "help", "privacy", "bot_challenge", "greet", "thank", "request_human")
ASIDE_WORDS = 3
"""A shorter text is an answer, whatever the classifier takes it for."""
CHAT_INTENTS = ("greet", "thank", "help", "goodbye", "bot_challenge", "request_human", "list_services")
TOLD_WORDS = 3
"""A text of so many words that says a kind of complaint tells what happened."""
NOTED = "كتبت هذا في «ما حدث»."
TOLD_DAY = "تاريخ ما حدث: {day}."
UNKNOWN_WORDS = 8
"""«ما أعرف اسمه» and what may follow it; a longer text tells more."""
ELSEWHERE = (
    "هنا نستقبل شكاوى الحصة التموينية فقط: الوكيل والمواد والمراكز. إن كانت شكواك عن خدمة أخرى فقدمها لدائرتها،"
    " واكتب هنا «إلغاء»."
)
_UNKNOWN = re.compile(
    r"(?:(?:والله|بصراحه|اني|انا|بس|هو) )*"
    r"(?:(?:ما|لا|مو|مب) ?(?:ا?عرف|ن?عرف|ا?دري|ندري|ا?تذكر|متذكر|حافظ|اندل|ندل|عندي علم)"
    r"|ما ?دري|ما ?عرف|مدري|علمي علمك)"
    r"(?:ه|ها|هم|لش)?(?: .*)?"
    r"|شسمه(?: هذا)?|شيسمونه|نسيت(?: .*)?|ناسي(?: .*)?|مجهول|غير معروف"
)
_QUESTION = re.compile(
    r"(?:و|ف)?(?:شكد|اشكد|شلون|اشلون|وين|اين|شنو|شني|ليش|لماذا|هل|كم|متي|شوكت|يمته|منو|كيف|ما هو|ما هي"
    r"|شصار|بيش)(?!\w).*"
)
_HAS_NUMBER = re.compile(r"\d[\d\s-]{6,}")
_TAKES_BACK = (
    r"(?:ا?لغ(?:و|ي|يو|وا|يها|يلي)?|الغاء|ا?سحب(?:و|وا|ها|لي|ولي)?|[تني]سحب(?:ون)?|سحبت|شيل(?:و|وا)?|احذف(?:و|وا)?"
    r"|اتنازل|تنازلت|متنازل|اتراجع|تراجعت|بطلت)"
)
_COMPLAINT = r"(?:و|ب|ل)?(?:ها)?(?:ال)?(?:شكو[ايته]\w*|شكاو\w+|بلاغ\w*|مقترح\w*|اقتراح\w*)"
_NOT_OWN_WISH = re.compile(r"هدد|ضغط|خوف|جبر|غصب|يريدني|خلان|طلب|قال|كال|گال|يقول|يكول")
"""Who tells of being made to take it back does not ask for it."""
_WITHDRAWS = re.compile(
    rf"(?:\w+ ){{0,4}}{_TAKES_BACK} (?:\w+ ){{0,2}}{_COMPLAINT}(?: \w+){{0,5}}"
    # «شكواي على الوكيل اريد اسحبها»
    rf"|{_COMPLAINT} (?:\w+ ){{0,4}}(?:اسحبها|اسحبوها|تسحبوها|الغوها|الغيها|تلغوها|شيلوها|اتنازل عنها)(?: \w+){{0,2}}"
)


_HOW_LONG = re.compile(
    r"(?:و|ف)?(?:(?:بس|زين|هسه|يعني|طيب) )*(?:شكد|اشكد|شقد|قديش|كم|جم|بكم)(?: \w+){0,2}? ?"
    r"(?:تاخذ|ياخذ|ت?يطول|تطول|تستغرق|يستغرق|وكت|وقت|يوم|ايام|ساعه|انتظر|تنتظر|اصبر|تحتاج وقت)(?: \w+){0,3}"
    r"|(?:و|ف)?(?:(?:بس|زين|هسه|يعني) )*(?:شوكت|يمته|متي|امتي)"
    r"(?: (?:تخلص|تنحل|يرد\w*|ترد\w*|يجاوب\w*|يصير|تخبروني)(?: \w+){0,2})?"
)


def asks_how_long(text: str) -> bool:
    """Whether the text asks how long it takes, or when («شكد تاخذ وكت», «وشوكت»)."""
    return _HOW_LONG.fullmatch(normalise(text).strip(" ؟?.!،")) is not None


def not_sent(title: str, kind: str, text: str) -> str | None:
    """What is said where somebody asks how far a case is while this one is being written; None: something else."""
    if kind != "track" or _HAS_NUMBER.search(text):
        return None
    return f"{title} لم يُرسل بعد." if title == "مقترحك" else f"{title} لم تُرسل بعد."


_TAKES_IT_BACK = re.compile(
    r"(?:(?:لا|زين|هسه|اي|نعم) )*(?:اريد |ابي )?(?:ا?سحبها|ا?سحبوها|الغيها|الغوها|اتنازل عنها)(?: \w+)?"
)


def is_unknown(text: str) -> bool:
    """Whether the text says that the citizen does not know («ما أعرفه», «شسمه»)."""
    folded = normalise(text)
    return len(folded.split()) <= UNKNOWN_WORDS and _UNKNOWN.fullmatch(folded) is not None


def asks(text: str) -> bool:
    """Whether the text has the shape of a question."""
    return text.rstrip().endswith(("؟", "?")) or _QUESTION.fullmatch(normalise(text)) is not None


def withdraws(text: str) -> bool:
    """Whether the text wants a complaint taken back («الغوا شكواي»)."""
    folded = normalise(text)
    return _WITHDRAWS.fullmatch(folded) is not None and _NOT_OWN_WISH.search(folded) is None


def takes_it_back(text: str) -> bool:
    """Whether the text wants something taken back without naming it («اريد اسحبها»)."""
    return _TAKES_IT_BACK.fullmatch(normalise(text)) is not None


def office(context: Context) -> Office:
    """The office of a form's turn."""
    return Office(context.session, context.keys, context.settings, context.now)


def looks_aside(given: Given) -> bool:
    """Whether a text was understood as something else than an answer («شكد رسوم الجواز؟»)."""
    return given.intent.startswith(ASIDE_INTENTS) and len(given.text.split()) >= ASIDE_WORDS


def dinars(sum_dinars: int) -> str:
    """A sum as people read it, for example ``2,000 دينار``."""
    return f"{sum_dinars:,} دينار"
