"""What the first sentence of a complaint already says: the kind, the sum, the place, the agent, the day.

Rules over folded text with the words of `opening_words.yml`; nothing is guessed: what is not said stays None, and what
was read is shown to the citizen before the case is filed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from arabic.arabizi import Vocabulary, to_arabic
from arabic.normalise import digits_to_ascii, normalise
from casework.cases import agent_names
from casework.cases.dates import read_day
from casework.cases.models import Kind
from casework.cases.sums import read_sum
from casework.places.finding import Match, bare, resolve

READ_MAX_CHARS = 1000
"""Of a longer story the beginning is read."""
SURE = 3
"""Weight at which a kind is taken as said."""
SUGGESTION_WORDS = 2
UNKNOWN_ACCOUNT_WORDS = 3
"""Words beside those that open a complaint, from which on a sentence tells what happened; one if the kind is known."""
_FILE = Path(__file__).parent / "opening_words.yml"
_BEFORE = r"(?<!\w)(?:و|ف)?(?:د|ب|ل|ك)?(?:ال)?"
_INNER = r"(?:و|ب|ل)?(?:ال)?"
_GAP = r"(?:\w+ ){0,4}?"
_GLUED_NOT = re.compile(  # «ماوصل», «مايفتح», «ميرد»
    r"(?<!\w)(?:ما(?=(?:[ينت]\w{3}|وصل|وزع|انط|استلم|شف|جت|اجت))"
    r"|م(?=ي(?:صير|فتح|داوم|نط|وزع|رد|قبل|سلم|خلي|جاوب)|ت(?:سوون|خلون)))"
)
_AGENT = re.compile(r"(?<!\w)(?:و|ب|ل)?(?:ال)?وكيل(?:نا|ي|هم|كم)?(?!\w)")
_LATIN_KUNYA = re.compile(r"(?i)(?:abu|abo|um|umm|om) [a-z0-9']+")
_ASKS_PRICE = re.compile(
    r"(?<!\w)(?:ا?شكد|كم|بيش|بكم) .*?(?<!\w)(?:المفروض|لازم|يجب|الرسمي|ادفع|ندفع)(?!\w)|المفروض (?:شكد|كم|بيش)"
)
_SERVICES = r"(?:و|ب|ل)?(?:ال)?(?:غاز|نفط|بنزين|كهربا|كهربه|مولده|مولدات|مجاري|بلديه|نفايات|انترنت)"
_OTHER_SERVICE = re.compile(rf"(?<!\w){_SERVICES}(?!\w)")
_OTHER_AGENT = re.compile(rf"(?<!\w)\w*وكيل\w* {_SERVICES}(?!\w)")
_RATION = re.compile(
    r"(?<!\w)(?:و|ب|ل)?(?:ال)?(?:حص\w+|تموين\w*|طحين\w*|تمن|رز|زيت|سكر|شكر|عدس|بقوليات|مفردات|سله)(?!\w)"
)
_HELD_BACK = frozenset({Kind.QUANTITY, Kind.DELAY})
_NOT_MONEY = frozenset({Kind.QUANTITY, Kind.DELAY, Kind.SUGGESTION})


@dataclass(frozen=True, slots=True)
class Opening:
    """What was said; None is unsaid. `kind`, `governorate` and `district` are codes.

    Attributes:
        agent_text: The agent's name or number as typed (folded).
        is_account: The sentence tells what happened, so that it need not be asked.
    """

    kind: str | None = None
    sum_dinars: int | None = None
    governorate: str | None = None
    district: str | None = None
    agent_text: str | None = None
    happened_on: date | None = None
    is_account: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    kinds: Mapping[Kind, Sequence[tuple[int, re.Pattern[str]]]]
    opening: frozenset[str]
    vocabulary: Vocabulary


def about_ration(folded: str) -> bool:
    """Whether a folded text names the ration, something of it, or its agent (not one of gas or fuel)."""
    agent = _AGENT.search(folded) and not _OTHER_AGENT.search(folded)
    return bool(_RATION.search(folded) or agent)


def other_agent(folded: str) -> bool:
    """Whether a folded text names an agent of gas, oil or the like."""
    return _OTHER_AGENT.search(folded) is not None


def is_elsewhere(text: str) -> bool:
    """Whether a complaint is plainly of another service than rations («كهرباء ماكو», «وكيل الغاز»)."""
    folded = normalise(text[:READ_MAX_CHARS])
    if _RATION.search(folded):
        return False
    return bool(_OTHER_AGENT.search(folded) or (_OTHER_SERVICE.search(folded) and not _AGENT.search(folded)))


def kind_of(text: str) -> Kind | None:
    """The kind that a sentence says; None if it says none, or only asks what is right."""
    words = _words()
    folded = _folded(text[:READ_MAX_CHARS], words)
    return None if _ASKS_PRICE.search(folded) or is_elsewhere(text) else _kind(folded, words)


def is_name(text: str) -> bool:
    """Whether the whole text reads like somebody's name: «احمد الجبوري», «ابو حيدر»."""
    if _LATIN_KUNYA.fullmatch(text.strip()):
        return True
    return agent_names.is_name(folded(text))


