"""Asking for a person: the conversation is put into the staff's queue."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.abuse import is_abuse
from actions.messages import shorten
from actions.offer import no_offer
from actions.resources import resources
from actions.switched_off import say_if_switched_off
from actions.turn import Turn
from casework.handoffs import repository
from casework.handoffs import service as handoffs
from casework.handoffs.models import Reason, State
from catalog import service as catalogue
from citizens import repository as citizens
from foundation.database import transaction
from operations.switches.models import Capability

FAILURES_OFFERED = 2
"""After so many turns in a row that were not understood, a person is offered (actions/fallback.py)."""


class RequestHuman(Action):
    """`request_human`: puts the conversation into the queue, or tells its place."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_request_human"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Runs the action."""
        return await ask_for_person(dispatcher, Turn.of(tracker, resources().clock()))


async def ask_for_person(dispatcher: CollectingDispatcher, turn: Turn) -> list[dict[str, Any]]:
    """Opens the handoff; without a stored conversation it says `utter_request_human`."""
    if say_if_switched_off(dispatcher, Capability.HANDOFFS):
        return [no_offer()]
    held = resources()
    async with transaction(held.sessions) as session:
        conversation = await citizens.by_engine_sender(session, turn.sender)
        if conversation is None:
            dispatcher.utter_message(response="utter_request_human")
            return [no_offer()]
        title = (await catalogue.titles(session, [turn.topic])).get(turn.topic, "") if turn.topic else ""
        queued = await handoffs.ask(
            session, conversation.id, _reason(turn), held.clock(), topic=turn.topic or "", topic_title=title
        )
    buttons = [{"title": shorten(option.title), "payload": option.payload} for option in queued.options]
    dispatcher.utter_message(json_message={"text": queued.text, "buttons": buttons, "attachments": []})
    return [no_offer(), SlotSet("failures", 0)]


async def leave_queue(turn: Turn) -> str | None:
    """Takes the conversation out of the queue; what is said, None if it does not wait there."""
    held = resources()
    async with transaction(held.sessions) as session:
        conversation = await citizens.by_engine_sender(session, turn.sender)
        waiting = None if conversation is None else await repository.open_of(session, conversation.id)
        if conversation is None or waiting is None or waiting.state == State.CLAIMED:
            return None
        return await handoffs.leave(session, conversation.id, held.clock())


def is_sensitive(code: str | None) -> bool:
    """Whether a person is offered with answers about this service."""
    return bool(code) and code in resources().settings.handoff_sensitive_topics.replace(" ", "").split(",")


def _reason(turn: Turn) -> Reason:
    if is_abuse(turn.said_before):
        return Reason.ANGER
    if turn.failures_before >= FAILURES_OFFERED:
        return Reason.FAILURES
    return Reason.SENSITIVE if is_sensitive(turn.topic) else Reason.ASKED
