"""Greetings, thanks, yes and no, alone or before a question; starting over."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer_entry, carry_out, respond, take_choice
from actions.asked import besides_cancelling, facets_named
from actions.decision import FACET_OF_INTENT, Act, Decision, decide_courtesy
from actions.handoff import ask_for_person, leave_queue
from actions.offer import no_offer
from actions.resources import resources
from actions.switched_off import say_if_switched_off
from actions.turn import Turn
from catalog.search import Hit
from operations.switches.models import Capability

Events = list[dict[str, Any]]


async def question_behind(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """Answers the question behind a courtesy («شكرا بس وين اقدم على الرعاية»); no events if there is none."""
    if picked := await take_choice(dispatcher, turn):
        return picked
    found = await resources().index.search(turn.text)
    if decision := decide_courtesy(turn.understood, found):
        return await carry_out(dispatcher, decision, turn)
    named = facets_named(turn.text)
    if named and turn.topic and not found.names_something:
        about_topic = Decision(Act.ANSWER, f"ask_{named[0]}", (Hit(code=turn.topic, score=1.0),))
        return await carry_out(dispatcher, about_topic, turn)
    return []


class Courtesy(Action):
    """A courtesy with a fixed answer, unless a question stands behind it."""

    def __init__(self, intent: str) -> None:
        """For the domain's intent `intent`, its action `action_<intent>` and its sentence `utter_<intent>`."""
        self._intent = intent

    def name(self) -> str:
        """The action's name in the domain."""
        return f"action_{self._intent}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        turn = Turn.of(tracker, resources().clock())
        asks = not turn.text.startswith("/") and resources().board.message(Capability.SERVICE_ANSWERS) is None
        if asks and (events := await question_behind(dispatcher, turn)):
            return events
        return await self.answer(dispatcher, turn)

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        """Says the fixed sentence."""
        dispatcher.utter_message(response=f"utter_{self._intent}")
        return [no_offer()]


class Affirm(Courtesy):
    """`affirm`: takes what was offered, if one thing was."""

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        """Takes the offer."""
        offer = turn.offer
        if offer is None or len(offer.codes) > 1 or (not offer.codes and offer.intent in FACET_OF_INTENT):
            dispatcher.utter_message(response="utter_affirm")
            return []
        if offer.codes:
            if say_if_switched_off(dispatcher):
                return []
            facet = FACET_OF_INTENT.get(offer.intent)
            return await answer_entry(dispatcher, offer.codes[0], [facet] if facet else [])
        if offer.intent == "request_human":
            return await ask_for_person(dispatcher, turn)
        dispatcher.utter_message(response=f"utter_{offer.intent}")
        return [no_offer()]


class ActionReset(Action):
    """`cancel`: forgets topic and offer, unless the line names a matter that is to be cancelled; leaves the queue."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_reset"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        turn = Turn.of(tracker, resources().clock())
        if resources().index.knows_any(besides_cancelling(turn.text)) and not say_if_switched_off(dispatcher):
            return await respond(dispatcher, turn)  # «اريد اوكف قرضي» is about a loan, not about this conversation
        if told := await leave_queue(turn):
            dispatcher.utter_message(text=told)
        else:
            dispatcher.utter_message(response="utter_cancelled")
        return [SlotSet("topic", None), no_offer(), SlotSet("failures", 0)]
