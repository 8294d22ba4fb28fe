"""Channel-neutral messages: a text and buttons. Each channel renders and escapes them in its own way."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

BUTTON_TITLE_MAX_CHARS = 40
"""Longer titles are cut on an old phone's screen."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it shows and the intent (with entities) that pressing it means."""

    title: str
    intent: str
    entities: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, str]:
        """The engine's form of the button."""
        payload = f"/{self.intent}"
        if self.entities:
            payload += json.dumps(dict(self.entities), ensure_ascii=False)
        return {"title": shorten(self.title), "payload": payload}


def service_button(title: str, intent: str, code: str) -> Button:
    """A button that asks `intent` of the entry `code`."""
    return Button(title, intent, (("service", code),))


def shorten(title: str) -> str:
    """`title`, cut at a word's end so that it fits a button."""
    if len(title) <= BUTTON_TITLE_MAX_CHARS:
        return title
    return title[: BUTTON_TITLE_MAX_CHARS - 1].rsplit(" ", 1)[0] + "…"


def say(dispatcher: CollectingDispatcher, text: str, buttons: Iterable[Button] = ()) -> None:
    """Adds one message to the turn's replies."""
    message: dict[str, Any] = {"text": text, "buttons": [button.as_json() for button in buttons], "attachments": []}
    dispatcher.utter_message(json_message=message)
