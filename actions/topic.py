"""The conversation's topic: the entry that «وشكد الرسوم؟» is about. It fades when the citizen has been away."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk.events import SlotSet

TOPIC_LASTS = timedelta(hours=6)


def current_topic(slot: Mapping[str, Any] | None, now: datetime) -> str | None:
    """Code of the topic held in the `topic` slot, or None if there is none or it has faded."""
    if not slot:
        return None
    if now - datetime.fromisoformat(slot["at"]) > TOPIC_LASTS:
        return None
    return str(slot["code"])


def set_topic(code: str, now: datetime) -> dict[str, Any]:
    """The event that makes `code` the topic."""
    event: dict[str, Any] = SlotSet("topic", {"code": code, "at": now.isoformat()})
    return event
