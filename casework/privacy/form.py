"""The citizen's own data by chat: what we keep, who sees it, a copy of it, deletion."""

import re
from datetime import timedelta

from arabic import normalise
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
from casework.dialogues.registry import Begin, Registry
from casework.privacy import repository
from casework.privacy.models import Wish

CONFIRMING_WORDS = 3
ASKED_WORDS = 9
"""A longer text tells something, and asks nothing of who sees what."""
ERASE_AFTER = timedelta(seconds=10)
"""So that the farewell reaches the citizen first."""

HANDLER = "privacy"
_CHOICES = (
    Choice("اعرض ما تحفظونه عني", f"do:{HANDLER}:{Wish.SHOW}"),
    Choice("أرسل لي نسخة في ملف", f"do:{HANDLER}:{Wish.FILE}"),
    Choice("احذف بياناتي", f"do:{HANDLER}:{Wish.ERASE}"),
)
_OWN = (
    "بياناتي",
    "معلوماتي",
    "محادثتي",
    "محادثه",
    "رسايلي",
    "رسائلي",
    "سوالفي",
    "عني",
    "كلشي",
    "كل شي",
    "ارقامي",
    "صوري",
    "تحفظون",
)
"""What is asked about is the citizen's own, and here."""
_ELSEWHERE = ("حصه", "حصتي", "تموين", "بطاق", "وكيل", "رعايه", "متوف", "قايمه", "قائمه", "دايره", "اسم")
"""Records of others, which are none of ours: «حذف متوفي من الحصة», «معلوماتي غلط بالبطاقة»."""
_CUES = {
    Wish.ERASE: ("احذف", "امسح", "حذف", "مسح", "شيل", "امحي", "محو", "الغي"),
    Wish.FILE: ("ملف", "نسخه"),
    Wish.SHOW: ("اعرض", "شنو تحفظ", "شنو عندكم", "شتعرف", "شنو تعرف", "ماذا تحفظ", "شنو مخزن", "اريد اشوف", "بياناتي"),
}

_EXPLAINED = """ما الذي نحفظه عنك؟
• نص رسائلك وأجوبتي، حتى تستمر المحادثة.
• رقم المحادثة في تلغرام أو في هذه الصفحة، حتى يصلك الجواب.
• ما تقدمه من شكاوى واقتراحات، حتى تُتابع.
الأرقام الشخصية ونصوص الشكاوى والنتائج تُحفظ مشفرة، ولا تظهر في السجلات.
لا تحتاج إلى كتابة أي رقم شخصي كي أجيبك عن خدمة."""

_AGENT_SEES = re.compile(
    r".*(?<!\w)(?:رقمي|ا?سمي|هويتي|معلوماتي|بطاقتي|شكواي|شكوتي)(?!\w).*(?<!\w)(?:ل|لل|ع|و)?(?:ال)?وكيل\w*.*"
    r"|.*(?<!\w)(?:ال)?وكيل\w* .*(?<!\w)(?:ي?شوف|يعرف|يدري|يوصله|يقرا)\w* "
    r".*(?<!\w)(?:رقمي|ا?سمي|هويتي|معلوماتي|منو)(?!\w).*"
)
_SEES = re.compile(r"(?<!\w)(?:يطلع|يوصل|يظهر|يبين|ينعرف|يشوف|يعرف|يدري|يقرا|تنطو|تدزو|ترسلو|تعطو)\w*")
_WHO_SEES = re.compile(
    r"(?:\w+ ){0,2}(?:منو|مين|من) (?:راح |الي |عدكم |عندكم )*(?:ي?شوف\w*|يقرا\w*|يقره|يطلع علي|عنده صلاحيه)"
    r" (?:\w+ ){0,2}?(?:ال)?(?:كلام\w*|حجي\w*|محادث\w*|رسايل\w*|رسائل\w*|معلومات\w*|بيانات\w*|شكو\w+)(?: \w+){0,2}"
)
_TO_AGENT = """لا. اسمك وأرقامك لا يراها الوكيل.
اسمك يُذكر له فقط إذا اخترت أنت في الشكوى «يجوز ذكر اسمي»."""
_READERS = """يقرأ كلامك الموظف الذي تطلب أن تتكلم معه، وإن قدمت شكوى فالموظف الذي ينظر فيها. وكل اطلاع مسجل.
وما لم أعرف جوابه قد يقرؤه من يحرر الدليل، بلا أرقامك. الوكيل لا يقرأ شيئاً."""

_WARNING = """سأمحو هذه المحادثة كلها: رسائلك وأجوبتي وأرقامك وصورك، ولن أعرفك بعدها.
وأمحو من شكاواك ما كتبته فيها. يبقى منها نوعها ومكانها فقط، بلا صلة بك، ولن تصلك أخبارها.
لا يمكن التراجع عن الحذف. هل أحذف؟"""


