"""What a sentence of a citizen says of a complaint, as answers of the form."""

import re

from arabic.normalise import normalise
from casework.cases import opening, opening_guess
from casework.cases.chat.agent import named_agent
from casework.cases.chat.parts import asks
from casework.cases.chat.place import label_of
from casework.cases.models import Kind
from casework.dialogues.forms import Answers, Context
from casework.places import finding
from foundation.clock import in_baghdad

_ONE_MORE = re.compile(
    r"^\s*(?:عندي|عدنا|عندنا|لدي|هاي|هذي)?\s*شكو[ىيةه]\s+(?:ثاني[ةه]|[أا]خر[ىي]|جديد[ةه]|بعد)(?!\w)[\s:،,.]*"
)
_PICTURES = re.compile(
    r"(?<!\w)(?<!ما )و?(?:عندي|معي|وياي|مصور\w*|صورت\w*)(?: \w+)? (?:ال)?(?:صور\w*|فيديو\w*|وصل|وصولات)(?!\w)"
)
_NUMBER = re.compile(r"\d{2,}")


async def said_in(context: Context, text: str, known: Answers | None = None) -> Answers:
    """The answers that a sentence gives; `known`: what is known already, which it does not change."""
    found = opening.read(text, in_baghdad(context.now).date())
    said: Answers = {}
    kind = found.kind
    # A first sentence only, which is said back with what was understood: asked for the kind, citizens have its buttons.
    if kind is None and known is None and found.is_account and not (asks(text) or opening.is_elsewhere(text)):
        kind = opening_guess.guess(text)
    if kind is not None and kind != Kind.SUGGESTION:
        said["kind"] = kind
    if found.sum_dinars is not None:
        said["sum"] = found.sum_dinars
    if found.governorate is not None:
        said["place"] = {"governorate": found.governorate, "district": found.district}
    if found.happened_on is not None:
        said["when"] = found.happened_on.isoformat()
    if has_pictures(text):
        said["has_pictures"] = True
    if found.is_account:
        said["account"] = _ONE_MORE.sub("", text).strip()
    said = {key: value for key, value in said.items() if key not in (known or {})}
    if found.agent_text is not None:
        said |= await name_said(context, {**(known or {}), **said}, found.agent_text)
    return said


def place_said(text: str) -> str | None:
    """The place that a sentence names, as it is said back."""
    found = finding.resolve(text[: opening.READ_MAX_CHARS], sentence=True).match
    return None if found is None else label_of(found)


def has_pictures(text: str) -> bool:
    """Whether the text says that there are pictures («وعندي صور»)."""
    return _PICTURES.search(normalise(text)) is not None


async def name_said(context: Context, answers: Answers, text: str) -> Answers:
    """The agent of a name, or the name itself until it is known where to look for it."""
    if answers.get("agent") is not None:
        return {}
    updates = await named_agent(context, answers, text)
    if answers.get("place") or ("agent" in updates and updates["agent"].get("named") is None):
        return {**updates, "agent_said": None}
    return {"agent_said": text}


def has_number(text: str) -> bool:
    """Whether a number stands in it that may be an agent's."""
    return _NUMBER.search(normalise(text)) is not None
