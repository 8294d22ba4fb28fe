"""What the complaint is about."""

import re
from datetime import date

from rapidfuzz import fuzz, process

from arabic.normalise import normalise
from casework.cases import opening, wording
from casework.cases.chat import filing
from casework.cases.chat.account import add_account
from casework.cases.chat.parts import ELSEWHERE, asks, looks_aside
from casework.cases.chat.said import has_number, name_said, place_said, said_in
from casework.cases.dates import read_day
from casework.cases.models import Kind
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
from casework.places import atlas
from casework.places import finding as places
from foundation.clock import in_baghdad, show_date

LIKENESS = 85
ACCOUNT_WORDS = 5
"""A shorter answer names the kind, no more."""
MISSES_MAX = 2
"""After so many answers that name no kind, it is «شيء آخر»."""
COMPLAINTS = tuple(kind for kind in wording.KINDS if kind is not Kind.SUGGESTION)
_GREETING = re.compile(r"(?:هلو|هلا|مرحبا|سلام|السلام عليكم|شكرا|شكرن|مشكور|صباح الخير|مسا الخير)(?!\w)")
_OTHER_MATTER = re.compile(
    r"(?<!\w)(?:و|ب)?(?:ال)?(?:رسوم|مستمسكات|جواز\w*|البطاقه الوطنيه|شهاده|نتيجه|فحص|لقاح|موظف|بشر|احجي ويا\w*)(?!\w)"
)
_HINT = "ما نوع المخالفة؟ إن لم تجدها في القائمة فاختر «شيء آخر»."
_IS_OTHER = "كتبت الموضوع «شيء آخر». تغيّره قبل الإرسال بـ«تعديل»."


class WhatKind(Question):
    """What it is about."""

    key, label, expects = "kind", "الموضوع", frozenset({Expect.WHOLE_TEXT})

    def forget(self, answers: Answers) -> None:
        """The sum and the offer to join others go with it."""
        for key in ("kind", "kind_misses", "sum", "offer", "similar"):
            answers.pop(key, None)

    def show(self, answers: Answers) -> str | None:
        """In words, with the sum."""
        return filing.kind_line(answers)

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The kinds to choose from."""
        return Prompt("عن أي شيء تشتكي؟", tuple(Choice(wording.KINDS[kind], kind.value) for kind in COMPLAINTS))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a button, the name of a kind, or a sentence that says it; keeps what else is said."""
        if given.choice is not None:
            return Accepted({"kind": given.choice}) if given.choice in COMPLAINTS else NotAnAnswer()
        if looks_aside(given) or not given.text.strip():
            return NotAnAnswer()
        names = {kind.value: normalise(wording.KINDS[kind]) for kind in COMPLAINTS}
        named = process.extractOne(normalise(given.text), names, scorer=fuzz.ratio, score_cutoff=LIKENESS)
        if named is not None:
            return Accepted({"kind": named[2]})
        said = await said_in(context, given.text, answers)
        if "kind" in said:
            if len(given.text.split()) < ACCOUNT_WORDS:
                said.pop("account", None)
            return Accepted(said)
        folded = normalise(given.text)
        if asks(given.text) or _GREETING.match(folded) or _OTHER_MATTER.search(folded):
            return NotAnAnswer()
        if opening.is_elsewhere(given.text):
            return Retry(ELSEWHERE)
        return await _without_kind(context, answers, given.text, said)


async def _without_kind(context: Context, answers: Answers, text: str, said: Answers) -> Read:
    """Keeps a place, a day, an agent or an account; asks for the kind once more, then goes on without."""
    kept = {key: value for key, value in said.items() if key not in ("account", "sum")}
    length = len(text.split())
    if length < ACCOUNT_WORDS:
        found = places.resolve(text).match if places.is_only_place(text) else None
        if found is not None and not found.doubtful and not answers.get("place"):
            code = found.district.code if found.district else None
            kept["place"] = {"governorate": found.governorate.code, "district": code}
        day = read_day(text, in_baghdad(context.now).date(), sentence=True)
        if isinstance(day, date) and not answers.get("when"):
            kept["when"] = day.isoformat()
        numbered = has_number(text) and "when" not in kept
        if "agent" not in kept and (numbered or (not kept and opening.is_name(text))):
            kept |= await name_said(context, {**answers, **kept}, text)
    else:
        kept |= add_account(text, context, {**answers, **kept})
    if kept.get("place") and answers.get("agent_said"):  # now it is known where to look for the name
        kept |= await name_said(context, {**answers, **kept}, answers["agent_said"])
    if kept:  # an answer to a later question: no miss of this one
        return Accepted(kept, remark=_line(kept, text) + _HINT)
    misses = answers.get("kind_misses", 0) + 1
    if misses >= MISSES_MAX:
        return Accepted({"kind": Kind.OTHER.value, "kind_misses": misses}, remark=_IS_OTHER)
    return Accepted({"kind_misses": misses}, remark=_HINT)


def _line(kept: Answers, text: str) -> str:
    """What was kept, said back."""
    place, agent = kept.get("place"), kept.get("agent")
    parts = (
        (place_said(text) or atlas.label(place["governorate"], place["district"])) if place else None,
        agent["label"] if agent else kept.get("agent_said"),
        show_date(date.fromisoformat(kept["when"])) if kept.get("when") else None,
        "ما حدث" if "account" in kept else None,
    )
    understood = "، ".join(part for part in parts if part)
    return f"سجلت: {understood}.\n" if understood else ""
