"""Answers about a service, a facet of it, or a general question."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncSession

from actions import answers
from actions.decision import FACET_OF_INTENT, Act, Decision, decide
from actions.fallback import fail, offer_nearest
from actions.messages import say, service_button
from actions.resources import resources
from actions.switched_off import say_if_switched_off
from actions.topic import set_topic
from actions.turn import Turn
from catalog import service as catalogue

Events = list[dict[str, Any]]


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
        pressed = turn.entities.get("service")
        if pressed:
            return await answer_entry(dispatcher, pressed, FACET_OF_INTENT.get(turn.understood.intent))
        found = await resources().index.search(turn.text)
        return await carry_out(dispatcher, decide(turn.understood, found, turn.topic), turn)


class ActionOutOfScope(Action):
    """`out_of_scope`: still answers where the search knows better, else says what the assistant is for."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_out_of_scope"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        if say_if_switched_off(dispatcher):
            return []
        turn = Turn.of(tracker, resources().clock())
        found = await resources().index.search(turn.text)
        return await carry_out(dispatcher, decide(turn.understood, found, turn.topic), turn)


async def carry_out(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> Events:
    """Says what was decided; returns the events that keep it in mind."""
    match decision.act:
        case Act.ANSWER:
            return await answer_entry(dispatcher, decision.hits[0].code, decision.facet)
        case Act.CHOOSE:
            return await _choose(dispatcher, decision)
        case Act.WHICH_SERVICE:
            dispatcher.utter_message(response="utter_which_service")
            return []
        case Act.NOT_FOUND:
            return await offer_nearest(dispatcher, decision, turn)
        case Act.OUT_OF_SCOPE:
            return await fail(dispatcher, decision, turn)


async def answer_entry(dispatcher: CollectingDispatcher, code: str, facet: str | None) -> Events:
    """Answers with the entry `code` (a service or a FAQ), its card or one facet."""
    async with resources().sessions() as session:
        answered = await _say_entry(dispatcher, session, code, facet)
    if not answered:
        dispatcher.utter_message(response="utter_gone")
        return [SlotSet("topic", None)]
    return [set_topic(code, resources().clock()), SlotSet("offer", None)]


async def _say_entry(dispatcher: CollectingDispatcher, session: AsyncSession, code: str, facet: str | None) -> bool:
    if service := await catalogue.get_service(session, code):
        text = answers.facet_answer(service, facet) if facet else answers.card(service)
        say(dispatcher, text, answers.facet_buttons(service, without=facet))
        return True
    if faq := await catalogue.get_faq(session, code):
        say(dispatcher, answers.faq_answer(faq))
        return True
    return False


async def _choose(dispatcher: CollectingDispatcher, decision: Decision) -> Events:
    async with resources().sessions() as session:
        titles = await catalogue.titles(session, [hit.code for hit in decision.hits])
    buttons = [service_button(title, decision.intent, code) for code, title in titles.items()]
    if len(titles) == 1:
        ((code, title),) = titles.items()
        say(dispatcher, f"هل تقصد «{title}»؟", buttons)
        return [SlotSet("offer", {"intent": decision.intent, "code": code})]
    say(dispatcher, "أي واحدة تقصد؟", buttons)
    return [SlotSet("offer", None)]
