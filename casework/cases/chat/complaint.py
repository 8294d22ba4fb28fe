"""The complaint form: seven questions where the first sentence says nothing, five where it says kind and place."""

import re

from arabic.normalise import normalise
from arabic.plural import HOUR
from casework.cases import opening as openings
from casework.cases.chat import beside, filing
from casework.cases.chat.account import WhatHappened, WhenHappened
from casework.cases.chat.agent import About
from casework.cases.chat.card import RationCard
from casework.cases.chat.joining import Joining
from casework.cases.chat.kind import WhatKind
from casework.cases.chat.parts import ELSEWHERE, NOTED, TOLD_WORDS, asks, asks_how_long, not_sent
from casework.cases.chat.pictures import Identity, Pictures, Twice
from casework.cases.chat.place import District, Place
from casework.cases.chat.said import name_said, place_said, said_in
from casework.cases.models import Kind
from casework.dialogues.forms import Accepted, Answers, Context, Finished, Form, Given, Opened, Prompt, Read
from casework.dialogues.sentences import FIRST_HELP
from casework.places import atlas


class WhereHappened(Place):
    """The place; a name that was said before is looked for there."""

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a place."""
        read = await super().read(context, answers, given)
        name = answers.get("agent_said")
        if not isinstance(read, Accepted) or not read.updates.get("place") or not name:
            return read
        agent = await name_said(context, {**answers, **read.updates}, name)
        return Accepted({**read.updates, **agent}, read.remark)


ABOUT_RATION = "أسجل شكواك على وكيل الحصة التموينية أو مركزها."
AFTER_SENDING = "بعد أن ترسلها يستلمها موظف خلال {hours}، ونخبرك هنا بكل جديد."
MORE_LATER = "وما سألت عنه غير الشكوى اكتبه متى شئت، الآن أو بعدها، وأجيبك."
_MORE = re.compile(
    r"(?<!\w)(?:اريد|نريد|ابي|احتاج|شلون|كيف)(?: \w+){0,3}? "
    r"(?:ا?جدد|ا?سوي|ا?طلع|ا?صدر|ا?ضيف\w*|ا?حجز|ا?قدم|ا?سجل\w*|تجديد|اصدار|اضافه)(?: \w+){0,2}? "
    r"(?:ع|عل|ب|ل)?(?:ال)?(?:جواز\w*|بطاق\w*|شهاد\w*|اجاز\w*|هوي\w*|تموين\w*|ولاد\w*|رعاي\w*|تقاعد|قرض|سلف\w*)(?!\w)"
)


class ComplaintForm(Form):
    """`complaint`."""

    kind, title = "complaint", "شكواك"
    questions = (
        WhatKind(),
        WhereHappened(),
        About(),
        Joining(),
        District(),
        WhatHappened(),
        WhenHappened(),
        RationCard(),
        Pictures(),
        Identity(),
        Twice(),
    )

    async def begin(self, context: Context, opening: Given) -> Opened:
        """Takes what the first sentence says, and says it back."""
        if openings.is_elsewhere(opening.text):
            return Opened(preface=(Prompt(ELSEWHERE),))
        answers = await said_in(context, opening.text)
        agent = (answers.get("agent") or {}).get("label") or answers.get("agent_said")
        maybe = (answers.get("maybe") or {}).get("text")
        parts = [filing.kind_line(answers), place_said(opening.text) or _place(answers), agent or maybe]
        understood = "، ".join(part for part in parts if part)
        lines = [f"{ABOUT_RATION} فهمت منك: {understood}." if understood else ABOUT_RATION, FIRST_HELP]
        if asks_for_more(opening.text):
            lines.append(MORE_LATER)
        return Opened(answers, (Prompt("\n".join(lines)),))

    async def note(self, context: Context, answers: Answers, given: Given) -> str | None:
        """Adds to the account what is told beside the open question."""
        text = given.text.strip()
        if asks_how_long(text):
            return AFTER_SENDING.format(hours=HOUR.count(context.settings.case_received_hours))
        kind = openings.kind_of(text)
        if kind in (None, Kind.SUGGESTION) or len(text.split()) < TOLD_WORDS or asks(text):
            return None
        answers["account"] = "\n".join(part for part in (answers.get("account"), text) if part)
        return NOTED

    async def beside(self, context: Context, answers: Answers, given: Given, question: str) -> str | None:
        """Keeps names, places, days and refusals that belong to another question."""
        return await beside.read(context, answers, given.text, question)

    def instead_of(self, kind: str, given: Given) -> str | None:
        """Whoever asks how far it is learns that it was not sent."""
        return not_sent(self.title, kind, given.text)

    async def finish(self, context: Context, answers: Answers) -> Finished:
        """Files it, or joins the case of others."""
        return Finished(await filing.file(context, answers))


def asks_for_more(text: str) -> bool:
    """Whether a sentence wants something of another service as well («اريد اجدد الجواز … وهم وكيلنا يبوك»)."""
    return _MORE.search(normalise(text)) is not None


def _place(answers: Answers) -> str | None:
    place = answers.get("place")
    return atlas.label(place["governorate"], place["district"]) if place else None
