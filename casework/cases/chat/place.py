"""Where it happened: governorate and district, typed in any spelling or shared as a location."""

import re

from arabic.normalise import normalise
from casework.cases.chat.parts import is_unknown, looks_aside
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
    Shared,
)
from casework.places import atlas, finding, locating
from casework.places.finding import Match

UNKNOWN, OTHER = "unknown", "other"
_ABROAD = "هذا الموقع خارج العراق. اكتب المحافظة والقضاء داخل العراق، مثل: البصرة، الزبير."
_NO_PLACE = "لم أستطع قراءة هذا الموقع. اكتب المحافظة والقضاء، مثل: البصرة، الزبير."
_WHICH = "أي مكان تقصد؟"
_WRONG_PLACE = re.compile(
    r"(?:لا )?(?:هذا |هاي |هذي )?(?:مو|مب|ليس|ليست|غلط|خطا)(?: \w+)?"
    r"(?: (?:مكاني|محافظتي|محافضتي|منطقتي|هنا|مدينتي|المكان|المحافظه))(?: \w+)?"
    r"|(?:المكان|المحافظه|مكاني) (?:غلط|خطا|مو صح\w*)|مو منا|(?:اريد )?(?:اغير|تغيير|غير|بدل) المكان"
)
_NEAR = "موقعك قريب من هذه الأماكن. أيها الصحيح؟"


class Place(Question):
    """Governorate, and district if it is said with it."""

    key, label, expects = "place", "المكان", frozenset({Expect.LOCATION})

    def applies(self, answers: Answers) -> bool:
        """Until it is known; None is a place that was taken back."""
        return answers.get("place") is None

    def forget(self, answers: Answers) -> None:
        """The district goes with it."""
        for key in ("place", "place_maybe", "district"):
            answers.pop(key, None)

    def show(self, answers: Answers) -> str | None:
        """In words."""
        place = answers.get("place")
        return None if place is None else atlas.label(place["governorate"], district_of(answers))

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question, or whether a doubtful place is meant."""
        if maybe := answers.get("place_maybe"):
            return Prompt(f"هل تقصد {maybe['label']}؟", (Choice("نعم", _value(maybe)), Choice("لا", OTHER)))
        text = "في أي محافظة وقضاء؟ اكتب مثلاً: البصرة، الزبير. أو أرسل موقعك."
        return Prompt(text, (Choice("أرسل موقعي", "share:location"),))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a name, a location or a choice among several."""
        maybe = answers.get("place_maybe")
        if maybe and (given.choice == OTHER or words.is_no(given.text)):
            return Accepted({"place_maybe": None})
        if maybe and words.is_yes(given.text):
            return _chosen(_value(maybe))
        if given.choice is not None:
            return _chosen(given.choice)
        if given.shared is not None:
            return _located(given.shared)
        if looks_aside(given):
            return NotAnAnswer()
        found = finding.resolve(given.text)
        if found.match is not None:
            return place_read(found.match)
        if found.options:
            return Retry(_WHICH, tuple(_choice_of(match) for match in found.options))
        return NotAnAnswer()


class District(Question):
    """Asked where only the governorate is known, and the agent does not tell the district."""

    key, label = "district", ""

    def applies(self, answers: Answers) -> bool:
        """Whether it is still open."""
        return bool(answers.get("place")) and "district" not in answers and district_of(answers) is None

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The districts to choose from."""
        code = answers["place"]["governorate"]
        choices = tuple(Choice(one.name, one.code) for one in finding.options_of(code))
        name = atlas.governorate(code).name
        return Prompt(f"في أي قضاء من محافظة {name}؟", (*choices, Choice("لا أعرف", UNKNOWN)))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a button or a name."""
        if given.choice is not None:
            return Accepted({"district": "" if given.choice == UNKNOWN else given.choice})
        if looks_aside(given):
            return NotAnAnswer()
        inside = finding.resolve(given.text, answers["place"]["governorate"]).match
        if inside is not None and inside.district is not None and inside.score >= finding.EXACT:
            return Accepted({"district": inside.district.code})
        if (elsewhere := correction(given.text, answers)) is not None:
            return elsewhere
        if inside is not None and inside.district is not None:
            return Accepted({"district": inside.district.code}, remark=f"المكان: {label_of(inside)}.")
        if words.is_skip(given.text) or is_unknown(given.text):
            return Accepted({"district": ""})
        return NotAnAnswer()


def district_of(answers: Answers) -> str | None:
    """Code of the district, from whichever answer tells it."""
    place, agent = answers.get("place") or {}, answers.get("agent") or {}
    return place.get("district") or answers.get("district") or agent.get("district")


def correction(text: str, answers: Answers) -> Accepted | None:
    """Another place than the one that is known («البصرة، الفاو»), or that the known one is wrong («مو مكاني»)."""
    found = finding.resolve(text).match
    if found is not None and found.score >= finding.EXACT:
        known = answers.get("place") or {}
        read = place_read(found)
        # Only its own governorate again: nothing new.
        nothing_new = found.district is None and known.get("governorate") == found.governorate.code
        return None if nothing_new else Accepted({"place": None, **read.updates}, read.remark)
    return Accepted({"place": None}) if _WRONG_PLACE.fullmatch(normalise(text)) else None


def place_read(match: Match) -> Accepted:
    """A place that was typed: said back, and asked back where it is doubtful."""
    if match.doubtful:
        return Accepted({"place_maybe": {**as_answer(match), "label": label_of(match)}})
    return Accepted({"place": as_answer(match), "place_maybe": None}, remark=f"المكان: {label_of(match)}.")


def label_of(match: Match) -> str:
    """A place said back; of a part of a town it is said in which district it lies: «الكرادة (قضاء الرصافة)، بغداد»."""
    if match.district is None or match.area is None:
        return match.label
    return f"{match.area} (قضاء {match.district.name})، {match.governorate.name}"


def as_answer(match: Match) -> dict[str, str | None]:
    """A place as it is kept."""
    return {"governorate": match.governorate.code, "district": match.district.code if match.district else None}


def _value(place: dict[str, str | None]) -> str:
    return f"{place['governorate']}/{place['district'] or ''}"


def _choice_of(match: Match) -> Choice:
    return Choice(match.label, _value(as_answer(match)))


def _chosen(value: str) -> Read:
    governorate, _, district = value.partition("/")
    return Accepted({"place": {"governorate": governorate, "district": district or None}, "place_maybe": None})


def _located(shared: Shared) -> Read:
    if shared.latitude is None or shared.longitude is None:
        return Retry(_NO_PLACE)
    try:
        located = locating.nearest(shared.latitude, shared.longitude)
    except ValueError:
        return Retry(_NO_PLACE)
    if not located.inside:
        return Retry(_ABROAD)
    choices = [
        Choice(atlas.label(one.governorate, one.code), f"{one.governorate}/{one.code}") for one in located.districts
    ]
    return Retry(_NEAR, tuple(choices))
