"""Whom it is about: an agent or a supply centre, by name or number."""

import re
from datetime import date
from typing import Any

from arabic.normalise import normalise
from casework.cases import agent_names, opening, service
from casework.cases.chat.account import add_account
from casework.cases.chat.parts import NOTED, TOLD_DAY, TOLD_WORDS, asks, is_unknown, office
from casework.cases.chat.place import as_answer, correction, label_of
from casework.cases.dates import read_day
from casework.cases.directory import finding
from casework.cases.directory import repository as directory
from casework.cases.directory.finding import Entry
from casework.cases.models import Agent, Kind
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
from casework.places import finding as places
from foundation.clock import in_baghdad, show_date

UNKNOWN, OTHER = "unknown", "other"
NAME_MAX_CHARS = 80
NAME_WORDS = 6
"""A text of so many words, if the register does not know it, is no name."""
DAY_WORDS = 4
QUESTION_WORDS = 5
"""A longer question tells what happened («ليش الوكيل ما ينطي …»)."""
OFFERED_MAX = 4
"""So many agents of a district, at most, are offered as buttons."""
_HERE = re.compile(
    r"(?<!\w)(?:اني|انا|احنا|من اهل|ساكن\w*|بيتي|بيتنا|محافظ\w*|قضا|ناحي\w*|منطق\w*|مكاني|مو مكاني)(?!\w)"
)
_NAMED = re.compile(
    r"^\s*(?:(?:هو|ي[كق]ولون|اظن|أظن|اعتقد|يمكن|والله)\s+)*(?:(?:الوكيل|وكيلنا|وكيلي)\s+)?"
    r"(?:اسمه|يكولوله|يقولوله|يسمونه|أسمه|اسمو|إسمه|اسم الوكيل|اسمها)\s*:?\s*"
)
_AGENT_WORD = re.compile(r"^\s*(?:ال)?وكيل(?:نا|ي)?(?=\s)\s*")
_CENTRE_WORD = re.compile(r"^(?:ال)?مركز (?:ال)?تموين\w* (?=\w)")
_NUMBERED = re.compile(r"(?:\w+ )?(?:رقم\w* )?\d{2,12}")
_NOT_HIM = re.compile(r"(?:(?:لا|كلا|هذا) )*(?:مو|مب|موب|ليس) (?:هذا|هو|هذاك|هذوله)")
_NO_BEFORE = re.compile(r"^\s*(?:لا|كلا)[\s،,.]+(?=\w)")
"""«لا، رزاق عبد الحسين»: another than the one who was found."""
_WHICH = "لم أفهم جوابك. اختر مما تحت، أو اكتب اسم الوكيل أو رقمه."
_NO_NAME = "هذا لا يبدو اسماً. اكتب اسم الوكيل أو رقمه فقط، أو اضغط «لا أعرف»."
_HAS_DIGIT = re.compile(r"\d")
_KUNYA = re.compile(r"(?:ابو|ام) ")
"""«ابو حيدر» is somebody's father, not Haidar."""
_NOBODY = {"id": None, "label": "غير معروف"}


class About(Question):
    """The agent or the centre. What the register does not know is kept as it was typed."""

    key, label, expects = "agent", "الوكيل أو المركز", frozenset({Expect.WHOLE_TEXT})

    def forget(self, answers: Answers) -> None:
        """What hangs on it goes with it."""
        for key in ("agent", "agent_said", "maybe", "similar", "offer"):
            answers.pop(key, None)

    def claims(self, text: str, answers: Answers) -> bool:
        """A title and a name («حجي سلام»), that it is not known, and whether it is the one that was found."""
        if maybe := answers.get("maybe"):
            return _denies(text) or (len(maybe["choices"]) == 1 and words.is_yes(text))
        return is_unknown(text) or agent_names.is_honoured(opening.folded(text))

    def show(self, answers: Answers) -> str | None:
        """Name and number."""
        agent = answers.get("agent")
        return None if agent is None else agent["label"]

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question, or a choice among those whom the typed name may mean."""
        if maybe := answers.get("maybe"):
            choices = tuple(Choice(label, value) for value, label in maybe["choices"])
            if len(choices) == 1:
                one = choices[0]
                return Prompt(f"وجدت {one.title}. هل هو هذا؟", (Choice("نعم", one.value), Choice("لا", OTHER)))
            return Prompt("هل تقصد أحد هؤلاء؟", (*choices, Choice("غيرهم", OTHER)))
        place = answers.get("place") or {}
        near: list[Choice] = []
        if place.get("district"):
            agents = await directory.agents_in(context.session, place["governorate"], place["district"])
            near = [Choice(finding.label(one), _value(one)) for one in agents] if len(agents) <= OFFERED_MAX else []
        text = "من الوكيل أو مركز التموين؟ اكتب اسمه أو رقمه."
        return Prompt(text, (*near, Choice("لا أعرف", UNKNOWN)))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a button, a number or a name."""
        maybe = answers.get("maybe")
        if maybe and given.choice is None and len(maybe["choices"]) == 1 and words.is_yes(given.text):
            given = Given(choice=maybe["choices"][0][0])
        if given.choice == OTHER and maybe:
            return Accepted({"agent": _as_typed(maybe["text"])})
        if given.choice is not None and given.choice not in (UNKNOWN, OTHER):
            entry = await _entry(context, given.choice)
            return NotAnAnswer() if entry is None else Accepted(await known_agent(context, answers, entry))
        if maybe and given.choice is None and (_denies(given.text) or words.is_skip(given.text)):
            return Accepted({"agent": _as_typed(maybe["text"])})
        if given.choice is not None or words.is_skip(given.text):
            return Accepted({"agent": _NOBODY})
        text = " ".join(_NAMED.sub("", given.text).split())
        if not text:
            return NotAnAnswer()
        today = in_baghdad(context.now).date()
        said, length = opening.read(text, today), len(text.split())
        if length <= QUESTION_WORDS and asks(text):  # «كم سعر الدولار»
            return NotAnAnswer()
        if said.kind is not None and length >= TOLD_WORDS:
            return await _told(context, answers, text, said.agent_text)
        if is_unknown(text) or is_unknown(opening.folded(text)):
            return Accepted({"agent": _as_typed(maybe["text"]) if maybe else _NOBODY})
        if asks(text.rstrip("؟? ")):
            return NotAnAnswer()
        name = _AGENT_WORD.sub("", _NO_BEFORE.sub("", text) if maybe else text)
        no_name = _is_no_name(name)
        if no_name and (inside := agent_names.name_in(opening.folded(text))) is not None:
            name, no_name = inside, False
        updates = await named_agent(context, answers, name)
        if "agent" in updates and updates["agent"].get("named") is None:
            return Accepted(updates)
        day = read_day(text, today, sentence=True) if length <= DAY_WORDS else None
        if isinstance(day, date):
            return Accepted({"when": day.isoformat()}, remark=TOLD_DAY.format(day=show_date(day)))
        if (place := _place(text, answers)) is not None:
            return place
        if length >= NAME_WORDS or len(text) > NAME_MAX_CHARS:
            return await _told(context, answers, text, said.agent_text)
        if no_name:
            return Retry(_WHICH if maybe else _NO_NAME)
        return Accepted(updates, remark="" if "maybe" in updates else "لم أجده في سجلنا. كتبته كما هو.")


