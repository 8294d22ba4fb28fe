"""What to do with one citizen's line: pure rules over the intent and what the search found.

Both the actions and `make eval` use `decide`, so that what is measured is what the citizen gets.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalog.search import Evidence, Hit, SearchResult, Verdict

FACET_OF_INTENT = {
    "ask_documents": "documents",
    "ask_fee": "fee",
    "ask_steps": "steps",
    "ask_duration": "duration",
    "ask_eligibility": "eligibility",
    "ask_link": "link",
    "ask_contact": "contact",
}
INTENT_OF_FACET = {facet: intent for intent, facet in FACET_OF_INTENT.items()}
SERVICE_INTENTS = frozenset(FACET_OF_INTENT) | {"ask_service"}
COURTESY_INTENTS = frozenset({"greet", "thank", "goodbye", "affirm", "deny"})
"""Words that often come before a question («صباح الخير اريد اجدد جوازي», «لا اقصد شهادة الوفاة»)."""

OUT_OF_SCOPE = "out_of_scope"

# Whether a line is the assistant's business at all: a logistic regression over the classifier and the search, which err
# on different lines. `python -m evaluation.fit_outside` fits the weights on the development set.
OUTSIDE_INTERCEPT = -0.31
OUTSIDE_WEIGHT_CLASSIFIER = 0.64
OUTSIDE_WEIGHT_SEARCH = -0.50
OUTSIDE_WEIGHT_NAMELESS = -0.77
OUTSIDE_FROM = 0.33
"""A line is refused from this probability on: recall of refusals 0.93 at 1.1 % of good lines refused."""
_SMALL = 1e-3

REFUSED_DESPITE_EVIDENCE_FROM = 0.65
"""Below this a line is not refused if nearly all its words are of the entry that the search is sure of."""
SURELY_OUTSIDE_FROM = 0.95
"""From here on a line is not taken for a question about the topic."""

TOPIC_BEATS_SCORE = 0.60
"""Below this probability a facet question belongs to the conversation's topic, not to a newly found service."""
TOPIC_BEATS_SCANT_SCORE = 0.85
"""The same where a single shared word speaks for the service found."""
MAX_CHOICES = 3
CHOICE_MIN_SCORE = 0.1
"""Entries less likely than this are not offered beside a likelier one."""


class Act(StrEnum):
    """What the assistant does with the line."""

    ANSWER = "answer"
    CHOOSE = "choose"
    CONFIRM = "confirm"
    """Probably none of the assistant's business, yet one entry is clearly the nearest: ask before refusing."""
    WHICH_SERVICE = "which_service"
    NOT_FOUND = "not_found"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Decision:
    """`intent` is the one acted on; `hits` are the entries to answer with (one) or to offer (several), best first."""

    act: Act
    intent: str
    hits: tuple[Hit, ...] = ()

    @property
    def facet(self) -> str | None:
        """The facet asked for, or None for the whole card."""
        return FACET_OF_INTENT.get(self.intent)

    @property
    def asked_intent(self) -> str:
        """The intent that a button for one of `hits` stands for."""
        return self.intent if self.intent in SERVICE_INTENTS else "ask_service"


@dataclass(frozen=True, slots=True)
class Understood:
    """The classifier's answer: its intent, and pairs of intent and confidence, best first."""

    intent: str
    ranking: Sequence[tuple[str, float]] = ()

    @property
    def service_intent(self) -> str:
        """The likeliest intent about a service."""
        return next((name for name, _ in self._candidates() if name in SERVICE_INTENTS), "ask_service")

    @property
    def likeliest_but_refusal(self) -> str:
        """The likeliest intent that is an answer; empty if the classifier named none."""
        return next((name for name, _ in self._candidates() if name != OUT_OF_SCOPE), "")

    def _candidates(self) -> list[tuple[str, float]]:
        return [(self.intent, 1.0), *self.ranking]


def decide(understood: Understood, found: SearchResult, topic: str | None = None) -> Decision:
    """Decides what to do with a line of a service intent or of `out_of_scope`.

    Args:
        understood: the classifier's answer.
        found: the search's answer for the same line.
        topic: code of the entry that the conversation is about, if any.
    """
    outside = outside_probability(understood, found)
    sure = found.verdict is Verdict.SURE
    if outside >= OUTSIDE_FROM and not (sure and found.evidence is Evidence.STRONG and outside < SURELY_OUTSIDE_FROM):
        if sure and found.evidence is not Evidence.SCANT:
            return Decision(Act.CONFIRM, OUT_OF_SCOPE, found.hits[:1])
        return Decision(Act.OUT_OF_SCOPE, OUT_OF_SCOPE, found.hits[:MAX_CHOICES])
    intent = understood.service_intent
    asks_facet = intent in FACET_OF_INTENT
    best = found.hits[0] if found.hits else None
    if topic and (not found.names_something or (asks_facet and best and best.kind == "faq")):
        return Decision(Act.ANSWER, intent, (Hit(code=topic, score=1.0),))
    if best and found.verdict is Verdict.SURE:
        return Decision(Act.ANSWER, intent, (best,))
    scant = found.evidence in (Evidence.SCANT, Evidence.NONE)
    beaten = TOPIC_BEATS_SCANT_SCORE if scant else TOPIC_BEATS_SCORE
    if topic and asks_facet and (best is None or best.score < beaten or _among(topic, found)):
        return Decision(Act.ANSWER, intent, (Hit(code=topic, score=1.0),))
    if found.verdict is Verdict.TORN:
        likely = tuple(hit for hit in found.hits if hit.score >= CHOICE_MIN_SCORE)
        services = tuple(hit for hit in likely if hit.kind == "service")
        return Decision(Act.CHOOSE, intent, (services if asks_facet and services else likely)[:MAX_CHOICES])
    if asks_facet and not found.names_something:
        return Decision(Act.WHICH_SERVICE, intent)
    return Decision(Act.NOT_FOUND, intent, found.hits[:MAX_CHOICES])


def decide_courtesy(understood: Understood, found: SearchResult) -> Decision | None:
    """The answer to the question behind a courtesy, if there is one that the search is sure of."""
    if found.verdict is Verdict.SURE and found.names_something:
        return Decision(Act.ANSWER, understood.service_intent, found.hits[:1])
    return None


def outside_probability(understood: Understood, found: SearchResult) -> float:
    """How likely a line is none of the assistant's business (0 to 1)."""
    classifier, search, nameless = outside_features(understood, found)
    score = OUTSIDE_INTERCEPT + OUTSIDE_WEIGHT_CLASSIFIER * classifier + OUTSIDE_WEIGHT_SEARCH * search
    return 1 / (1 + math.exp(-(score + OUTSIDE_WEIGHT_NAMELESS * nameless)))


def outside_features(understood: Understood, found: SearchResult) -> tuple[float, float, float]:
    """Log odds of refusal against a service by the classifier, log odds of the best hit, 1.0 if nothing is named."""
    ranking = dict(understood.ranking or [(understood.intent, 1.0)])
    refused = ranking.get(OUT_OF_SCOPE, 0.0) + _SMALL
    wanted = sum(confidence for name, confidence in ranking.items() if name in SERVICE_INTENTS) + _SMALL
    best = min(max(found.hits[0].score if found.hits else 0.0, _SMALL), 1 - _SMALL)
    nameless = 0.0 if found.names_something else 1.0
    return math.log(refused) - math.log(wanted), math.log(best / (1 - best)), nameless


def _among(code: str, found: SearchResult) -> bool:
    return any(hit.code == code for hit in found.hits[:MAX_CHOICES])