class Surely(Question):
    """Deletion is confirmed."""

    key = "surely"
    takes_assent = True

    def applies(self, answers: Answers) -> bool:
        """Only for deletion."""
        return answers.get("wish") == Wish.ERASE and self.key not in answers

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The warning."""
        return Prompt(_WARNING, (Choice("نعم، احذف كل شيء", "yes"), Choice("لا، اتركه", "no")))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads yes or no."""
        if given.choice in ("yes", "no"):
            return Accepted({self.key: given.choice})
        plain = normalise(given.text)
        if len(plain.split()) <= CONFIRMING_WORDS and any(cue in plain for cue in _CUES[Wish.ERASE]):
            return Accepted({self.key: "yes"})
        if words.is_no(given.text):
            return Accepted({self.key: "no"})
        # A careless «اي» is no ground to delete everything.
        agrees = words.goes_on(given.text) or given.intent == "affirm"
        return Retry(_CONFIRM) if agrees else NotAnAnswer()


class PrivacyForm(Form):
    """`privacy`: explains, or does what the sentence asks for. Only a deletion leaves a question open."""

    kind, title, confirm = "privacy", "طلب الحذف", False
    questions = (Surely(),)

    async def begin(self, context: Context, opening: Given) -> Opened:
        """Reads the wish."""
        if told := told_of(opening.text):
            return Opened({"told": told})
        wish = wish_of(opening.text)
        return Opened({"wish": wish} if wish else {})

    async def note(self, context: Context, answers: Answers, given: Given) -> str | None:
        """Answers who sees what, while it is asked whether to delete."""
        return told_of(given.text)

    async def finish(self, context: Context, answers: Answers) -> Finished:
        """Keeps the request; whoever holds all the data does it a moment later."""
        if "told" in answers:
            return Finished((Prompt(answers["told"], _CHOICES),))
        if "wish" not in answers:
            return Finished((Prompt(_EXPLAINED, _CHOICES),))
        wish = Wish(answers["wish"])
        if wish is Wish.ERASE and answers.get("surely") != "yes":
            return Finished((Prompt("لم أحذف شيئاً."),))
        due_at = context.now + (ERASE_AFTER if wish is Wish.ERASE else timedelta())
        if not await repository.waits(context.session, context.conversation_id, wish):
            await repository.add(context.session, context.conversation_id, wish, due_at)
        return Finished((Prompt(_DONE[wish]),), ends_all=wish is Wish.ERASE)


def register(registry: Registry) -> None:
    """Adds the form and what its buttons do."""
    registry.add(PrivacyForm())
    registry.on(HANDLER, _pressed)


async def _pressed(context: Context, argument: str) -> Begin:
    return Begin(PrivacyForm.kind, {"wish": Wish(argument)})


_CONFIRM = "الحذف لا رجعة فيه. اضغط «نعم، احذف كل شيء»، أو اكتب «احذف». ولتتركه اكتب «لا»."

_DONE = {
    Wish.SHOW: "أجمع لك ما نحفظه عنك، ويصلك هنا بعد لحظات.",
    Wish.FILE: "أجهّز لك الملف، ويصلك هنا بعد لحظات.",
    Wish.ERASE: "تم. بعد ثوانٍ لن يبقى شيء من هذه المحادثة عندنا. مع السلامة.",
}


def told_of(text: str) -> str | None:
    """The answer to who sees what («رقمي يطلع للوكيل؟», «منو يشوف كلامي»); None if that is not asked."""
    plain = normalise(text).strip(" ؟?.!،")
    if len(plain.split()) > ASKED_WORDS:
        return None
    if _AGENT_SEES.fullmatch(plain) and _SEES.search(plain):
        return _TO_AGENT
    return _READERS if _WHO_SEES.fullmatch(plain) else None


def wish_of(text: str) -> Wish | None:
    """What a sentence plainly asks for of one's own data here; None if it is about something else, or only asks."""
    plain = normalise(text)
    if not is_own(text):
        return None
    return next((wish for wish, cues in _CUES.items() if any(normalise(cue) in plain for cue in cues)), None)


def is_own(text: str) -> bool:
    """Whether a sentence is about what this assistant keeps, not about the records of an agency."""
    plain = normalise(text)
    own = any(normalise(word) in plain for word in _OWN)
    return own and not any(normalise(word) in plain for word in _ELSEWHERE)


def is_elsewhere(text: str) -> bool:
    """Whether a sentence plainly is about the records of an agency."""
    plain = normalise(text)
    return any(normalise(word) in plain for word in _ELSEWHERE)
