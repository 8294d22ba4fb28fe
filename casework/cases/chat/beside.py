"""What is said of a complaint while something else is asked: each answer is kept for its own question."""

import re
from datetime import date
from typing import Final

from arabic.normalise import normalise
from casework.cases import opening
from casework.cases.chat import renaming
from casework.cases.chat.parts import TOLD_DAY
from casework.cases.chat.pictures import hides
from casework.cases.chat.place import as_answer, correction, label_of
from casework.cases.dates import read_day
from casework.dialogues.forms import Answers, Context
from casework.places import atlas, finding
from foundation.clock import in_baghdad, show_date

LONGEST_WORDS: Final = 9
"""A longer text tells what happened."""
DAY_WORDS: Final = 4
HIDDEN: Final = "لا تخف: اسمك ورقمك لا يراهما الوكيل. سجلت أن هويتك مخفية عنه."
_NO_CARD: Final = "رقم البطاقة غير مطلوب، وتركناه فارغاً."
_NO_PICTURES: Final = "تمام، بلا صور."
_REFUSES_CARD = re.compile(
    r"(?:(?:لا|والله|اي|بس|هسه) )*(?:ما ?|لا |مو )(?:ا?ريد|ا?عرف|ا?دري|ا?تذكر|حافظ|عندي|حاب|احب|اكدر|انطي|اكتب)"
    r"(?: (?:انطي\w*|اكتب|اعطي\w*|اكول|اذكر|هسه|اي))* ?(?:ال)?(?:رقم\w*|ارقام)"
    r"(?: ال\w*بطاق\w*| بطاق\w*| التموين\w*)*(?: هسه)?"
    r"|(?:لا )?(?:بدون|بلا) (?:رقم|بطاقه)"
    r"|(?:(?:لا|والله|بس) )*(?:ما ?عندي|مو|ما) (?:ال)?بطاق\w+ (?:التموين\w* )?(?:وياي|ويايه|معي|يمي|بيدي|هسه)(?: هسه)?"
)
_NO_PICTURE_SENT = re.compile(
    r"(?:(?:لا|والله|بس) )*(?:ما ?عندي|ماكو|ليس عندي|لا يوجد|ما ?صورت|بدون|بلا)(?: اي)?"
    r" (?:ال)?(?:صور\w*|وثايق|وثائق)(?: .*)?"
)
_NOW = ("هسه", "هسا", "هلا")
_NAMED = re.compile(r"(?:(?:هو|وكيلنا|الوكيل|اي) )*(?:اسمه|اسمو|اسمها|اسم الوكيل|يسمونه|يكولوله) (?P<name>.+)")
_NOT_THAT = re.compile(r"(?:لا |كلا )?(?:مو|مب|موب|ليس|ليست)(?: ب| في)? (?P<rest>.+)")


async def read(context: Context, answers: Answers, text: str, question: str) -> str | None:
    """Keeps what plainly answers another question than the open one; what is said to it, None if there is nothing."""
    plain = normalise(text)
    if len(plain.split()) > LONGEST_WORDS:
        return None
    if said := _corrected_place(answers, plain):
        return said
    if said := await renaming.read(context, answers, plain, question):
        return said
    of_card = question != "agent" or "بطاق" in plain  # «ما اعرف رقمه» there is the agent's
    if of_card and _REFUSES_CARD.fullmatch(plain) and not answers.get("similar"):
        answers["card"] = ""
        return _NO_CARD
    if question != "done" and _NO_PICTURE_SENT.fullmatch(plain):
        answers["no_pictures"] = True
        return _NO_PICTURES
    if question not in ("done", "anonymous", "account", "similar") and hides(plain):
        answers["anonymous"] = True
        return HIDDEN
    if question not in ("agent", "account") and (named := _NAMED.fullmatch(plain)):
        return await renaming.rename(context, answers, named["name"])
    if question in ("place", "district", "when") and not answers.get("agent") and _is_name(text):
        return await renaming.rename(context, answers, text.strip())
    digits = any(char.isdecimal() for char in plain)  # at the card a number is a card's
    asks_elsewhere = question in ("place", "district", "done", "") or (question == "card" and not digits)
    now = any(word in _NOW for word in plain.split())  # «هسه الوكيل» tells no day
    if asks_elsewhere and not now and len(plain.split()) <= DAY_WORDS:
        day = read_day(text, in_baghdad(context.now).date(), sentence=True)
        if isinstance(day, date) and not finding.is_only_place(text):
            answers["when"] = day.isoformat()
            return TOLD_DAY.format(day=show_date(day))
    if question in ("when", "card", "done", "account", "") and finding.is_only_place(text):
        return _place(answers, text)
    return None


def _is_name(text: str) -> bool:
    return opening.is_name(text) and finding.resolve(text).match is None


def _place(answers: Answers, text: str) -> str | None:
    """Another place than the one that is known."""
    read = correction(text, answers)
    if read is None or not read.updates.get("place"):
        return None
    answers.pop("district", None)
    answers.update(read.updates)
    return read.remark


def _corrected_place(answers: Answers, plain: str) -> str | None:
    """«لا مو الكوت الحي»: the place that was read is named, and after it the right one."""
    known = answers.get("place")
    denied = _NOT_THAT.fullmatch(plain)
    if not known or denied is None:
        return None
    codes = (known["governorate"], known.get("district") or answers.get("district"))
    names = sorted({*_names(codes[0], codes[1]), *_names(codes[0], None)}, key=len, reverse=True)
    wrong = next((name for name in names if re.match(rf"{re.escape(name)}(?!\w)", denied["rest"])), None)
    if wrong is None:
        return None
    right = denied["rest"][len(wrong) :].strip()
    found = finding.resolve(right, codes[0]).match or finding.resolve(right).match if right else None
    for key in ("place", "place_maybe", "district"):
        answers.pop(key, None)
    if found is None:
        return "محوت المكان."
    answers["place"] = as_answer(found)
    return f"صححت المكان: {label_of(found)}."


def _names(governorate: str, district: str | None) -> list[str]:
    if district is None:
        return [normalise(name) for name in atlas.governorate(governorate).names]
    found = next(one for one in atlas.governorate(governorate).districts if one.code == district)
    return [normalise(name) for name in found.names]