def folded(text: str) -> str:
    """A sentence as the words of this package are compared with it."""
    return _folded(text[:READ_MAX_CHARS], _words())


def read(text: str, today: date) -> Opening:
    """Reads a first sentence in any spelling or Arabizi; `today` is the day in Baghdad."""
    words = _words()
    text = text[:READ_MAX_CHARS]
    folded = _folded(text, words)
    asks = bool(_ASKS_PRICE.search(folded))  # a question of what is right says nothing of what was done
    kind = kind_of(text)
    place = resolve(text, sentence=True).match
    day = read_day(text, today, sentence=True)
    return Opening(
        kind=None if kind is None else kind.value,
        sum_dinars=None if asks or kind in _NOT_MONEY else read_sum(text, sentence=kind is not Kind.EXTRA_MONEY),
        governorate=None if place is None else place.governorate.code,
        district=None if place is None or place.district is None else place.district.code,
        agent_text=agent_names.name_in(folded),
        happened_on=day if isinstance(day, date) else None,
        is_account=not asks and _is_account(folded, kind, place, words),
    )


def _folded(text: str, words: _Words) -> str:
    plain = digits_to_ascii(text)
    if re.search("[A-Za-z]", plain):
        plain = to_arabic(plain, words.vocabulary)
    return _GLUED_NOT.sub("ما ", normalise(plain))


def _kind(folded: str, words: _Words) -> Kind | None:
    """The kind with the most weight; None if that is little, or another has as much: then it is asked."""
    weights = {
        kind: sum(weight for weight, pattern in patterns if pattern.search(folded))
        for kind, patterns in words.kinds.items()
    }
    if weights[Kind.SALE] >= SURE and max(weights, key=weights.__getitem__) in _HELD_BACK:
        return Kind.SALE  # what is not given out is what is sold: the weightier of the two
    most = max(weights.values())
    best = [kind for kind, weight in weights.items() if weight == most]
    return best[0] if most >= SURE and len(best) == 1 else None


def _is_account(folded: str, kind: Kind | None, place: Match | None, words: _Words) -> bool:
    where = "" if place is None else normalise(place.label)
    left = [
        word
        for word in folded.split()
        if word not in words.opening
        and not word.isdigit()
        and bare(word) not in words.opening
        and bare(word) not in where
    ]
    needed = UNKNOWN_ACCOUNT_WORDS if kind is None else SUGGESTION_WORDS if kind is Kind.SUGGESTION else 1
    return len(left) >= needed


@lru_cache(maxsize=1)
def _words() -> _Words:
    read_file = yaml.safe_load(_FILE.read_text())
    groups: dict[str, str] = read_file["words"]
    kinds: dict[Kind, list[tuple[int, re.Pattern[str]]]] = {}
    vocabulary: list[str] = []
    for name in read_file:
        if name in ("words", "opening"):
            continue
        lines = [str(line).split(maxsplit=1) for line in read_file[name]]
        kinds[Kind(name)] = [(int(weight), _pattern(phrase, groups)) for weight, phrase in lines]
        vocabulary += [re.sub("<.*?>|[*…]", " ", phrase) for _, phrase in lines]
    return _Words(
        kinds,
        frozenset(normalise(read_file["opening"]).split()),
        Vocabulary([*vocabulary, *groups.values(), read_file["opening"]]),
    )


def _pattern(phrase: str, groups: Mapping[str, str]) -> re.Pattern[str]:
    parts: list[str] = []
    for word in phrase.split():
        if word == "…":
            parts.append(_GAP)
        else:
            forms = groups[word[1:-1]].split() if word.startswith("<") else [word]
            joined = "|".join(dict.fromkeys(_form(form) for form in forms))
            parts.append((_INNER if parts else _BEFORE) + rf"(?:{joined})(?!\w) ?")
    return re.compile("".join(parts))


def _form(word: str) -> str:
    return re.escape(normalise(word.rstrip("*"))) + (r"\w*" if word.endswith("*") else "")
