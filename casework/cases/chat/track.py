"""«وين وصلت شكواي»: by number, or from the list of one's own."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from arabic.normalise import normalise
from casework.cases import numbers, repository, tracking, wording
from casework.cases.chat import showing
from casework.cases.chat.parts import looks_aside, office
from casework.cases.models import Case, Kind
from casework.cases.numbers import Fault, Typed
from casework.cases.service import Seen
from casework.cases.tracking import Locked, Missed
from casework.dialogues import words
from casework.dialogues.forms import (
    Accepted,
    Answers,
    Choice,
    Context,
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
from citizens.vault.recognise import Identifier
from citizens.vault.recognise import find as identifiers

OWN_MAX = 6
_LOST = re.compile(
    r".*(?<!\w)(?:ضاع|ضيعت|ضيعته|ما ?عندي|ليس عندي|ليس لدي|لا املك|نسيت|فقدت|راح|ما ?اعرف|ما ?ادري|لا اعرف|ماكو)"
    r"(?: \w+){0,2} \w*رقم\w*.*|.*رقم\w* (?:ضاع|ضايع|مو عندي|ما عندي|نسيته).*|(?:ضاع|ضيعته|نسيته)(?: \w+)?"
)
_SUGGESTION = re.compile(r"(?<!\w)(?:و|ب|ل)?(?:ال)?(?:مقترح|اقتراح)\w*")
_ALONE = re.compile(
    r"(?:(?:هلو|هلا|زين|طيب|اي|ها|هسه|بس|يعني|عيوني|اخي|خويه|حبيبي|يمعود\w*|من فضلك|لو سمحت|السلام عليكم) )*"
    r"و?(?:(?:ل)?وين (?:وصلت|وصل|وصلتوا|صارت|صار|صفت|راحت)|ل(?:وين|حد وين|يا مرحله) (?:وصلت|وصل|وصلتوا)"
    r"|بيا مرحله(?: صارت)?|شصار|شنو صار|ش ?صار|اشصار|صار شي|شسويتو\w*|شنو سويتو\w*"
    r"|شنو (?:الاخبار|التطورات|مصيرها|حالتها|وضعها|الجديد|اخر شي|اخر الاخبار)|شنو اخر (?:التطورات|الاخبار)"
    r"|(?:اكو|ماكو|هل هناك|هل يوجد) (?:اي )?(?:شي )?(?:جديد|رد|خبر|تطور\w*|نتيجه|جواب)"
    r"|(?:بعد|لسه|ما|محد) ?\w* ?(?:رد(?:وا?)?|رد علي\w*|جاوب(?:وا?)?)|تابعها|تابعولي\w*)"
    r"(?: (?:بيها|بيه|وياها|معاها|عليها|هسه|لو بعد|لو لا|يمعود\w*|رجاء|بالله|اليوم|عندكم|وياكم|عيوني|اخي|من فضلك))*"
)
_JUST_FILED = timedelta(hours=24)
LOST = "lost"
_CHECK = "في الرقم خطأ: رقم واحد غير صحيح أو رقمان تبدّلا. انظر إليه واكتبه من جديد، مثل: R-123-456-7894."
_LENGTH = "رقم الشكوى عشرة أرقام، مثل: R-123-456-7894. انظر إليه واكتبه من جديد."
_PHONE = "هذا رقم هاتف. رقم الشكوى عشرة أرقام، مثل: R-123-456-7894."
_WHERE = "الرقم في الرسالة التي وصلتك عند التقديم، وفي صورة الوصل. إن قدمتها من محادثة أخرى فاسأل من هناك."
_NO_SUCH = "لا توجد شكوى بهذا الرقم. تأكد منه واكتبه من جديد."


class WhichCase(Question):
    """The number, typed or chosen."""

    key = "number"

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The citizen's cases as buttons, if there are any."""
        own = await repository.of_conversation(context.session, context.conversation_id, OWN_MAX)
        if not own:
            return Prompt("ما رقم الشكوى أو المقترح؟ مثل: R-123-456-7894.", (Choice("ليس عندي الرقم", LOST),))
        lines = ["أي واحدة؟ اختر، أو اكتب رقماً آخر:", *(f"• {showing.short(case)}" for case in own)]
        return Prompt("\n".join(lines), tuple(Choice(numbers.show(case.number), case.number) for case in own))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a number in any form; a wrong one is told without a look-up."""
        if given.choice == LOST or (given.choice is None and words.is_skip(given.text)):
            return Accepted({"number": ""})
        typed = numbers.find(given.choice or given.text)
        if typed.number is not None:
            return Accepted({"number": typed.number})
        if _is_lost(given.text):
            return Accepted({"number": ""})
        if typed.fault is Fault.NONE_TYPED or looks_aside(given):
            return NotAnAnswer()
        return Retry(_wrong(given.text, typed))


class TrackForm(Form):
    """`track`."""

    kind, title, confirm = "track", "سؤالك عن الشكوى", False
    questions = (WhichCase(),)

    async def begin(self, context: Context, opening: Given) -> Opened:
        """A number in the first sentence is looked up at once; so is the only case of one who has but one."""
        typed = numbers.find(opening.text)
        if typed.number is not None:
            return Opened({"number": typed.number})
        if typed.fault is not Fault.NONE_TYPED:
            return Opened(preface=(Prompt(_wrong(opening.text, typed)),))
        own = await repository.of_conversation(context.session, context.conversation_id, OWN_MAX)
        if not own and _is_lost(opening.text):
            return Opened({"number": ""})
        meant = _meant(opening.text, own)
        if asks_where(opening.text) and meant and context.now - meant[0].created_at < _JUST_FILED:
            meant = meant[:1]
        return Opened({"number": meant[0].number} if len(meant) == 1 else {})

    async def finish(self, context: Context, answers: Answers) -> Finished:
        """Shows it; asks again for a number that does not exist."""
        if not answers["number"]:
            return Finished((Prompt(_WHERE),))
        reply, again = await reply_about(context, answers["number"])
        return Finished((reply,), again="number" if again else None)


def asks_where(text: str) -> bool:
    """Whether the whole text asks how far something is, without naming it («وين وصلت», «شصار»)."""
    return _ALONE.fullmatch(normalise(text)) is not None


async def reply_about(context: Context, number: str) -> tuple[Prompt, bool]:
    """What is said of a number, and whether to ask for another."""
    found = await tracking.look_up(office(context), number, context.conversation_id)
    match found:
        case Missed(None):
            return Prompt(_NO_SUCH), True
        case Missed(datetime() as until):
            return Prompt(f"لا توجد شكوى بهذا الرقم.\n{_wait(until)}"), False
        case Locked(until):
            return Prompt(_wait(until)), False
        case Seen():
            return await showing.show(office(context), found), False
    raise AssertionError(found)


def _is_lost(text: str) -> bool:
    """Whether the text says that the number is not at hand («ضاع الرقم مني»)."""
    return _LOST.fullmatch(normalise(text)) is not None


def _meant(text: str, own: Sequence[Case]) -> Sequence[Case]:
    """Those of one's cases that a sentence may ask about: «اقتراحي» means no complaint."""
    if not _SUGGESTION.search(normalise(text)):
        return own
    return [case for case in own if case.kind == Kind.SUGGESTION] or own


def _wait(until: datetime) -> str:
    return f"كُتبت أرقام كثيرة غير صحيحة. حاول مرة أخرى بعد {wording.moment(until)}."


def _wrong(text: str, typed: Typed) -> str:
    if any(found.kind is Identifier.PHONE for found in identifiers(text)):
        return _PHONE
    return _CHECK if typed.fault is Fault.CHECK else _LENGTH