def _denies(text: str) -> bool:
    """Whether it says that none of those who were found is meant («لا», «لا مو هو»)."""
    return words.is_no(text) or words.corrects(text) or _NOT_HIM.fullmatch(normalise(text)) is not None


def _is_no_name(text: str) -> bool:
    """Whether no name and no number can be meant («سجل الشكوى», «ee»)."""
    folded = _CENTRE_WORD.sub("", opening.folded(text))
    return not _NUMBERED.fullmatch(folded) and (words.goes_on(text) or agent_names.cannot_be_name(folded))


async def _told(context: Context, answers: Answers, text: str, agent_text: str | None) -> Read:
    """What was told in place of a name goes to the account; the name that it holds is taken."""
    updates = add_account(text, context, answers)
    if agent_text is None:  # «كريم جاسم ياخذ فلوس»
        agent_text = opening.read(f"الوكيل {text}", in_baghdad(context.now).date()).agent_text
    if agent_text is not None:
        updates |= await named_agent(context, answers, agent_text)
    return Accepted(updates, remark=NOTED)


def _place(text: str, answers: Answers) -> Read | None:
    """The place that was typed in place of a name («اني بالگرمة»)."""
    here = _HERE.search(normalise(text)) is not None
    if not (here or places.is_only_place(text)):
        return None
    known = (answers.get("place") or {}).get("governorate")
    inside = places.resolve(text, known).match if known else None
    if inside is not None and inside.district is not None and inside.score >= places.EXACT:
        return Accepted({"place": as_answer(inside)}, remark=f"المكان: {label_of(inside)}.")
    found = places.resolve(text).match
    doubtful = found is not None and found.doubtful
    return None if doubtful and not here else correction(text, answers)


async def named_agent(context: Context, answers: Answers, text: str) -> Answers:
    """The answers that a typed name or number gives: the one that is meant, some to choose from, or as it was typed."""
    place = answers.get("place") or {}
    found = await finding.find(context.session, text, place.get("governorate"), place.get("district"))
    if found.sure is not None and not (place or _HAS_DIGIT.search(text)):
        return {"agent": _as_typed(text)}  # a name alone is no one's until it is known where
    of_kunya = _KUNYA.match(normalise(text)) and found.sure and normalise(text) not in normalise(found.sure.name)
    partial = found.sure and not _HAS_DIGIT.search(text) and finding.is_partial(text, found.sure)
    if found.sure is not None and (of_kunya or partial):
        return {"maybe": {"text": text, "choices": [[_value(found.sure), finding.label(found.sure)]]}}
    if found.sure is not None:
        return await known_agent(context, answers, found.sure)
    if found.maybe:
        return {"maybe": {"text": text, "choices": [[_value(one), finding.label(one)] for one in found.maybe]}}
    return {"agent": _as_typed(text)}


async def known_agent(context: Context, answers: Answers, entry: Entry) -> Answers:
    """What is known once the agent is: their place too, and the case of others that can be joined."""
    is_agent = isinstance(entry, Agent)
    agent: dict[str, Any] = {
        "id": entry.id if is_agent else None,
        "centre_id": entry.centre_id if isinstance(entry, Agent) else entry.id,
        "governorate": entry.governorate,
        "district": entry.district,
        "label": finding.label(entry),
    }
    updates: Answers = {"agent": agent}
    if not answers.get("place"):
        updates["place"] = {"governorate": entry.governorate, "district": entry.district}
    if is_agent and "kind" in answers:
        kind = Kind(answers["kind"])
        case = await service.similar(office(context), entry.id, kind, context.conversation_id)
        if case is not None:
            updates["offer"] = {"number": case.number, "citizens": case.supporters + 1}
    return updates


async def _entry(context: Context, value: str) -> Entry | None:
    kind, _, number = value.partition(":")
    if not number.isdigit():
        return None
    if kind == "agent":
        return await directory.agent(context.session, int(number))
    return await directory.centre(context.session, int(number))


def _value(entry: Entry) -> str:
    return f"{finding.kind_of(entry)}:{entry.id}"


def _as_typed(text: str) -> dict[str, Any]:
    return {"id": None, "named": text, "label": text}
