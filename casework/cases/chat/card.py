"""The ration card, which need not be given."""

import re

from arabic.normalise import digits_to_ascii
from casework.cases import numbers
from casework.cases.chat.parts import CHAT_INTENTS, asks, is_unknown, looks_aside
from casework.dialogues import words
from casework.dialogues.forms import (
    Accepted,
    Answers,
    Choice,
    Context,
    Expect,
    Given,
    NotAnAnswer,
    Prompt,
    Question,
    Read,
    Retry,
)
from citizens.vault.recognise import Identifier
from citizens.vault.recognise import find as identifiers

CARD_DIGITS = range(5, 15)
MISSES_MAX = 2
"""After so many answers that are no number the question is left."""
SKIP = "skip"
_OTHER_NUMBERS = {
    Identifier.PHONE: "هذا رقم هاتف. اكتب رقم البطاقة التموينية، أو اضغط «تخطي».",
    Identifier.NATIONAL_ID: "هذا رقم البطاقة الوطنية. اكتب رقم البطاقة التموينية، أو اضغط «تخطي».",
    Identifier.PASSPORT: "هذا رقم جواز. اكتب رقم البطاقة التموينية، أو اضغط «تخطي».",
}
_CARD = "رقم بطاقتك التموينية؟ نحفظه مشفراً ولا يراه الوكيل. إن لم ترد فاضغط «تخطي»."
_CARD_WRONG = "اكتب أرقام البطاقة التموينية فقط، أو اضغط «تخطي»."
_TOO_SHORT = "رقم البطاقة أطول من هذا: 5 أرقام على الأقل. اكتبه كاملاً، أو اضغط «تخطي»."
_TOO_LONG = "هذا أطول من رقم البطاقة: 14 رقماً على الأكثر. اكتبه من جديد، أو اضغط «تخطي»."
_IS_DATE = "هذا تاريخ. اكتب رقم البطاقة التموينية، أو اضغط «تخطي»."
_DATE = re.compile(r"\s*\d{1,4}\s*[/\-.\\]\s*\d{1,2}(?:\s*[/\-.\\]\s*\d{1,4})?\s*")


class RationCard(Question):
    """Its number, if the citizen wants to give it."""

    key, label, expects = "card", "البطاقة التموينية", frozenset({Expect.DIGITS})
    takes_assent = True

    def applies(self, answers: Answers) -> bool:
        """Not where the citizen joined a case."""
        return self.key not in answers and not answers.get("similar")

    def forget(self, answers: Answers) -> None:
        """The tries as well."""
        answers.pop("card", None)
        answers.pop("card_misses", None)

    def show(self, answers: Answers) -> str | None:
        """The number."""
        card = answers.get("card")
        return None if card is None else card or "لم تُكتب"

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question."""
        return Prompt(_CARD, (Choice("تخطي", SKIP),))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads digits; numbers of other things are told apart."""
        if given.choice == SKIP or words.is_skip(given.text) or is_unknown(given.text):
            return Accepted({"card": ""})
        if words.goes_on(given.text):  # «نعم» is no number; «كمل» and «تم» go on without one
            return Retry(_CARD_WRONG) if words.is_assent(given.text) else Accepted({"card": ""})
        for found in identifiers(given.text):
            if found.kind in _OTHER_NUMBERS:
                return Retry(_OTHER_NUMBERS[found.kind])
        digits = "".join(str(int(char)) for char in given.text if char.isdecimal())
        letters = sum(char.isalpha() for char in given.text)
        if letters > len(digits) * 3 or not digits:
            chat = given.intent.startswith(CHAT_INTENTS) or looks_aside(given) or asks(given.text)
            return NotAnAnswer() if chat or not given.text else _missed(answers)
        if _DATE.fullmatch(digits_to_ascii(given.text)):
            return Retry(_IS_DATE)
        if len(digits) not in CARD_DIGITS:
            return Retry(_TOO_SHORT if len(digits) < CARD_DIGITS.start else _TOO_LONG)
        if numbers.is_right(digits):
            return Retry("هذا رقم شكوى. اكتب رقم البطاقة التموينية، أو اضغط «تخطي».")
        return Accepted({"card": digits})


def _missed(answers: Answers) -> Read:
    """It is no number: said once, then the question is left."""
    misses = answers.get("card_misses", 0) + 1
    if misses >= MISSES_MAX:
        return Accepted({"card": ""}, remark="تركنا رقم البطاقة فارغاً. تستطيع كتابته قبل الإرسال بـ«تعديل».")
    return Accepted({"card_misses": misses}, remark=_CARD_WRONG)
