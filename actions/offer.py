"""What the assistant has just offered: entries to choose from, a facet waiting for its service, a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk.events import SlotSet


@dataclass(frozen=True, slots=True)
class Offer:
    """`intent` is what a choice is then asked; `codes` are the entries to choose from, numbered from `first` on."""

    intent: str
    codes: tuple[str, ...] = ()
    first: int = 1

    @classmethod
    def of(cls, slot: Mapping[str, Any] | None) -> "Offer | None":
        """Reads the `offer` slot."""
        return cls(slot["intent"], tuple(slot["codes"]), slot["first"]) if slot else None


def set_offer(intent: str, codes: Sequence[str] = (), first: int = 1) -> dict[str, Any]:
    """The event that keeps an offer in mind."""
    event: dict[str, Any] = SlotSet("offer", {"intent": intent, "codes": list(codes), "first": first})
    return event


def no_offer() -> dict[str, Any]:
    """The event that forgets what was offered."""
    event: dict[str, Any] = SlotSet("offer", None)
    return event
