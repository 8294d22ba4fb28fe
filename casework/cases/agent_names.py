"""Whether a folded text is a name, and the name of the agent in a sentence (words in `agent_names.yml`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from arabic.normalise import normalise

NAME_WORDS = 5
GAP_WORDS = 7
"""So many words, at most, between «وكيل» and the name."""
BYNAME_SHORTEST = 5
_FILE = Path(__file__).with_name("agent_names.yml")
_AGENT = re.compile(r"(?<!\w)(?:و|ب|ل)?(?:ال)?وكيل(?:نا|ي|هم|كم)?(?!\w)")
_NUMBER = re.compile(r"^(?:الحصه |التموينيه |المواد الغذاييه )?(?:رقم|رقمه|المرقم) (\d{1,12})(?!\d)")
_NAME_OF = re.compile(r"(?<!\w)و?اسم $")
_OF_PLACE = re.compile(r"ب(?!ا[عيق])\w{3,}|ال\w{3,}")
_OF_VERB = re.compile(r"ي\w{3,}(?:ني|نا|ون|وا|وها)")
"""«يعرفني», «ينطونا»: no name ends so that begins so."""
_VERB = re.compile(r"[يتن]\w{3,}")
_ON = re.compile(r"علي (?:ال\w+|طول|كل|كيف\w*)|سلام عليك\w*")
"""«على» folded is the name «علي»."""


@dataclass(frozen=True, slots=True)
class _Words:
    names: frozenset[str]
    titles: frozenset[str]
    kunya: frozenset[str]
    owner: frozenset[str]
    between: frozenset[str]
    named: frozenset[str]
    never: re.Pattern[str]


def is_name(folded: str) -> bool:
    """Whether all of it reads like somebody's name: «احمد الجبوري», «ابو حيدر»."""
    words, said = _words(), folded.split()
    if not 2 <= len(said) <= NAME_WORDS or cannot_be_name(folded):
        return False
    if said[0] in words.titles | words.kunya:
        return True
    known = sum(word in words.names or is_byname(word) for word in said)
    return said[0] in words.names and known >= 2 and len(said) - known <= 1


def is_honoured(folded: str) -> bool:
    """Whether all of it is a title and known names: «حجي سلام»."""
    words, said = _words(), folded.split()
    rest = said[1:]
    return bool(rest) and said[0] in words.titles | words.kunya and all(_is_known(word) for word in rest)


def cannot_be_name(folded: str) -> bool:
    """Whether a word stands in it that is in no name, or there is no word in it."""
    said = folded.split()
    never = _words().never
    return all(len(word) < 2 for word in said) or any(never.fullmatch(one) or _OF_VERB.fullmatch(one) for one in said)


def is_byname(word: str) -> bool:
    """«الجبوري», «البصري»: where a family is from."""
    return len(word) >= BYNAME_SHORTEST and word.startswith("ال") and word.endswith("ي")


def name_in(folded: str) -> str | None:
    """The agent's name or number in a sentence that says «وكيل» before it."""
    for match in _AGENT.finditer(folded):
        rest = folded[match.end() :].strip()
        if number := _NUMBER.match(rest):
            return number[1]
        said = rest.split()
        called = _NAME_OF.search(folded[: match.start()]) is not None
        if name := _after_gap(said, called=called):
            return name
    return None


def _after_gap(said: Sequence[str], *, called: bool) -> str | None:
    words, place = _words(), 0
    while place < min(len(said), GAP_WORDS):
        word = said[place]
        if word in words.named:
            return _read(said[place + 1 :], called=True)
        starts = word in words.names | words.titles | words.kunya
        if starts or (called and not place):
            name = _read(said[place:], called=called)
            on = _ON.match(" ".join(said[place:])) or (place and name == "علي")
            return None if on else name
        if word in words.owner:
            place += 1 if place + 1 < len(said) and said[place + 1] in words.owner | words.named else 2
        elif word in words.between or _OF_PLACE.fullmatch(word):
            place += 1
        else:
            break
    told = next((at for at in range(place, len(said)) if said[at] in words.named and said[at].startswith("و")), None)
    return None if told is None else _read(said[told + 1 :], called=True)


def _read(said: Sequence[str], *, called: bool) -> str | None:
    """The words of a name at the beginning; `called`: the first is one whatever it is, as after «اسمه»."""
    words, name = _words(), list[str]()
    for word in said[:NAME_WORDS]:
        before = name[-1] if name else ""
        after_title = before in words.titles and not (_VERB.fullmatch(word) and not _is_known(word))
        taken = called if not name else after_title or before in words.kunya
        known = word in words.names | words.titles | words.kunya or bool(name and is_byname(word))
        if not known and (not taken or words.never.fullmatch(word)):
            break
        name.append(word)
    while name and name[-1] in words.titles | words.kunya - {"عبد"}:
        name.pop()
    return " ".join(name) or None


def _is_known(word: str) -> bool:
    return word in _words().names or is_byname(word)


@lru_cache(maxsize=1)
def _words() -> _Words:
    read: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    groups = {name: frozenset(normalise(text.replace("*", "")).split()) for name, text in read.items()}
    forms = (re.escape(normalise(word.rstrip("*"))) + (r"\w*" if "*" in word else "") for word in read["never"].split())
    never = re.compile("|".join(forms))
    return _Words(
        groups["names"],
        groups["titles"],
        groups["kunya"],
        groups["owner"],
        groups["between"],
        groups["named"],
        never,
    )
