"""The suggestion form: what is suggested, and where if it is of one place."""

import re

from arabic.normalise import normalise
from casework.cases import opening as openings
from casework.cases.chat import filing
from casework.cases.chat.account import SHORTEST_ACCOUNT
from casework.cases.chat.parts import looks_aside, not_sent
from casework.cases.chat.place import UNKNOWN, Place
from casework.cases.models import Kind
from casework.dialogues import words
from casework.dialogues.forms import (
    Accepted,
    Answers,
    Choice,
    Context,
    Expect,
    Finished,
    Form,
    Given,
    NotAnAnswer,
    Opened,
    Prompt,
    Question,
    Read,
    Retry,
)
from casework.places import finding
from foundation.clock import in_baghdad

OPENING_WORDS = 6
"""A first sentence of so many words, at least, that suggests something is the suggestion."""
_WHICH = "اكتب المحافظة والقضاء. وإن كان مقترحك لكل العراق فاضغط «كل العراق»."
_REFUSES = re.compile(r"(?:لا|ما|مو|لن) ?(?:ا?ريد|ا?بي|ا?رغب|ودي|نريد) .*?(?:ا?كمل|شكو|شكا|مقترح|اقتراح)\w*.*")


class WhatSuggested(Question):
    """The suggestion, in the citizen's words."""

    key, label, expects = "account", "المقترح", frozenset({Expect.WHOLE_TEXT})

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question."""
        return Prompt("ما مقترحك؟ اكتبه بكلامك.")

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a sentence."""
        text = given.text.strip()
        if _refuses(text):
            return Retry("إن أردت ترك المقترح فاكتب «إلغاء». وإلا فاكتب مقترحك بجملة.")
        if sum(char.isalnum() for char in text) < SHORTEST_ACCOUNT:
            return Retry("هذا قصير. اكتب مقترحك بجملة.") if text else NotAnAnswer()
        return Accepted({"account": text})


class Where(Place):
    """The place, if it is of one place."""

    takes_assent = True

    def show(self, answers: Answers) -> str | None:
        """In words."""
        return super().show(answers) if answers.get("place") else "كل العراق" if "place" in answers else None

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question."""
        return Prompt("لأي مكان؟ اكتب المحافظة والقضاء، أو اختر:", (Choice("كل العراق", UNKNOWN),))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a place, or that it is of none."""
        if given.choice is None and (words.is_no(given.text) or words.goes_on(given.text)):
            return Retry(_WHICH)  # «لا» to «لأي مكان؟» may mean anything
        everywhere = words.is_skip(given.text) or given.text.strip() in ("كل العراق", "العراق", "الكل")
        if given.choice == UNKNOWN or (given.choice is None and everywhere):
            return Accepted({"place": {}})
        return await super().read(context, answers, given)


class SuggestionForm(Form):
    """`suggestion`."""

    kind, title = "suggestion", "مقترحك"
    questions = (WhatSuggested(), Where())

    async def begin(self, context: Context, opening: Given) -> Opened:
        """A first sentence that suggests something, or a long one, is the suggestion itself."""
        answers: Answers = {}
        said = openings.read(opening.text, in_baghdad(context.now).date())
        suggests = said.kind == Kind.SUGGESTION and said.is_account
        long = len(opening.text.split()) >= OPENING_WORDS and not looks_aside(opening)
        if (suggests or long) and not _refuses(opening.text):
            answers["account"] = opening.text.strip()
            found = finding.resolve(opening.text, sentence=True).match
            if found is not None:
                district = found.district.code if found.district else None
                answers["place"] = {"governorate": found.governorate.code, "district": district}
        return Opened(answers)

    def instead_of(self, kind: str, given: Given) -> str | None:
        """Whoever asks how far it is learns that it was not sent."""
        return not_sent(self.title, kind, given.text)

    async def finish(self, context: Context, answers: Answers) -> Finished:
        """Files it."""
        return Finished(await filing.file(context, {**answers, "kind": Kind.SUGGESTION.value}))


def _refuses(text: str) -> bool:
    """Whether the text says that the citizen does not want to go on («لا أريد أكمل الشكوى»)."""
    return _REFUSES.fullmatch(normalise(text)) is not None
