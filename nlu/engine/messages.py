"""What goes in and out of the engine, checked and in the product's form: turns, button payloads, answers."""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.constants import USER_INTENT_BACK, USER_INTENT_RESTART, USER_INTENT_SESSION_START
from rasa.shared.core.domain import Domain

ID_MAX_CHARS: Final = 200
TEXT_MAX_CHARS: Final = 20_000
PAYLOAD_MAX_CHARS: Final = 2_000

_PAYLOAD: Final = re.compile(r"/(?P<intent>\w[\w.-]*)(?P<entities>\{.*\})?", re.DOTALL)
_REFUSED_INTENTS: Final = frozenset({USER_INTENT_BACK, USER_INTENT_RESTART, USER_INTENT_SESSION_START})


class BadTurnError(ValueError):
    """The request is not a turn; a repeat would not help. The text is a code for the caller."""


@dataclass(frozen=True)
class Turn:
    """One incoming message; exactly one of `text` and `payload` is set."""

    sender: str
    message_id: str
    text: str | None
    payload: str | None
    metadata: dict[str, Any]


def read_turn(body: bytes) -> Turn:
    """Reads a turn from a request's body.

    Args:
        body: JSON text, UTF-8.

    Raises:
        BadTurnError: `bad_json`, or `bad_<field>`.
    """
    try:
        data = json.loads(body)
    except ValueError as error:
        raise BadTurnError("bad_json") from error
    if not isinstance(data, dict):
        raise BadTurnError("bad_json")
    for name in ("sender", "message_id"):
        value = data.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= ID_MAX_CHARS:
            raise BadTurnError(f"bad_{name}")
    text, payload, metadata = data.get("text"), data.get("payload"), data.get("metadata") or {}
    if (text is None) == (payload is None):
        raise BadTurnError("bad_text")
    if text is not None and (not isinstance(text, str) or len(text) > TEXT_MAX_CHARS):
        raise BadTurnError("bad_text")
    if payload is not None and (not isinstance(payload, str) or len(payload) > PAYLOAD_MAX_CHARS):
        raise BadTurnError("bad_payload")
    if not isinstance(metadata, dict):
        raise BadTurnError("bad_metadata")
    return Turn(data["sender"], data["message_id"], text, payload, metadata)


def parse_payload(payload: str, domain: Domain) -> dict[str, Any]:
    """Reads a button's payload strictly: a known intent, known entities, plain values.

    Args:
        payload: `/intent` or `/intent{"entity": "value"}`.
        domain: The model's domain.

    Returns:
        What understanding a text would have returned.

    Raises:
        BadTurnError: `bad_payload`.
    """
    match = _PAYLOAD.fullmatch(payload)
    if match is None or match["intent"] not in domain.intents or match["intent"] in _REFUSED_INTENTS:
        raise BadTurnError("bad_payload")
    try:
        values = json.loads(match["entities"] or "{}", parse_constant=_refuse_constant)
    except ValueError as error:
        raise BadTurnError("bad_payload") from error
    if not all(name in domain.entities and isinstance(value, str | int | float) for name, value in values.items()):
        raise BadTurnError("bad_payload")
    intent = {"name": match["intent"], "confidence": 1.0}
    return {
        "text": payload,
        "intent": intent,
        "intent_ranking": [intent],
        "entities": [
            {"entity": name, "value": value, "start": 0, "end": len(payload), "extractor": "payload"}
            for name, value in values.items()
        ],
    }


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def to_user_message(turn: Turn, domain: Domain, output: OutputChannel) -> UserMessage:
    """Makes the message for Rasa.

    A payload comes understood and without a text, so that pressing a button never fills a slot that waits for free
    text.

    Args:
        turn: The turn.
        domain: The model's domain.
        output: Where the answers go.

    Raises:
        BadTurnError: `bad_payload`.
    """
    return UserMessage(
        text=turn.text,
        output_channel=output,
        sender_id=turn.sender,
        parse_data=None if turn.payload is None else parse_payload(turn.payload, domain),
        input_channel="gateway",
        message_id=turn.message_id,
        metadata=turn.metadata,
    )


def to_answers(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Makes the product's messages of Rasa's.

    Args:
        messages: `BotUttered.message()` of each answer.

    Returns:
        `{"text", "buttons": [{"title", "payload"}], "attachments": [{"name", "media_type", "url"}]}` each, in order.
    """
    answers = []
    for message in messages:
        custom = message.get("custom") or {}
        buttons = [
            *(message.get("buttons") or ()),
            *(message.get("quick_replies") or ()),
            *(custom.get("buttons") or ()),
        ]
        attached = [message.get("image"), message.get("attachment"), *(custom.get("attachments") or ())]
        answer = {
            "text": "\n\n".join(text for text in (message.get("text"), custom.get("text")) if text),
            "buttons": [{"title": str(button["title"]), "payload": str(button["payload"])} for button in buttons],
            "attachments": [_attachment(item) for item in attached if item],
        }
        if any(answer.values()):
            answers.append(answer)
    return answers


def _attachment(item: str | dict[str, Any]) -> dict[str, str]:
    if isinstance(item, str):
        item = {"url": item}
    url = str(item["url"])
    name = str(item.get("name") or urlsplit(url).path.rpartition("/")[2] or "file")
    media_type = item.get("media_type") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {"name": name, "media_type": str(media_type), "url": url}
