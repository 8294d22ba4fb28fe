"""Channel-neutral messages: a text and buttons. Each channel renders and escapes them in its own way."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casework.dialogues.forms import Prompt
from casework.dialogues.wire import FILE, payload_of

if TYPE_CHECKING:  # the console shows answers too, and has no need of the action server
    from rasa_sdk.executor import CollectingDispatcher

BUTTON_TITLE_MAX_CHARS = 40
"""Longer titles are cut on an old phone's screen."""
FILE_NAME = "ملف"
"""Until the channel has looked up the file's own."""


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


PERSON = Button("التحدث مع إنسان", "request_human")
CATEGORIES = Button("كل الخدمات", "list_services")


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


def say_prompt(dispatcher: CollectingDispatcher, prompt: Prompt) -> None:
    """Adds one message of a form."""
    message: dict[str, Any] = {
        "text": prompt.text,
        "buttons": [{"title": shorten(choice.title), "payload": payload_of(choice)} for choice in prompt.choices],
        "attachments": [{"url": f"{FILE}{file_id}", "name": FILE_NAME} for file_id in prompt.files],
    }
    dispatcher.utter_message(json_message=message)
