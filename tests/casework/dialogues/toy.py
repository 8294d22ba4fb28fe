"""A small form: a colour of two, a number, an account, and whether a photo goes with it."""

from typing import Any

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


class Colour(Question):
    key, label = "colour", "اللون"

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        return Prompt("أي لون؟", (Choice("أحمر", "red"), Choice("أزرق", "blue")))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        named = {"أحمر": "red", "أزرق": "blue"}
        value = given.choice or named.get(given.text)
        return Accepted({"colour": value}) if value else NotAnAnswer()


class Number(Question):
    key, label, expects = "number", "الرقم", frozenset({Expect.DIGITS})

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        return Prompt("ما الرقم؟")

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        return Accepted({"number": given.text}) if given.text.isdigit() else Retry("اكتب أرقاماً فقط.")


class Account(Question):
    key, label, expects = "account", "ما حدث", frozenset({Expect.WHOLE_TEXT, Expect.PHOTO})

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        return Prompt("ماذا حدث؟")

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        if given.shared is not None:
            return Accepted({"account": given.shared.file_id})
        return Accepted({"account": given.text}, remark="شكراً.")


class Toy(Form):
    """Keeps what was finished."""

    kind, title = "toy", "طلبك"
    questions = (Colour(), Number(), Account())

    def __init__(self) -> None:
        self.finished: list[dict[str, Any]] = []

    async def begin(self, context: Context, opening: Given) -> Opened:
        known = {"colour": "red"} if "أحمر" in opening.text else {}
        return Opened(known, (Prompt("نبدأ."),))

    async def note(self, context: Context, answers: Answers, given: Given) -> str | None:
        return "أضفته." if given.text.startswith("وأيضاً") else None

    async def finish(self, context: Context, answers: Answers) -> Finished:
        self.finished.append(dict(answers))
        return Finished((Prompt(f"وصل {answers['number']}", personal=True),))


class Inner(Form):
    """One question, no summary."""

    kind, title, confirm = "inner", "سؤالك", False
    questions = (Number(),)

    async def finish(self, context: Context, answers: Answers) -> Finished:
        return Finished((Prompt("تم الداخلي."),))
