"""What an action reads of the turn: the line, its intent, what a button carried, the conversation's slots."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker

from actions.decision import OUT_OF_SCOPE, Understood
from actions.offer import Offer
from actions.topic import current_topic


@dataclass(frozen=True, slots=True)
class Turn:
    """One incoming line as the actions see it."""

    text: str
    understood: Understood
    topic: str | None
    offer: Offer | None
    entities: dict[str, str]
    failures_before: int
    sender: str = ""
    """The engine's name of the conversation."""
    said_before: str = ""
    """The line before this one."""
    in_form: bool = False
    """A form is open: the line may be an answer to its question."""

    @classmethod
    def of(cls, tracker: Tracker, now: datetime) -> "Turn":
        """Reads the tracker that the engine sent."""
        message: dict[str, Any] = tracker.latest_message
        return cls(
            text=message.get("text") or "",
            understood=Understood(
                (message.get("intent") or {}).get("name") or OUT_OF_SCOPE,
                [(each["name"], float(each["confidence"])) for each in message.get("intent_ranking") or ()],
            ),
            topic=current_topic(tracker.get_slot("topic"), now),
            offer=Offer.of(tracker.get_slot("offer")),
            entities={entity["entity"]: str(entity["value"]) for entity in message.get("entities", [])},
            failures_before=_failures_in_a_row(tracker),
            sender=tracker.sender_id,
            said_before=_line_before(tracker.events),
            in_form=bool((message.get("metadata") or {}).get("form")),
        )

    def saying(self, text: str, understood: Understood) -> "Turn":
        """The same turn with another text."""
        return replace(self, text=text, understood=understood)


def _failures_in_a_row(tracker: Tracker) -> int:
    """The `failures` slot, unless a turn that was understood lies between."""
    if any(event.get("name") == "failures" for event in _previous_turn(tracker.events)):
        return int(tracker.get_slot("failures") or 0)
    return 0


def _line_before(events: list[dict[str, Any]]) -> str:
    lines = [event.get("text") or "" for event in events if event.get("event") == "user"]
    return lines[-2] if len(lines) > 1 else ""


def _previous_turn(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    users_passed = 0
    for event in reversed(events):
        if event.get("event") == "user":
            users_passed += 1
            if users_passed == 2:
                return
        elif users_passed == 1 and event.get("event") == "slot":
            yield event
