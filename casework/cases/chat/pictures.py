"""Pictures, whether the agent may learn who complained, and the same complaint once more."""

import re

from arabic.normalise import normalise
from casework.cases import numbers
from casework.cases.chat import filing
from casework.cases.chat.files import take_file
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

HIDE, NAME = "hide", "name"
_WHO = r"(?:ا?سمي|هويتي|معلوماتي|منو اني|عني)"
_HIDDEN = re.compile(
    r"(?<!\w)(?:لا|ما|بدون|بلا|محد) (?:\w+ )?"
    rf"(?:تذكر|ت[كق]ول|تجيب|تحط|تكتب|تطلع|تبين|تنطو|ذكر|يعرف|يدري)\w* (?:\w+ )?{_WHO}"
    rf"|(?<!\w)(?:بدون|بلا) {_WHO}"
    rf"|(?<!\w){_WHO} (?:ما|لا|مو)(?: \w+)? (?:يطلع|ينذكر|يبين|يظهر|ينعرف|يوصل|ينكتب|تذكر|تكول)\w*"
    rf"|(?<!\w)(?:تم )?(?:ا?خف[ويا]?\w*|ا?ضم\w*|ستر\w*) (?:\w+ )?{_WHO}|اسمي مخفي"
)
_AFRAID = re.compile(
    r"(?<!\w)(?:يعرف|يعرفون|يدري|يعرفني) (?:اسمي|بيه|بي|اني|منو)"
    r"|(?<!\w)(?:اخاف|خايف|خايفه) (?:\w+ )?(?:من ال|يعرف|يدري)"
)
_NAMED = re.compile(
    rf"^(?:تم )?(?:نعم |اي )?(?:يجوز|عادي|ماكو مشكله|ميخالف|اذكر\w*|كولو?|قولو?)(?: \w+){{0,2}} {_WHO}|يجوز ذكر"
)
_NONE = re.compile(r"(?:(?:لا|والله|بس) )*(?:ما ?عندي|ماكو|ليس عندي|ما ?صورت)(?: اي)?(?: صور\w*| وثايق)?(?: .{0,12})?")
_IS_HIDDEN = "اسمك مخفي عن الوكيل."
_ADD_LATER = " لم ترسل صوراً، وتستطيع إضافتها الآن بـ«تعديل»."


def hides(text: str) -> bool:
    """Whether somebody asks not to be named, or is afraid to be."""
    plain = normalise(text)
    return bool(_HIDDEN.search(plain) or _AFRAID.search(plain))


