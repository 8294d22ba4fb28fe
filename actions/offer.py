"""What the assistant has just offered: entries to choose from, a facet waiting for its service, a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rasa_sdk.events import SlotSet

MAX_CANDIDATES: Final = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """What is open.

    Attributes:
        intent: What a choice is then asked.
        codes: The entries to choose from, numbered from `first` on.
        first: Number of the first entry.
        asked: How many times in a row the same question was put.
    """

    intent: str
    codes: tuple[str, ...] = ()
    first: int = 1
    asked: int = 1

    @property
    def candidates(self) -> tuple[str, ...]:
        """The entries that «وشكد؟» may be about; a page of a list is too much to be meant."""
        return self.codes if len(self.codes) <= MAX_CANDIDATES else ()

    @classmethod
    def of(cls, slot: Mapping[str, Any] | None) -> "Offer | None":
        """Reads the `offer` slot."""
        return cls(slot["intent"], tuple(slot["codes"]), slot["first"], slot.get("asked", 1)) if slot else None


def set_offer(intent: str, codes: Sequence[str] = (), first: int = 1, asked: int = 1) -> dict[str, Any]:
    """The event that keeps an offer in mind."""
    event: dict[str, Any] = SlotSet("offer", {"intent": intent, "codes": list(codes), "first": first, "asked": asked})
    return event


def no_offer() -> dict[str, Any]:
    """The event that forgets what was offered."""
    event: dict[str, Any] = SlotSet("offer", None)
    return event
