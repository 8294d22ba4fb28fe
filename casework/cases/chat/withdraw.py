"""«اسحب شكواي»: which one, filed or joined, whether really, and it is taken back."""

from casework.cases import life, numbers, repository, telling, withdrawing, wording
from casework.cases.chat import showing
from casework.cases.chat.parts import looks_aside, office, takes_it_back, withdraws
from casework.cases.life import OPEN
from casework.cases.models import Case, Kind
from casework.cases.service import NotAllowedError, StaleCaseError
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

WITHDRAW = "withdraw"
OWN_MAX = 6
YES, NO = "yes", "no"
_NONE = """لا أرى لك شكوى مفتوحة في هذه المحادثة حتى أسحبها.
إن قدمتها من محادثة أخرى فاسحبها من هناك. وإن أردت محو ما كتبته هنا فاكتب «احذف بياناتي»."""
_NOT_AMONG = "هذا الرقم ليس لشكوى مفتوحة قدمتها من هنا. اختر من الأزرار، أو اكتب «إلغاء»."
_KEPT = "حسناً، تبقى {noun} كما هي، ونخبرك هنا بكل جديد."
_PRESSED = "إن طلب منك أحد أن تسحبها أو خوّفك، فلا تسحبها واكتب «أريد أكلم موظف»."
_GOES_ON = "انضم إليها آخرون، فتبقى مفتوحة لهم. رفعنا صلتك بها، ولن تصلك أخبارها بعد الآن."
_LEFT = "سحبنا انضمامك إلى الشكوى رقم {number}، ومحونا ما كتبته فيها. تبقى مفتوحة لأصحابها، ولن تصلك أخبارها."
_CHANGED = "تغيرت حالتها قبل لحظة، فلم نسحبها. اسأل أين وصلت، ثم قرر."
DECIDED = "صدرت نتيجتها، فلا تُسحب بعد ذلك."


class WhichOwn(Question):
    """One of one's own that are open."""

    key = "number"

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """They, as buttons."""
        own = await _open(context)
        lines = ["أي واحدة تسحب؟", *(f"• {showing.short(case)}" for case in own)]
        return Prompt("\n".join(lines), tuple(Choice(numbers.show(case.number), case.number) for case in own))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a number."""
        number = numbers.find(given.choice or given.text).number
        if number is None:
            return NotAnAnswer() if given.choice or looks_aside(given) or not given.text else Retry(_NOT_AMONG)
        own = {case.number: case for case in await _open(context)}
        return Accepted(_known(own[number], context.conversation_id)) if number in own else Retry(_NOT_AMONG)


class Sure(Question):
    """Whether really."""

    key = "sure"
    reads_giving_up = True

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question, with what follows from it."""
        noun = wording.noun(Kind(answers["kind"]))
        head = f"هل تسحب {noun} رقم {numbers.show(answers['number'])}؟"
        hours = f"يتوقف العمل عليها، وتستطيع أن تعيد فتحها خلال {context.settings.case_reopen_hours} ساعة."
        if answers.get("joined"):
            head = f"هل تسحب انضمامك إلى الشكوى رقم {numbers.show(answers['number'])}؟"
            hours = "انضممت إليها ولم تقدمها أنت. تبقى مفتوحة لأصحابها، ويُمحى ما كتبته فيها."
        pressed = () if answers["kind"] == Kind.SUGGESTION else (_PRESSED,)
        choices = (Choice("نعم، اسحبها", YES), Choice("لا، اتركها", NO))
        return Prompt("\n".join((head, hours, *pressed)), choices)

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a yes or a no."""
        if given.choice in (YES, NO):
            return Accepted({self.key: given.choice == YES})
        if given.choice is None and (takes_it_back(given.text) or withdraws(given.text)):
            return Accepted({self.key: True})
        if given.choice is None and (words.is_yes(given.text) or words.is_no(given.text)):
            return Accepted({self.key: words.is_yes(given.text)})
        if words.gives_up(given.text):  # «بطلت»: of taking it back
            return Accepted({self.key: False})
        return NotAnAnswer()


class WithdrawForm(Form):
    """`withdraw`; a button brings the number along."""

    kind, title, confirm = WITHDRAW, "طلب السحب", False
    questions = (WhichOwn(), Sure())

    async def begin(self, context: Context, opening: Given) -> Opened:
        """The only one that is open, or the one whose number is typed, is meant."""
        own = await _open(context)
        number = numbers.find(opening.text).number
        meant = [case for case in own if case.number == number] if number else own
        if not own:
            return Opened({"number": "", "sure": False})
        return Opened(_known(meant[0], context.conversation_id) if len(meant) == 1 else {})

    async def finish(self, context: Context, answers: Answers) -> Finished:
        """Takes it back."""
        if not answers["number"]:
            return Finished((Prompt(_NONE),))
        noun = wording.noun(Kind(answers["kind"]))
        if not answers["sure"]:
            return Finished((Prompt(_KEPT.format(noun=noun)),))
        case = await repository.by_number(context.session, answers["number"], fresh=True)
        if case is None:
            return Finished((Prompt(_NONE),))
        number = numbers.show(case.number)
        if case.conversation_id != context.conversation_id:
            try:
                await withdrawing.leave(office(context), case, context.conversation_id)
            except NotAllowedError:
                return Finished((Prompt(DECIDED),))
            return Finished((Prompt(_LEFT.format(number=number)),))
        try:
            ended = await withdrawing.withdraw(office(context), case, context.conversation_id)
        except NotAllowedError:
            return Finished((Prompt(DECIDED),))
        except StaleCaseError:
            return Finished((Prompt(_CHANGED),))
        if not ended:
            return Finished((Prompt(f"سحبنا اسمك من {noun} رقم {number}.\n{_GOES_ON}"),))
        lines = [f"سحبنا {noun} رقم {number}، وتوقف العمل عليها."]
        until = life.reopen_until(case, context.settings)
        lines += [] if until is None else [wording.changed_mind(until)]
        return Finished((Prompt("\n".join(lines), telling.ending_choices(case, office(context))),))


def known_of(case: Case) -> Answers:
    """The answers that a button under a case brings along."""
    return {"number": case.number, "kind": Kind(case.kind).value}


def _known(case: Case, conversation_id: str) -> Answers:
    """The same, and whether it is a case of others."""
    return {**known_of(case), "joined": case.conversation_id != conversation_id}


async def _open(context: Context) -> list[Case]:
    own = await repository.of_conversation(context.session, context.conversation_id, OWN_MAX)
    return [case for case in own if case.state in OPEN]
