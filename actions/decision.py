"""What to do with one citizen's line: pure rules over the intent and what the search found.

Both the actions and `make eval` use `decide`, so that what is measured is what the citizen gets.
"""

from dataclasses import dataclass
from enum import StrEnum

from catalog.search import Hit, SearchResult, Verdict

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

RESCUE_SCORE = 0.80
"""A line the classifier refuses is still answered when the search is this sure (probability) of a service."""
TOPIC_BEATS_SCORE = 0.60
"""Below this probability a facet question belongs to the conversation's topic, not to a newly found service."""
MAX_CHOICES = 3


class Act(StrEnum):
    """What the assistant does with the line."""

    ANSWER = "answer"
    CHOOSE = "choose"
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


def decide(intent: str, found: SearchResult, topic: str | None = None) -> Decision:
    """Decides what to do with a line of a service intent or of `out_of_scope`.

    Args:
        intent: the classifier's intent.
        found: the search's answer for the same line.
        topic: code of the entry that the conversation is about, if any.
    """
    best = found.hits[0] if found.hits else None
    if intent not in SERVICE_INTENTS:
        if best and found.verdict is Verdict.SURE and best.score >= RESCUE_SCORE:
            return Decision(Act.ANSWER, "ask_service", (best,))
        return Decision(Act.OUT_OF_SCOPE, "out_of_scope", found.hits[:MAX_CHOICES])

    if best and found.verdict is Verdict.SURE:
        return Decision(Act.ANSWER, intent, (best,))
    follows_topic = topic and (intent in FACET_OF_INTENT or not found.names_something)
    if topic and follows_topic and (best is None or best.score < TOPIC_BEATS_SCORE or _among(topic, found)):
        return Decision(Act.ANSWER, intent, (Hit(code=topic, score=1.0),))
    if found.verdict is Verdict.TORN:
        return Decision(Act.CHOOSE, intent, found.hits[:MAX_CHOICES])
    if intent in FACET_OF_INTENT and not found.names_something:
        return Decision(Act.WHICH_SERVICE, intent)
    return Decision(Act.NOT_FOUND, intent, found.hits[:MAX_CHOICES])


def _among(code: str, found: SearchResult) -> bool:
    return any(hit.code == code for hit in found.hits[:MAX_CHOICES])
