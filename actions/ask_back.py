"""Asking back: which of some entries, which service at all. The same words are never said twice in a row."""

from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.decision import Decision
from actions.messages import CATEGORIES, PERSON, say, service_button
from actions.offer import set_offer
from actions.resources import resources
from actions.turn import Turn

Events = list[dict[str, Any]]


def which(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> Events:
    """Asks which of the decision's entries is meant; asked for the second time, offers all services and a person."""
    titles = resources().index.titles([hit.code for hit in decision.hits])
    buttons = [service_button(title, decision.asked_intent, code) for code, title in titles.items()]
    asked = _times(turn, tuple(titles))
    if asked % 2 == 0:
        say(dispatcher, "لم أعرف أيها تقصد. اضغط اسم الخدمة، أو اختر من كل الخدمات.", [*buttons, CATEGORIES, PERSON])
    elif len(titles) > 1:
        say(dispatcher, "أي واحدة تقصد؟", [*buttons, CATEGORIES])
    else:
        title = next(iter(titles.values()), "").rstrip("؟")
        text = f"هل تقصد «{title}»؟ إن كان غيرها فاكتب اسم الخدمة."
        say(dispatcher, text, [*buttons, CATEGORIES, PERSON])
    return [set_offer(decision.asked_intent, list(titles), asked=asked)]


def which_service(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> Events:
    """Asks what a facet is asked of."""
    asked = _times(turn, ()) if turn.offer and turn.offer.intent != "request_human" else 1
    if asked == 1 and turn.failures_before:  # nothing was found the turn before: the same is not asked again
        asked = 2
    if asked % 2 == 0:
        text = "ما زلت لا أعرف أي خدمة تقصد. اختر باباً من كل الخدمات، أو تكلم مع إنسان."
        say(dispatcher, text, [CATEGORIES, PERSON])
    else:
        dispatcher.utter_message(response="utter_which_service")
    return [set_offer(decision.intent, asked=asked)]


def _times(turn: Turn, codes: tuple[str, ...]) -> int:
    """How many times in a row this is asked now."""
    return turn.offer.asked + 1 if turn.offer and turn.offer.codes == codes else 1
