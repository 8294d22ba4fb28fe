"""The agent put right in words: «بدل الاسم الى رزاق», «لا غلط الوكيل», «هذا مو وكيلي، وكيلي رزاق عبد الحسين»."""

import re
from typing import Final

from arabic.normalise import normalise
from casework.cases import agent_names
from casework.cases.chat.said import name_said
from casework.dialogues.forms import Answers, Context

NAME_WORDS: Final = 5
FORGOTTEN: Final = "محوت اسم الوكيل."
_KEYS: Final = ("agent", "agent_said", "maybe", "similar", "offer")
_WHOM = r"(?:(?:ال)?اسم(?: (?:ال)?وكيل\w*)?|اسمه|(?:ال)?وكيل(?:ي|نا)?)"
_NOT = r"(?:مو|مب|موب|ليس|ما هو)"
_THEN = rf"(?: (?:هو|بل|انما|لا|الصحيح|الصح|{_WHOM}))+"
_WRONG = r"(?:غلط|خطا|مو صح\w*)"
_CHANGES = re.compile(
    r"(?:(?:اريد|ابي|لا|لازم) )*(?:ا?بدل\w*|ا?غير\w*|تغيير|ا?صحح\w*|تصحيح|ا?عدل\w*|تعديل)"
    r" (?:(?:ال)?اسم(?: (?:ال)?وكيل\w*)?(?: الي)?|(?:ال)?وكيل(?:ي|نا)? (?:الي|اسمه))(?: (?P<name>.+))?"
)
_DENIES = re.compile(
    rf"(?:(?:لا|كلا|هذا|هو) )*(?:{_NOT} (?:هذا )?{_WHOM}|{_WRONG} ب?{_WHOM}"
    rf"|{_WHOM} (?:هذا )?(?:{_WRONG}|{_NOT} (?:هذا|هو|هيج)))"
    rf"(?:{_THEN} (?P<name>.+))?"
)
_NOT_THAT = re.compile(rf"(?:(?:لا|كلا) )*(?:{_WHOM} |هو |اسمه )?{_NOT} (?P<rest>.+)")
_IS = re.compile(rf"(?P<no>(?:لا|كلا) )?{_WHOM}(?: هو| اسمه)? (?P<name>.+)")
_TO = re.compile(r"^ل(?=(?:عبد|ابو|حجي|سيد|شيخ)(?!\w))")


async def read(context: Context, answers: Answers, plain: str, question: str) -> str | None:
    """Puts the agent right, or takes the wrong one back; what is said to it, None if it is something else."""
    known = any(answers.get(key) for key in ("agent", "agent_said", "maybe"))
    match = _CHANGES.fullmatch(plain) or _DENIES.fullmatch(plain)
    name = match["name"] if match else None
    if match is None and (rest := _after_known(answers, plain)) is not None:
        name = rest or None
    elif match is None:
        stated = _IS.fullmatch(plain)
        if stated is None or not (question == "" or stated["no"]):
            return None
        if agent_names.name_in(f"وكيل {stated['name']}") != stated["name"]:
            return None
        name = stated["name"]
    if name is not None:
        return await rename(context, answers, _TO.sub("", name))
    if not known:
        return None
    _forget(answers)
    return FORGOTTEN


async def rename(context: Context, answers: Answers, name: str) -> str | None:
    """Puts this name in place of what is known; None if it is no name."""
    if len(name.split()) > NAME_WORDS or agent_names.cannot_be_name(name):
        return None
    _forget(answers)
    answers.update(await name_said(context, answers, name))
    agent = answers.get("agent")
    return f"كتبت اسم الوكيل: {agent['label'] if agent else name}."


def _forget(answers: Answers) -> None:
    for key in _KEYS:
        answers.pop(key, None)


def _after_known(answers: Answers, plain: str) -> str | None:
    """What follows the known name in «لا مو كريم جاسم، رزاق»; None if that name is not denied."""
    denied = _NOT_THAT.fullmatch(plain)
    if denied is None:
        return None
    maybe = answers.get("maybe") or {}
    labels = [(answers.get("agent") or {}).get("label"), answers.get("agent_said"), maybe.get("text")]
    known = {word for label in (*labels, *(one[1] for one in maybe.get("choices", ()))) for word in _words_of(label)}
    rest = denied["rest"].split()
    named = next((at for at, word in enumerate(rest) if word not in known), len(rest))
    return re.sub(rf"^{_THEN.strip()} ", "", " " + " ".join(rest[named:])).strip() if named else None


def _words_of(label: str | None) -> list[str]:
    return [word for word in normalise(label or "").split() if word not in ("الوكيل", "مركز")]
