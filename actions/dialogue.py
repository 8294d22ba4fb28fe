"""Forms in the conversation: every action first asks whether an open form wants the message."""

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import meaning
from actions.answer import respond
from actions.asked import asks
from actions.beginning import (
    COMPLAIN,
    HIDDEN,
    SUGGEST,
    TRACK,
    BeginForm,
    Events,
    message_of,
    open_turn,
    say_outcome,
)
from actions.decision import OUT_OF_SCOPE, SERVICE_INTENTS, Understood
from actions.elsewhere import answer as say_who_takes_it
from actions.meant import meant
from actions.resources import resources
from actions.turn import Turn
from casework.cases import repository as cases
from casework.cases.chat.parts import asks_how_long
from casework.cases.chat.track import asks_where
from casework.cases.telling import HANDLER as CASE
from casework.dialogues import asides
from casework.dialogues.forms import Context, Given
from casework.dialogues.service import Outcome
from casework.results import afterwards
from catalog.search import Verdict
from citizens.vault import service as vault
from foundation.database import transaction

SIDE_QUESTION_MAX_CHARS: Final = 80
"""A longer text is an account, even with a question in it."""

NO_ANSWER: Final = "لا أعرف جواب هذا السؤال. نكمل ما بدأناه:"


class InDialogue(Action):
    """An action that steps back while a form is open: the message belongs to the form, or is a side question."""

    def __init__(self, inner: Action) -> None:
        self._inner = inner

    def name(self) -> str:
        """The action's name in the domain."""
        return str(self._inner.name())

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        if not (tracker.latest_message.get("metadata") or {}).get("form"):
            return await self._alone(dispatcher, tracker, domain)
        async with transaction(resources().sessions) as session:
            opened = await open_turn(session, tracker)
            if opened is None:
                outcome = Outcome(handled=False)
            else:
                context, given = opened
                outcome = await _act(context, tracker, given)
        if not outcome.handled or opened is None:
            return list(await self._inner.run(dispatcher, tracker, domain))
        events: Events = []
        if outcome.aside is not None:
            if (other := self._other_matter(tracker, opened[1].text)) is not None:
                if isinstance(other, BeginForm):
                    return await other.begin(dispatcher, tracker, instead=True)
                events = list(await other.run(dispatcher, tracker, domain))
                say_outcome(dispatcher, outcome)
                return events
            if isinstance(self._inner, BeginForm):  # it names a form in passing («شوكت توزعون الطحين»)
                dispatcher.utter_message(text=NO_ANSWER if asks(opened[1].text) else outcome.hint)
                say_outcome(dispatcher, outcome)
                return []
            if outcome.hint and not await _worth_answering(tracker, opened[1].text):
                dispatcher.utter_message(text=outcome.hint)
                say_outcome(dispatcher, outcome)
                return []
            events = await self._aside(dispatcher, tracker, domain, opened[1].text)
            if any(event.get("name") == "failures" and event.get("value") for event in events):  # not understood
                dispatcher.messages.clear()
                if outcome.hint:
                    dispatcher.utter_message(text=outcome.hint)
        say_outcome(dispatcher, outcome)
        return events

    async def _alone(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """A line while no form is open."""
        text, now = tracker.latest_message.get("text") or "", resources().clock()
        outcome = None if not text or text.startswith("/") else await _pressed_in_words(tracker, text)
        if outcome is not None:
            say_outcome(dispatcher, outcome)
            return []
        if self._inner is COMPLAIN:
            slot = tracker.get_slot("elsewhere")
            if (said := meaning.complained_elsewhere(text, slot, now)) is not None:
                return say_who_takes_it(dispatcher, said)
        events = list(await (await meant(self._inner, tracker)).run(dispatcher, tracker, domain))
        return [*events, *meaning.remember_elsewhere(text, now)]

    def _other_matter(self, tracker: Tracker, text: str) -> Action | None:
        """What the line asks for beside the open form; None if it is a question about services, or nothing."""
        inner = self._inner
        if asides.wants_person(text):
            return HIDDEN["request_human"]
        if asks_where(text):
            return TRACK
        if vault.is_whole(tracker.latest_message.get("text") or ""):  # the engine saw a token
            return HIDDEN.get(asides.intent_of(text) or "")
        if inner is SUGGEST and not meaning.suggests(text):  # «شوكت توزعون الطحين»
            return None
        if inner is COMPLAIN and asks(text):
            return None
        return inner if isinstance(inner, BeginForm) else None

    async def _aside(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any], text: str
    ) -> Events:
        if text == (tracker.latest_message.get("text") or ""):
            return list(await self._inner.run(dispatcher, tracker, domain))
        # The engine saw a token; what is behind it was recognised as a question about a service.
        turn = Turn.of(tracker, resources().clock())
        return await respond(dispatcher, turn.saying(text, Understood("ask_service")))


