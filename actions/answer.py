"""Answers about a service, facets of it, or a general question."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import also, answers, ask_back, followup
from actions.asked import chosen, chosen_by_name, facets_named, not_held, paper_asked
from actions.decision import FACET_OF_INTENT, Act, Decision, Understood, decide
from actions.elsewhere import RATION_COMPLAINTS, only_complains
from actions.elsewhere import answer as say_who_takes_it
from actions.fallback import confirm_nearest, fail, offer_nearest
from actions.handoff import is_sensitive
from actions.here import beginnings
from actions.messages import PERSON, Button, say
from actions.offer import no_offer
from actions.place import within_place
from actions.resources import resources
from actions.switched_off import say_if_switched_off
from actions.topic import set_topic
from actions.turn import Turn
from catalog.models import Service

Events = list[dict[str, Any]]

FACETS_WITHOUT_FIGURES = ("fee", "duration", "contact")
"""Questions for these are sometimes for something that no entry holds: a salary, a validity, office hours."""


class ActionAnswer(Action):
    """`ask_service` and `ask_<facet>`: finds what is meant and answers, asks back, or says that nothing was found."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        if say_if_switched_off(dispatcher):
            return []
        turn = Turn.of(tracker, resources().clock())
        if pressed := turn.entities.get("service"):
            return await answer_entry(dispatcher, pressed, _facets_of(turn.understood.intent), turn)
        return await respond(dispatcher, turn)


class ActionExplain(Action):
    """Says what a service is, whatever the classifier took the line for."""

    def name(self) -> str:
        """Never asked for by the engine."""
        return "action_explain"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        if say_if_switched_off(dispatcher):
            return []
        turn = Turn.of(tracker, resources().clock())
        return await respond(dispatcher, turn.saying(turn.text, Understood("ask_service")))


class ActionOutOfScope(Action):
    """`out_of_scope`: still answers where the search knows better, else says what the assistant is for."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_out_of_scope"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        if say_if_switched_off(dispatcher):
            return []
        return await respond(dispatcher, Turn.of(tracker, resources().clock()))


async def respond(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """Answers a typed line that is, or may be, about a service."""
    if picked := await take_choice(dispatcher, turn):
        return picked
    found = await resources().index.search(turn.text)
    topic = None if turn.offer and turn.offer.candidates else turn.topic
    decision = within_place(decide(turn.understood, found, topic), turn)
    decision = followup.about_what_was_said(decision, found, turn)
    return await carry_out(dispatcher, _with_waiting_facet(decision, turn), turn)


async def take_choice(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """Answers if the line picks one of the entries just offered («الثانية», «سكن»); else no events."""
    if turn.offer is None or not turn.offer.codes:
        return []
    code = chosen(turn.text, turn.offer.codes, turn.offer.first)
    if code is None and len(turn.offer.codes) > 1:
        code = chosen_by_name(turn.text, resources().index.titles(turn.offer.codes))
    if code:
        return await answer_entry(dispatcher, code, _facets_of(turn.offer.intent), turn)
    return []


async def carry_out(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> Events:
    """Says what was decided; returns the events that keep it in mind."""
    match decision.act:
        case Act.ANSWER:
            return await _answer(dispatcher, decision, turn)
        case Act.CHOOSE:
            if not turn.in_form and len(each := await also.matters(turn.text)) > 1:
                return await _answer_first(dispatcher, each, turn)
            return ask_back.which(dispatcher, decision, turn)
        case Act.WHICH_SERVICE:
            return ask_back.which_service(dispatcher, decision, turn)
        case Act.NOT_FOUND:
            return await offer_nearest(dispatcher, decision, turn)
        case Act.CONFIRM:
            return await confirm_nearest(dispatcher, decision, turn)
        case Act.OUT_OF_SCOPE:
            return await fail(dispatcher, decision, turn)


async def answer_entry(
    dispatcher: CollectingDispatcher, code: str, facets: Sequence[str], turn: Turn | None = None
) -> Events:
    """Answers with the entry `code` (a service or a FAQ): its card or some facets; `turn` tells what else was said."""
    if service := resources().index.service(code):
        _say_service(dispatcher, service, facets, turn)
        return [set_topic(code, resources().clock()), no_offer()]
    if faq := resources().index.faq(code):
        # A general question does not become the topic: «وشكد الرسوم؟» after it is about the service before.
        say(dispatcher, answers.faq_answer(faq))
        return [no_offer()]
    dispatcher.utter_message(response="utter_gone")
    return [SlotSet("topic", None), no_offer()]


async def _answer(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> Events:
    facets = _facets_of(decision.intent)
    code = decision.hits[0].code
    complains = not turn.in_form and (not facets or code in RATION_COMPLAINTS)
    if complains and (complaint := only_complains(turn.text, code)) is not None:
        return say_who_takes_it(dispatcher, complaint)
    asked = followup.read(turn.text)
    named = asked.facets if asked.says_no_more else facets_named(turn.text)
    if facets and len(named) > 1:
        facets = list(named) if facets[0] in named else [*facets, *named]
    events = await answer_entry(dispatcher, code, facets, turn)
    if not turn.in_form and code != turn.topic:
        await also.name_others(dispatcher, turn.text, code)
    return events


async def _answer_first(dispatcher: CollectingDispatcher, matters: Mapping[str, str], turn: Turn) -> Events:
    """Answers the first of several matters of a message, and names the others."""
    (code, part), *others = matters.items()
    events = await answer_entry(dispatcher, code, facets_named(part), turn.saying(part, turn.understood))
    also.name(dispatcher, [other for other, _ in others])
    return events


def _say_service(dispatcher: CollectingDispatcher, service: Service, facets: Sequence[str], turn: Turn | None) -> None:
    again = turn is not None and turn.topic == service.code
    missing = not_held(turn.text) if turn and facets and facets[0] in FACETS_WITHOUT_FIGURES else None
    paper = paper_asked(turn.text) if turn and "documents" in facets else None
    if missing:
        say(dispatcher, answers.missing_answer(service, missing), _buttons(service))
    elif facets:
        unknown = paper[1] if paper and not answers.mentions(service, paper[0]) else None
        text = answers.facets_answer(service, facets, again=again, unknown=unknown)
        say(dispatcher, text, _buttons(service, without=facets))
    else:
        say(dispatcher, answers.card(service, again=again), _buttons(service))


def _buttons(service: Service, without: Sequence[str] = ()) -> list[Button]:
    """What to do here at once, and what to ask next; with a sensitive topic, a person too."""
    person = [PERSON] if is_sensitive(service.code) else []
    return [*beginnings(service.code), *answers.facet_buttons(service, without), *person]


def _with_waiting_facet(decision: Decision, turn: Turn) -> Decision:
    """A facet that waited for its service gets it."""
    waits = turn.offer and turn.offer.intent in FACET_OF_INTENT and decision.intent == "ask_service"
    if turn.offer and waits and decision.act in (Act.ANSWER, Act.CHOOSE):
        return replace(decision, intent=turn.offer.intent)
    return decision


def _facets_of(intent: str) -> list[str]:
    return [FACET_OF_INTENT[intent]] if intent in FACET_OF_INTENT else []
