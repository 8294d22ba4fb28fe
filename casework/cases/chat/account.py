"""What happened, and when."""

from datetime import date

from casework.cases import opening, wording
from casework.cases.chat.files import take_file
from casework.cases.chat.parts import TOLD_DAY, is_unknown
from casework.cases.dates import Problem, read_day
from casework.cases.models import Kind
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
from foundation.clock import in_baghdad, show_date

SHORTEST_ACCOUNT = 8
"""Letters and digits."""
ONGOING_MAX_CHARS = 100
SKIP = "skip"
_DAYS = {
    Problem.FUTURE: "هذا اليوم لم يأتِ بعد. متى حدث؟ اكتب مثلاً: قبل يومين، أو 12/11.",
    Problem.IMPOSSIBLE: "لا يوجد يوم كهذا. اكتب اليوم ثم الشهر، مثل: 12/11.",
    Problem.TOO_OLD: "هذا قديم جداً ولا يمكن التحقيق فيه. إن أخطأت في السنة فاكتب التاريخ كاملاً، مثل: 12/11/2026.",
    Problem.VAGUE: "في أي يوم تقريباً؟ اكتب مثلاً: قبل أسبوع، أو 12/11.",
}


class WhatHappened(Question):
    """The account. A day and a sum in it need not be asked."""

    key, label = "account", "ما حدث"
    expects = frozenset({Expect.WHOLE_TEXT, Expect.PHOTO, Expect.DOCUMENT})
    text = "ماذا حدث، ومتى؟ اكتب بكلامك."

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question."""
        if answers.get("similar"):
            return Prompt("ماذا حدث معك؟ اكتب بكلامك، أو اضغط «تخطي».", (Choice("تخطي", SKIP),))
        return Prompt(self.text)

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads an account; a picture is kept, and the account still asked for."""
        if answers.get("similar") and (given.choice == SKIP or words.is_skip(given.text)):
            return Accepted({"account": ""})
        if given.shared is not None and given.shared.file_id is not None:
            return take_file(context, answers, given.shared.file_id, "وصلت الصورة. اكتب الآن ماذا حدث.")
        text = given.text.strip()
        if sum(char.isalnum() for char in text) < SHORTEST_ACCOUNT:
            day = read_day(text, in_baghdad(context.now).date(), sentence=True) if text else None
            if isinstance(day, date) and not answers.get("when"):
                return Accepted({"when": day.isoformat()}, remark=TOLD_DAY.format(day=show_date(day)))
            return Retry("هذا قصير. اكتب بجملة واحدة على الأقل ماذا حدث.") if text else NotAnAnswer()
        updates = {"account": text, **of_account(text, context, answers)}
        kind = opening.kind_of(text) if answers.get("kind_misses") and answers.get("kind") == Kind.OTHER else None
        if kind in (None, Kind.OTHER, Kind.SUGGESTION):
            return Accepted(updates)
        # «شيء آخر» was only for want of a word: here it is.
        return Accepted({**updates, "kind": kind.value}, remark=f"فهمت أن الموضوع: {wording.KINDS[kind]}.")


class WhenHappened(Question):
    """The day."""

    key, label = "when", "متى"

    def forget(self, answers: Answers) -> None:
        """Both forms of it."""
        answers.pop("when", None)
        answers.pop("ongoing", None)

    def applies(self, answers: Answers) -> bool:
        """Not where the citizen joined a case."""
        return self.key not in answers and not answers.get("similar")

    def show(self, answers: Answers) -> str | None:
        """The date."""
        when = answers.get("when")
        if when is None:
            return None
        if when:
            return show_date(date.fromisoformat(when))
        return "مستمر" if answers.get("ongoing") else "غير معروف"

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question."""
        choices = (Choice("اليوم", "اليوم"), Choice("أمس", "أمس"), Choice("قبل أسبوع", "قبل أسبوع"))
        return Prompt("متى حدث؟ اكتب مثلاً: قبل يومين، أو 12/11.", (*choices, Choice("لا أتذكر", SKIP)))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a day that has been."""
        if given.choice == SKIP or (given.choice is None and (words.is_skip(given.text) or is_unknown(given.text))):
            return Accepted({"when": ""})
        found = read_day(given.choice or given.text, in_baghdad(context.now).date())
        if isinstance(found, date):
            return Accepted({"when": found.isoformat()})
        if found is Problem.ONGOING:
            return Accepted({"when": "", "ongoing": " ".join(given.text.split())[:ONGOING_MAX_CHARS]})
        return NotAnAnswer() if found is Problem.UNREADABLE else Retry(_DAYS[found])


def of_account(text: str, context: Context, answers: Answers) -> Answers:
    """The day and the sum that an account names, where they are not known yet."""
    found = opening.read(text, in_baghdad(context.now).date())
    updates: Answers = {}
    if found.happened_on is not None and not answers.get("when"):
        updates["when"] = found.happened_on.isoformat()
    if found.sum_dinars is not None and "sum" not in answers:
        updates["sum"] = found.sum_dinars
    return updates


def add_account(text: str, context: Context, answers: Answers) -> Answers:
    """More of the account, said in answer to something else."""
    account = "\n".join(part for part in (answers.get("account"), text.strip()) if part)
    return {"account": account, **of_account(text, context, answers)}