class ActionForm(Action):
    """`form`, a button of a form, while none is open."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        async with transaction(resources().sessions) as session:
            opened = await open_turn(session, tracker)
            if opened is None:
                return []
            outcome = await resources().dialogues.press(opened[0], message_of(tracker), opened[1].choice or "")
        say_outcome(dispatcher, outcome)
        return []


class Fixed(Action):
    """`action_<intent>`: says `utter_<intent>`."""

    def __init__(self, intent: str) -> None:
        self._intent = intent

    def name(self) -> str:
        """The action's name in the domain."""
        return f"action_{self._intent}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the action."""
        dispatcher.utter_message(response=f"utter_{self._intent}")
        return []


async def is_side_question(text: str) -> bool:
    """Whether a text typed where an account is expected plainly asks about a service."""
    return len(text) <= SIDE_QUESTION_MAX_CHARS and asks(text) and await _is_known(text)


async def _is_known(text: str) -> bool:
    """Whether the catalogue surely has an entry that the text means."""
    found = await resources().index.search(text)
    return found.verdict is Verdict.SURE and found.names_something


async def _pressed_in_words(tracker: Tracker, text: str) -> Outcome | None:
    """What a line does that stands for a button shown a moment ago («اريد الشهادة», «اي»); None if it is none."""
    how_long = asks_how_long(text)
    if len(text.split()) > afterwards.LONGEST_WORDS or not (how_long or afterwards.may_press(text)):
        return None
    dialogues, message_id = resources().dialogues, message_of(tracker)
    async with transaction(resources().sessions) as session:
        opened = await open_turn(session, tracker)
        if opened is None:
            return None
        context, _ = opened
        last = await dialogues.last_message(context)
        said_last = last is not None and last == _message_before(tracker)
        button = await afterwards.pressed(context, text, said_last=said_last)
        if button is None and said_last and how_long:
            own = await cases.of_conversation(session, context.conversation_id, 1)
            button = f"do:{CASE}:show:{own[0].number}" if own else None
        return None if button is None else await dialogues.press(context, message_id, button)


def _message_before(tracker: Tracker) -> str:
    """Id of the message before this one."""
    ids = [str(event.get("message_id") or "") for event in tracker.events if event.get("event") == "user"]
    return ids[-2] if len(ids) > 1 else ""


async def _worth_answering(tracker: Tracker, text: str) -> bool:
    """Whether what did not answer a form's question is something else: a statement about services rarely is."""
    intent = (tracker.latest_message.get("intent") or {}).get("name") or OUT_OF_SCOPE
    if intent not in SERVICE_INTENTS and intent != OUT_OF_SCOPE:
        return True
    if not text or asks(text):
        return True
    return await _is_known(text)


async def _act(context: Context, tracker: Tracker, given: Given) -> Outcome:
    dialogues, message_id = resources().dialogues, message_of(tracker)
    if given.choice is not None and given.choice.startswith(("do:", "begin:")):
        return await dialogues.press(context, message_id, given.choice)
    return await dialogues.take(context, message_id, given)
