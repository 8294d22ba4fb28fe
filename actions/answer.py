"""Answers about a service, facets of it, or a general question."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncSession

from actions import answers
from actions.asked import chosen, facets_named, not_held
from actions.decision import FACET_OF_INTENT, Act, Decision, decide
from actions.fallback import fail, offer_nearest
from actions.messages import say, service_button
from actions.offer import no_offer, set_offer
from actions.resources import resources
from actions.switched_off import say_if_switched_off
from actions.topic import set_topic
from actions.turn import Turn
from catalog import service as catalogue
from catalog.search import Hit, SearchResult

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
            return await answer_entry(dispatcher, pressed, _facets_of(turn.understood.intent))
        return await respond(dispatcher, turn)


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
    return await carry_out(
        dispatcher, _with_offer(_with_topic(decide(turn.understood, found, turn.topic), found, turn), turn), turn
    )


async def take_choice(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """Answers if the line picks one of the entries just offered («الثانية»); else no events."""
    if turn.offer and (code := chosen(turn.text, turn.offer.codes, turn.offer.first)):
        return await answer_entry(dispatcher, code, _facets_of(turn.offer.intent))
    return []


async def carry_out(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> Events:
    """Says what was decided; returns the events that keep it in mind."""
    match decision.act:
        case Act.ANSWER:
            return await _answer(dispatcher, decision, turn)
        case Act.CHOOSE:
            return await _choose(dispatcher, decision)
        case Act.WHICH_SERVICE:
            dispatcher.utter_message(response="utter_which_service")
            return [set_offer(decision.intent)]
        case Act.NOT_FOUND:
            return await offer_nearest(dispatcher, decision, turn)
        case Act.OUT_OF_SCOPE:
            return await fail(dispatcher, decision, turn)


async def answer_entry(
    dispatcher: CollectingDispatcher, code: str, facets: Sequence[str], missing: str | None = None
) -> Events:
    """Answers with the entry `code` (a service or a FAQ): its card, some facets, or that it lacks `missing`."""
    async with resources().sessions() as session:
        if await _say_service(dispatcher, session, code, facets, missing):
            return [set_topic(code, resources().clock()), no_offer()]
        if faq := await catalogue.get_faq(session, code):
            # A general question does not become the topic: «وشكد الرسوم؟» after it is about the service before.
            say(dispatcher, answers.faq_answer(faq))
            return [no_offer()]
    dispatcher.utter_message(response="utter_gone")
    return [SlotSet("topic", None), no_offer()]


async def _answer(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> Events:
    facets = _facets_of(decision.intent)
    named = facets_named(turn.text)
    if facets and len(named) > 1:
        facets = named if facets[0] in named else [*facets, *named]
    missing = not_held(turn.text) if facets and facets[0] in FACETS_WITHOUT_FIGURES else None
    return await answer_entry(dispatcher, decision.hits[0].code, facets, missing)


async def _say_service(
    dispatcher: CollectingDispatcher, session: AsyncSession, code: str, facets: Sequence[str], missing: str | None
) -> bool:
    service = await catalogue.get_service(session, code)
    if service is None:
        return False
    if missing:
        say(dispatcher, answers.missing_answer(service, missing), answers.facet_buttons(service))
    elif facets:
        say(dispatcher, answers.facets_answer(service, facets), answers.facet_buttons(service, without=facets))
    else:
        say(dispatcher, answers.card(service), answers.facet_buttons(service))
    return True


async def _choose(dispatcher: CollectingDispatcher, decision: Decision) -> Events:
    async with resources().sessions() as session:
        titles = await catalogue.titles(session, [hit.code for hit in decision.hits])
    buttons = [service_button(title, decision.intent, code) for code, title in titles.items()]
    text = "أي واحدة تقصد؟" if len(titles) > 1 else f"هل تقصد «{next(iter(titles.values()), '')}»؟"
    say(dispatcher, text, buttons)
    return [set_offer(decision.intent, list(titles))]


def _with_topic(decision: Decision, found: SearchResult, turn: Turn) -> Decision:
    """A short line that names a facet beyond doubt is about the topic, even where the classifier saw nothing in it."""
    named = facets_named(turn.text)
    if decision.act is Act.OUT_OF_SCOPE and turn.topic and named and not found.names_something:
        return Decision(Act.ANSWER, f"ask_{named[0]}", (Hit(code=turn.topic, score=1.0),))
    return decision


def _with_offer(decision: Decision, turn: Turn) -> Decision:
    """A facet that waited for its service gets it; a facet asked while a choice is open keeps the choice open."""
    if turn.offer is None:
        return decision
    if decision.act is Act.WHICH_SERVICE and turn.offer.codes:
        return replace(decision, act=Act.CHOOSE, hits=tuple(Hit(code=code, score=0.0) for code in turn.offer.codes))
    waits = turn.offer.intent in FACET_OF_INTENT and decision.intent == "ask_service"
    if waits and decision.act in (Act.ANSWER, Act.CHOOSE):
        return replace(decision, intent=turn.offer.intent)
    return decision


def _facets_of(intent: str) -> list[str]:
    return [FACET_OF_INTENT[intent]] if intent in FACET_OF_INTENT else []
