"""What is said to who doubts that their result is not found: «ليش ما تطلع», «رقمي صح، شسوي هسه»."""

import re
from typing import Final

from arabic import normalise
from casework.dialogues import asides

LONGEST_WORDS: Final = 12
WHY_NOT_FOUND: Final = """قد يكون السبب واحداً من هذه:
• رقم ناقص أو مكتوب خطأ.
• لم يرسل المختبر النتيجة بعد.
• رقم البطاقة أو الجواز أو الهاتف ليس الذي سجّله المختبر.

إذا كان كل شيء صحيحاً فراجع المختبر ومعك البطاقة الوطنية والوصل، أو تكلم مع موظف."""
_DOUBTS: Final = re.compile(
    r"(?<!\w)و?(?:"
    r"ليش|لماذا|ليه|شبي[هك]|شنو السبب|شنو السالفه|شنو المشكله|شلون|"
    r"شسوي|شنو (?:ا?سوي|اعمل|الحل)|ماذا (?:افعل|اعمل)|ما الحل|والحل|وين المشكله|"
    r"مو صح|مو معقول|مستحيل|متاكد\w*|"
    r"(?:رقمي|الرقم|رقم العينه|هويتي|معلوماتي|كلشي|كله|كلها|هو) (?:\w+ )?(?:صح|صحيح\w*|مضبوط\w*)|"
    r"(?:ما|ماد|مادا) ?(?:تطلع|طلعت|يطلع|طلع|تجي|اجت|لكيت\w*|لقيت\w*|تلكا\w*)|مو موجود\w*|"
    r"(?:المختبر|هم) (?:كال\w*|قال\w*|انطا\w*)"
    r")(?!\w)"
)


def remark(text: str) -> str | None:
    """The answer to a line that doubts it; None if the line says something else, or wants a person."""
    plain = normalise(text)
    if len(plain.split()) > LONGEST_WORDS or asides.wants_person(text) or not _DOUBTS.search(plain):
        return None
    return WHY_NOT_FOUND
