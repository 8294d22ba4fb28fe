"""Several matters in one message: the first is answered, the others are named with a button each."""

import re
from collections.abc import Sequence
from typing import Final

from rasa_sdk.executor import CollectingDispatcher

from actions.messages import say, service_button
from actions.resources import resources
from arabic.normalise import normalise
from catalog.search import Evidence, Verdict

WORDS_AT_LEAST: Final = 6
"""A shorter message holds one matter."""
PART_WORDS_AT_LEAST: Final = 2
OTHERS_MAX: Final = 2
_BORDERS: Final = re.compile(
    r"[،,؛;.؟?\n]+|\b(?:وهم|وهمين|وايضا|وكذلك|وبعدين)\b|\bو(?=(?:ا|ن)ريد\b|(?:شلون|شكد|شنو|وين|اسجل|اضيف|اجدد)\b)"
)


async def name_others(dispatcher: CollectingDispatcher, text: str, answered: str) -> None:
    """Names the services that a message asks for beside the one `answered`; says nothing if there are none."""
    name(dispatcher, [code for code in await matters(text, answered) if code != answered])


def name(dispatcher: CollectingDispatcher, codes: Sequence[str]) -> None:
    """Names services that were asked for as well, with a button each; says nothing if there are none."""
    if not codes:
        return
    titles = resources().index.titles(codes[:OTHERS_MAX])
    named = " و".join(f"«{title}»" for title in titles.values())
    buttons = [service_button(title, "ask_service", code) for code, title in titles.items()]
    say(dispatcher, f"وذكرت أيضاً {named}. اضغط الاسم لأجيبك عنه.", buttons)


async def matters(text: str, answered: str = "") -> dict[str, str]:
    """The services that parts of a message surely mean, in its order, each with its part, normalised.

    Args:
        text: The message.
        answered: Code of the entry that answers it; parts that are about that are passed over.
    """
    if len(text.split()) < WORDS_AT_LEAST:
        return {}
    parts = [part.split() for part in _BORDERS.split(normalise_keeping_borders(text)) if part]
    found: dict[str, str] = {}
    for words in parts if len(parts) > 1 else []:
        if len(words) >= PART_WORDS_AT_LEAST and _may_be_other(words, answered):
            part = " ".join(words)
            result = await resources().index.search(part)
            if result.verdict is Verdict.SURE and result.hits[0].kind == "service":
                found.setdefault(result.hits[0].code, part)
    return found


def _may_be_other(words: Sequence[str], answered: str) -> bool:
    """Whether the words are not about the entry answered and the catalogue knows one of them: spares most parts."""
    index = resources().index.index
    if not index.knows_any(words):
        return False
    return answered not in index.entries or index.evidence(words, answered) not in (Evidence.ENOUGH, Evidence.STRONG)


def normalise_keeping_borders(text: str) -> str:
    """The text with each of its sentences normalised."""
    return ".".join(map(normalise, re.split(r"[،,؛;.؟?\n]+", text)))
