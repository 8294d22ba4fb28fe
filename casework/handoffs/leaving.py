"""How citizens say that they do not want to wait for a person any more."""

import re
from typing import Final, Literal

from arabic import normalise

_BEFORE: Final = r"(?:(?:لا|خلص|خلاص|بس|بعد|زين|هسه|والله|عيني|اخي) )*"
_QUEUE: Final = r"(?:(?:من |ال)?(?:ال)?(?:دور|انتظار|سره|طابور|هنا|هاي))"
_PERSON: Final = r"(?:ال)?(?:موظف\w*|بشر|انسان|احد|احجي|اتكلم|انتظر|الانتظار|دور)"
_PLAIN = re.compile(rf"{_BEFORE}(?:الغا|الغي|الغيها|الغ|كنسل|اخرج|خروج|بطلت|عوفها)")
_NAMED = re.compile(
    rf"{_BEFORE}(?:(?:الغا|الغي|كنسل|اخرج|الخروج|خرجني|اطلع|طلعني|طلعوني|شيلني|عوف|اترك) {_QUEUE}"
    rf"|(?:اريد|ابي|خليني) (?:اطلع|اخرج|الغي)(?: {_QUEUE})?"
    rf"|(?:ما ?|لا )(?:اريد|احتاج|ابي|محتاج) {_PERSON}(?: \w+){{0,2}})"
)
_EITHER = re.compile(rf"لا (?:اريد|ابي) (?:ان )?(?:اطلع|اخرج)(?: {_QUEUE})?")
"""«لا، اريد اطلع» and «لا أريد أن أخرج» are spelt alike."""

_WHEN = re.compile(
    rf"{_BEFORE}(?:شوكت|متي|يمته|امتي|شكد|كم|وين)(?: \w+){{0,2}}? ?"
    r"(?:يجاوب\w*|يرد\w*|يجي\w*|يكتب\w*|دوري|الموظف|انتظر|ننتظر|بقي|باقي)(?: \w+){0,2}"
)

Wish = Literal["leave", "leave_if_no_form", "ask", "when"]


def wish_of(text: str) -> Wish | None:
    """What a line of a citizen who waits says of leaving; None if it is about something else.

    Returns:
        "leave": it names the queue or the person; "leave_if_no_form": it may be about an open form as well; "ask": it
        may mean the opposite; "when": it asks when somebody answers.
    """
    plain = normalise(text).strip(" .،,!؟?")
    if _EITHER.fullmatch(plain):
        return "ask" if "،" not in text and "," not in text and "." not in text else "leave"
    if _NAMED.fullmatch(plain):
        return "leave"
    if _WHEN.fullmatch(plain):
        return "when"
    return "leave_if_no_form" if _PLAIN.fullmatch(plain) else None