class Pictures(Question):
    """Pictures and documents, one after the other; the button that ends it also says who may know the name."""

    key, label = "done", "الصور"
    expects = frozenset({Expect.PHOTO, Expect.DOCUMENT})
    takes_assent = True

    def applies(self, answers: Answers) -> bool:
        """Until the citizen says that it is all."""
        return self.key not in answers and not answers.get("similar")

    def forget(self, answers: Answers) -> None:
        """All of them."""
        answers.pop("done", None)
        answers.pop("files", None)
        answers.pop("earlier", None)
        answers.pop("twice", None)
        answers.pop("no_pictures", None)

    def show(self, answers: Answers) -> str | None:
        """How many."""
        if "done" not in answers:
            return None
        count = len(answers.get("files", ()))
        return str(count) if count else "لا توجد"

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question, or how many have come."""
        most, count = context.settings.case_files_max, len(answers.get("files", ()))
        if count:
            head = f"وصلت {count} من {most}." + (" أرسل غيرها إن أردت، ثم اختر:" if count < most else " اختر الآن:")
        elif answers.get("no_pictures"):
            head = "هل نخفي اسمك عن الوكيل؟ اختر:"
        elif answers.get("has_pictures"):
            head = f"قلت إن عندك صوراً. أرسلها الآن (حتى {most})، ثم اختر:"
        else:
            head = f"هل عندك صور أو وثائق؟ أرسلها الآن (حتى {most})، ثم اختر:"
        return Prompt(head, (Choice("تم، أخفوا اسمي عن الوكيل", HIDE), Choice("تم، يجوز ذكر اسمي", NAME)))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a picture, a document, or that it is all."""
        if given.shared is not None and given.shared.file_id is not None:
            return take_file(context, answers, given.shared.file_id)
        if given.choice in (HIDE, NAME):
            return await self._done(context, answers, hidden=given.choice == HIDE)
        folded = normalise(given.text)
        if _HIDDEN.search(folded):
            return await self._done(context, answers, hidden=True, remark=_IS_HIDDEN)
        if _NAMED.search(folded):
            return await self._done(context, answers, hidden=False, remark="يجوز ذكر اسمك للوكيل.")
        if answers.get("no_pictures") and words.is_no(given.text):
            return await self._done(context, answers, hidden=False, remark="يجوز ذكر اسمك للوكيل.")
        if words.is_done(given.text) or words.is_skip(given.text) or _NONE.fullmatch(folded):
            return await self._done(context, answers, hidden=True, remark=_IS_HIDDEN)
        if words.goes_on(given.text):
            more = "" if answers.get("files") else _ADD_LATER
            return await self._done(context, answers, hidden=True, remark=_IS_HIDDEN + more)
        return NotAnAnswer()

    async def _done(self, context: Context, answers: Answers, *, hidden: bool, remark: str = "") -> Read:
        updates: Answers = {"done": True, "anonymous": hidden}
        earlier = await filing.filed_earlier(context, {**answers, **updates})
        return Accepted({**updates, "earlier": None if earlier is None else earlier.number}, remark=remark)


class Identity(Question):
    """Whether the agent may learn who complained; asked by itself only when it is changed."""

    key, label = "anonymous", "هويتك"

    def applies(self, answers: Answers) -> bool:
        """When it was taken back."""
        return "done" in answers and self.key not in answers

    def show(self, answers: Answers) -> str | None:
        """In words; who joins others is not named to the agent."""
        hidden = True if answers.get("similar") else answers.get("anonymous")
        return None if hidden is None else ("مخفية عن الوكيل" if hidden else "يجوز ذكرها")

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question."""
        if answers.get("similar"):
            return Prompt("من ينضم إلى شكوى غيره لا يُذكر اسمه للوكيل أبداً.", (Choice("تمام", HIDE),))
        return Prompt("هل نخفي اسمك عن الوكيل؟", (Choice("نعم، أخفوه", HIDE), Choice("يجوز ذكر اسمي", NAME)))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads yes or no."""
        if given.choice in (HIDE, NAME):
            return Accepted({"anonymous": given.choice == HIDE})
        folded = normalise(given.text)
        if words.is_yes(given.text) or _HIDDEN.search(folded):
            return Accepted({"anonymous": True})
        if _NAMED.search(folded):
            return Accepted({"anonymous": False})
        return Accepted({"anonymous": False}) if words.is_no(given.text) else NotAnAnswer()


class Twice(Question):
    """Asked where the same citizen filed the same complaint earlier that day."""

    key = "twice"

    def applies(self, answers: Answers) -> bool:
        """Only if there is one."""
        return bool(answers.get("earlier")) and self.key not in answers

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question."""
        text = f"سجلت هذه الشكوى قبل قليل برقم {numbers.show(answers['earlier'])}. هل نسجلها مرة أخرى؟"
        return Prompt(text, (Choice("لا، الأولى تكفي", "ctl:drop"), Choice("نعم، مرة أخرى", "again")))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads yes; «no» is the end of the form."""
        if given.choice == "again" or words.is_yes(given.text):
            return Accepted({"twice": True})
        if words.is_no(given.text):
            return Retry("الأولى تكفي إذن. اضغط «لا، الأولى تكفي»، أو اكتب «إلغاء».")
        return NotAnAnswer()
