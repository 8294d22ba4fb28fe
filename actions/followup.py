"""Short lines that ask more about what is being spoken of («اونلاين لو اروح», «المختار لازم؟», «بيش ووين»)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from actions.asked import facets_named
from actions.decision import INTENT_OF_FACET, SURELY_OUTSIDE_FROM, Act, Decision, outside_probability
from actions.resources import resources
from actions.turn import Turn
from arabic import looks_arabizi
from arabic.arabizi import to_arabic
from arabic.normalise import normalise
from catalog.search import Hit, SearchResult, Verdict
from catalog.words import bare, is_empty, stem

WORDS_CACHED: Final = 10_000
LINES_CACHED: Final = 100
"""A turn reads its line more than once."""
UNKNOWN_WORDS: Final = 2
"""A line with so many words that are neither cues nor empty still is a follow-up where the search finds nothing."""

_CUES: Final = {
    "contact": """
        اونلاين online نت بالنت عالنت انترنت بالانترنت الانترنت الكتروني الكترونيا حضوري حضوريا بالتطبيق بيت بالبيت
        البيت احجز حجز بالحجز محجوز 7ajz موعد بموعد مواعيد اروح وين ويني منين دايره للدايره الدايره مباشر مباشره
        عنوان مكانهم اقرب aruh
        """,
    "eligibility": """
        عمري عمره عمرها عمر سنين تحت قاصر يستحق يستحقون يشملني يشمله يشملنا بنفسي بدالي بدالها شخصيا تجي يجي اجي
        """,
    "documents": "مختار كفيل كفلاء كفاله ختم استنساخ ويايه وياي",
    "fee": "بيش راتب رواتب ينطون ينطوني تنطوني ينطونا ينطوه فايده فوايد مليون قسط اقساط",
    "duration": "شوكت يمته استلمه استلمها استلم",
    "link": "link rabit لنك لينك رابط",
}
_HELPLESS: Final = (Act.OUT_OF_SCOPE, Act.NOT_FOUND, Act.WHICH_SERVICE)
_TELLING: Final = ("eligibility", "documents", "link")
"""Facets whose cues are seldom words of another matter, as prices and places are («سعر الذهب», «وين المحكمة»)."""
_CUE_OF: Final = {normalise(word): facet for facet, words in _CUES.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The facets that a line names, in its order, and how many of its words are neither cues nor empty."""

    facets: tuple[str, ...]
    unknown: int

    @property
    def says_no_more(self) -> bool:
        """Whether the line holds nothing but facets."""
        return bool(self.facets) and self.unknown == 0


@lru_cache(maxsize=LINES_CACHED)
def read(text: str) -> FollowUp:
    """What a line asks more."""
    facets: dict[str, None] = {}
    unknown = 0
    if looks_arabizi(text):
        text = to_arabic(text)
    for word in normalise(text).split():
        if cue := _cue(word):
            facets.setdefault(cue)
        elif not is_empty(word):
            unknown += 1
    for facet in facets_named(text):  # those of more than one word: «كم يوم»
        facets.setdefault(facet)
    return FollowUp(tuple(facets), unknown)


def about_what_was_said(decision: Decision, found: SearchResult, turn: Turn) -> Decision:
    """The decision for a follow-up: about the entries just offered, else about the topic; any other stays."""
    candidates = tuple(code for code in turn.offer.candidates if resources().index.service(code)) if turn.offer else ()
    if decision.act is Act.CHOOSE and len(candidates) == 1 and candidates == tuple(hit.code for hit in decision.hits):
        return _about(candidates, decision.intent)  # asked whether it is meant, the citizen names it again
    asked = read(turn.text)
    if not (asked.says_no_more or _may_ask_more(asked, decision, found, turn)):
        if decision.act is Act.WHICH_SERVICE and candidates:
            return _about(candidates, decision.intent)
        return decision
    already = decision.act is Act.ANSWER and decision.hits[0].code == turn.topic and decision.facet in asked.facets
    intent = decision.intent if already else INTENT_OF_FACET[asked.facets[0]]
    if candidates:
        return _about(candidates, intent)
    return _about((turn.topic,), intent) if turn.topic else decision


def _may_ask_more(asked: FollowUp, decision: Decision, found: SearchResult, turn: Turn) -> bool:
    """Whether a line with a word that names nothing here («ابني عمره ١٠ سنين يصير») is still about what was said."""
    helpless = decision.act in _HELPLESS and found.verdict is Verdict.NOTHING
    if not (helpless and asked.facets and asked.unknown <= UNKNOWN_WORDS):
        return False
    return asked.facets[0] in _TELLING and outside_probability(turn.understood, found) < SURELY_OUTSIDE_FROM


def _about(codes: Sequence[str], intent: str) -> Decision:
    hits = tuple(Hit(code=code, score=1.0) for code in codes)
    return Decision(Act.ANSWER if len(hits) == 1 else Act.CHOOSE, intent, hits)


@lru_cache(maxsize=WORDS_CACHED)
def _cue(word: str) -> str | None:
    forms = (word, bare(word), stem(word))
    return next((_CUE_OF[form] for form in forms if form in _CUE_OF), None) or next(iter(facets_named(word)), None)
