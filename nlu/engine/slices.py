"""The bounded, recent slice of a conversation that the engine keeps, and its form on disk.

A turn costs Rasa time for every event of the conversation. Rules and forms look at the last few turns only, and all
that came before acts through its result: slot values, the active form, a pause. So the older events are replaced by
events that set this result, and the cost of a turn stays the same for ever. The transcript is kept elsewhere, by the
product.

What a citizen wrote is not kept at all, and what the assistant answered only as long as the answer may be asked for
again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

KEPT_TURNS: Final = 3
"""Turns whose events the next turn sees; no rule may look further back. Each costs every later turn a third of a
millisecond."""

REPLAYED_TURNS: Final = 2
"""Turns whose answers can be asked for again. The caller repeats only the last one."""

_EVENT_CLASSES: Final[dict[str, type[Event]]] = {cls.type_name: cls for cls in all_subclasses(Event) if cls.type_name}


def events_from_dicts(rows: Iterable[dict[str, Any]]) -> list[Event]:
    """Makes events of their stored form (Rasa's own reader searches all event classes for each event).

    Args:
        rows: Events as `Event.as_dict` and `stored_form` write them.

    Raises:
        KeyError: An event type that this version of Rasa does not know.
    """
    events = (_EVENT_CLASSES[row["event"]]._from_parameters(row) for row in rows)
    return [event for event in events if event is not None]


def stored_form(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Makes the rows to store: without the citizens' words, and without answers that are past their replay.

    Args:
        events: A slice of a conversation.
    """
    turn = turns = sum(isinstance(event, UserUttered) for event in events)
    rows = []
    for event in reversed(events):
        if isinstance(event, BotUttered):
            if turns - turn >= REPLAYED_TURNS:
                continue
            rows.append(event.as_dict())
        elif isinstance(event, UserUttered):
            rows.append(without_words(event))
            turn -= 1
        else:
            rows.append(event.as_dict())
    rows.reverse()
    return rows


def without_words(event: UserUttered) -> dict[str, Any]:
    """The stored form of a message: what it was taken for, and nothing of its text."""
    return {
        "event": event.type_name,
        "timestamp": event.timestamp,
        "text": None,
        "input_channel": event.input_channel,
        "message_id": event.message_id,
        "parse_data": {"intent": event.intent, "entities": event.entities, "text": None},
    }


def recent_slice(events: Sequence[Event], sender: str, domain: Domain, kept_turns: int = KEPT_TURNS) -> list[Event]:
    """Cuts a conversation to its last turns.

    Args:
        events: All events that are known of the conversation, oldest first.
        sender: The conversation.
        domain: The model's domain: its slots, and their initial values.
        kept_turns: Turns to keep.

    Returns:
        Events that set what the cut ones had led to, then those of the kept turns.
    """
    turns = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= kept_turns:
        return list(events)
    cut = turns[-kept_turns]
    before = events[cut - 1]
    if isinstance(before, ActionExecuted) and before.action_name == ACTION_LISTEN_NAME:
        cut -= 1
    results = _slots_set_by(events[:cut], domain, events[cut].timestamp)
    if results is None:
        past = DialogueStateTracker.from_events(sender, list(events[:cut]), slots=domain.slots)
        results = _result_of(past, events[cut].timestamp)
    return [*results, *events[cut:]]


_PASSING: Final = (ActionExecuted, BotUttered, DefinePrevUserUtteredFeaturization, UserUttered)
"""Events that leave slots, form and pause as they are."""


def _slots_set_by(events: Sequence[Event], domain: Domain, timestamp: float) -> list[Event] | None:
    """`_result_of` events that set slots at most, without replaying them; None where others are among them."""
    values: dict[str, Any] = {}
    for event in events:
        kind = type(event)
        if kind is SlotSet:
            values[event.key] = event.value
        elif kind is SessionStarted:
            values.clear()
        elif kind not in _PASSING:
            return None
    set_slots = [slot for slot in domain.slots if slot.name in values]
    if any(type(slot).value is not Slot.value for slot in set_slots):  # it makes something else of what it is given
        return None
    return [
        SlotSet(slot.name, values[slot.name], timestamp)
        for slot in set_slots
        if values[slot.name] != slot.initial_value
    ]


def _result_of(tracker: DialogueStateTracker, timestamp: float) -> list[Event]:
    result: list[Event] = [
        SlotSet(slot.name, slot.value, timestamp) for slot in tracker.slots.values() if slot.value != slot.initial_value
    ]
    loop = tracker.active_loop
    if loop is not None and loop.name:
        result.append(ActiveLoop(loop.name, timestamp))
        if loop.rejected:
            result.append(ActionExecutionRejected(loop.name, timestamp=timestamp))
        if loop.is_interrupted:
            result.append(LoopInterrupted(True, timestamp))
    if tracker.is_paused():
        result.append(ConversationPaused(timestamp))
    return result


def answer_to(events: Sequence[Event], message_id: str) -> list[dict[str, Any]] | None:
    """Finds what was answered to a message.

    Args:
        events: The conversation's slice.
        message_id: The message.

    Returns:
        Rasa's form of each answer (`BotUttered.message()`), or None if the message is not in the slice.
    """
    for index in range(len(events) - 1, -1, -1):
        event = events[index]
        if isinstance(event, UserUttered) and event.message_id == message_id:
            answers = []
            for later in events[index + 1 :]:
                if isinstance(later, UserUttered):
                    break
                if isinstance(later, BotUttered):
                    answers.append(later.message())
            return answers
    return None
