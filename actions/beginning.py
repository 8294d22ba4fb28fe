"""Actions that open forms, and how a message reaches one."""

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncSession

from actions.answer import ActionOutOfScope
from actions.elsewhere import ActionElsewhere
from actions.handoff import RequestHuman
from actions.messages import say_prompt
from actions.resources import resources
from casework.dialogues.forms import Context, Given, Shared
from casework.dialogues.service import Outcome
from citizens import repository as citizens
from citizens.vault import service as vault
from foundation.database import transaction

Events = list[dict[str, Any]]

CHOICE: Final = "choice"
"""Entity of the intent `form`: the value of a pressed button."""
SHARED, ITEM = "what", "item"
"""Entities of the intent `shared`: what was sent, and its file, place or number."""


class BeginForm(Action):
    """An intent that opens a form: `action_<intent>`."""

    def __init__(self, intent: str, kind: str) -> None:
        self._intent = intent
        self._kind = kind

    def name(self) -> str:
        """The action's name in the domain."""
        return f"action_{self._intent}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        return await self.begin(dispatcher, tracker)

    async def begin(self, dispatcher: CollectingDispatcher, tracker: Tracker, *, instead: bool = False) -> Events:
        """Opens the form; `instead` of what this very message did to the form that was open."""
        async with transaction(resources().sessions) as session:
            opened = await open_turn(session, tracker)
            if opened is None:
                return []
            context, given = opened
            outcome = await resources().dialogues.begin(
                context, message_of(tracker), self._kind, given, instead=instead
            )
        say_outcome(dispatcher, outcome)
        return []


COMPLAIN: Final = BeginForm("file_complaint", "complaint")
SUGGEST: Final = BeginForm("file_suggestion", "suggestion")
TRACK: Final = BeginForm("track_complaint", "track")
WITHDRAW: Final = BeginForm("withdraw", "withdraw")
"""No intent of its own: few ask for it, and in few words."""
OTHER_BODY: Final = ActionElsewhere()
RESULT: Final = BeginForm("get_pcr_result", "result")
PRIVACY: Final = BeginForm("privacy", "privacy")
ELSEWHERE: Final = ActionOutOfScope()
"""For what sounds like one's own data here and is about an agency's records: the search knows better."""
HIDDEN: Final[dict[str, Action]] = {
    "privacy": PRIVACY,
    "track_complaint": TRACK,
    "get_pcr_result": RESULT,
    "request_human": RequestHuman(),
}
"""What a line that the engine did not see may ask for while a form is open."""


async def open_turn(session: AsyncSession, tracker: Tracker) -> tuple[Context, Given] | None:
    """Where the message belongs and what it gives; None if the conversation was deleted meanwhile."""
    conversation = await citizens.by_engine_sender(session, tracker.sender_id)
    if conversation is None:
        return None
    held = resources()
    context = Context(session, conversation.id, held.clock(), held.keys, held.settings)
    message = tracker.latest_message
    entities = {entity["entity"]: str(entity["value"]) for entity in message.get("entities") or ()}
    intent = (message.get("intent") or {}).get("name") or ""
    if intent == "form":
        return context, Given(choice=entities.get(CHOICE, ""), intent=intent)
    if intent == "shared":
        item = await vault.reveal(session, conversation.id, entities.get(ITEM, ""), held.keys)
        return context, Given(shared=_shared(entities.get(SHARED, ""), item), intent=intent)
    typed = message.get("text") or ""
    text = await vault.reveal(session, conversation.id, typed, held.keys)
    if vault.is_whole(typed):  # the classifier saw a token
        intent = ""
    if text == "/cancel":
        return context, Given(choice="ctl:cancel", intent=intent)
    return context, Given(text="" if text.startswith("/") else text, intent=intent)


def _shared(what: str, item: str) -> Shared | None:
    match what:
        case "photo" | "document":
            return Shared(what, file_id=item)
        case "location":
            latitude, _, longitude = item.partition(",")
            return Shared("location", latitude=float(latitude), longitude=float(longitude))
        case "contact" | "own_contact":
            return Shared("contact", phone=item, own=what == "own_contact")
        case _:
            return None


def message_of(tracker: Tracker) -> str:
    return str(tracker.latest_message.get("message_id") or "")


def say_outcome(dispatcher: CollectingDispatcher, outcome: Outcome) -> None:
    for prompt in outcome.replies:
        say_prompt(dispatcher, prompt)
