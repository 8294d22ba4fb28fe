"""The buttons of a case, `do:case:show|reopen|withdraw|rate:<number>[:<stars>]`, and the form behind reopening."""

from casework.cases import repository, service, wording
from casework.cases.chat.parts import office
from casework.cases.chat.track import reply_about
from casework.cases.chat.withdraw import DECIDED, WITHDRAW, known_of
from casework.cases.life import OPEN, may_reopen
from casework.cases.models import Case
from casework.cases.numbers import is_right, show
from casework.cases.service import NotAllowedError
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
    Prompt,
    Question,
    Read,
)
from casework.dialogues.registry import Begin

REOPEN = "reopen"
SKIP = "skip"
_NOT_YOURS = "هذا الزر لا يعمل هنا."
_TOO_LATE = "انتهى وقت إعادة الفتح. تستطيع تقديم شكوى جديدة."
_STILL_OPEN = "هي مفتوحة الآن، فلا حاجة إلى إعادة فتحها."
_NOT_YET = "التقييم يكون بعد النتيجة."


class Why(Question):
    """Why the citizen is not content."""

    key, expects = "reason", frozenset({Expect.WHOLE_TEXT})

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question."""
        return Prompt("لماذا تعيد فتحها؟ اكتب السبب، أو اضغط «تخطي».", (Choice("تخطي", SKIP),))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a reason, or none."""
        none = given.choice == SKIP or words.is_skip(given.text)
        return Accepted({"reason": "" if none else given.text.strip()})


class ReopenForm(Form):
    """`reopen`; begun by a button with the number."""

    kind, title, confirm = REOPEN, "طلب إعادة الفتح", False
    questions = (Why(),)

    async def finish(self, context: Context, answers: Answers) -> Finished:
        """Reopens it."""
        case = await _own(context, answers.get("number", ""))
        if case is None:
            return Finished((Prompt(_NOT_YOURS),))
        try:
            await service.reopen(office(context), case, context.conversation_id, answers["reason"])
        except NotAllowedError:
            return Finished((Prompt(_refusal(case)),))
        return Finished((Prompt(wording.moved(case, case.due_at)),))


async def pressed(context: Context, argument: str) -> tuple[Prompt, ...] | Begin:
    """Does what a button of a case says."""
    what, _, rest = argument.partition(":")
    number, _, stars = rest.partition(":")
    if not is_right(number):
        return (Prompt(_NOT_YOURS),)
    if what == "show":
        reply, _ = await reply_about(context, number)
        return (reply,)
    case = await _own(context, number)
    if case is None:
        return (Prompt(_NOT_YOURS),)
    if what == WITHDRAW:
        return Begin(WITHDRAW, known_of(case)) if case.state in OPEN else (Prompt(DECIDED),)
    if what == "rate" and stars.isdigit():
        return (await _rate(context, case, int(stars)),)
    if not may_reopen(case, context.now, context.settings):
        return (Prompt(_refusal(case)),)
    return Begin(REOPEN, {"number": case.number})


async def _rate(context: Context, case: Case, stars: int) -> Prompt:
    try:
        await service.rate(office(context), case, context.conversation_id, stars)
    except NotAllowedError:
        return Prompt(_NOT_YET)
    return Prompt(f"شكراً. سجلنا تقييمك {stars} من 5 لرقم {show(case.number)}.")


async def _own(context: Context, number: str) -> Case | None:
    case = await repository.by_number(context.session, number)
    return case if case is not None and case.conversation_id == context.conversation_id else None


def _refusal(case: Case) -> str:
    return _STILL_OPEN if case.state in OPEN else _TOO_LATE
