"""Yes, no, and starting over."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer_entry
from actions.decision import FACET_OF_INTENT
from actions.resources import resources
from actions.switched_off import say_if_switched_off
from actions.turn import Turn

Events = list[dict[str, Any]]


class ActionAffirm(Action):
    """`affirm`: takes what was offered, if anything was."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        offer = Turn.of(tracker, resources().clock()).offer
        if not offer:
            dispatcher.utter_message(response="utter_affirm_nothing")
            return []
        if "code" in offer:
            if say_if_switched_off(dispatcher):
                return []
            return await answer_entry(dispatcher, offer["code"], FACET_OF_INTENT.get(offer["intent"]))
        dispatcher.utter_message(response=f"utter_{offer['intent']}")
        return [SlotSet("offer", None)]


class ActionDeny(Action):
    """`deny`: drops what was offered and asks for other words."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_deny"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        dispatcher.utter_message(response="utter_deny")
        return [SlotSet("offer", None)]


class ActionReset(Action):
    """`cancel`: forgets topic and offer."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_reset"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        dispatcher.utter_message(response="utter_cancelled")
        return [SlotSet("topic", None), SlotSet("offer", None), SlotSet("failures", 0)]
