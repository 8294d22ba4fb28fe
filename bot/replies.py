"""Channel-neutral replies: what the engine and the fixed sentences give, before a channel renders them."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.models import Message
from casework.dialogues.wire import SHARE, SHARE_PHOTO


class ReplyButton(BaseModel):
    """A button: its title and the engine payload that pressing it stands for."""

    model_config = ConfigDict(frozen=True)

    title: str
    payload: str


class Attachment(BaseModel):
    """A file that goes with a reply."""

    model_config = ConfigDict(frozen=True)

    name: str
    media_type: str
    url: str


class Reply(BaseModel):
    """One message to a citizen."""

    model_config = ConfigDict(frozen=True)

    text: str = ""
    buttons: Sequence[ReplyButton] = Field(default=())
    attachments: Sequence[Attachment] = Field(default=())


def as_json(message: Message) -> dict[str, Any]:
    """A reply of the transcript as the chat API shows it, with the id by which a page tells repeats."""
    body = message.body or {}
    return {
        "id": message.id,
        "text": message.text,
        # A page can send a photo, but has no way to prove a number.
        "buttons": [
            button
            for button in body.get("buttons", [])
            if button["payload"] == SHARE_PHOTO or not button["payload"].startswith(SHARE)
        ],
        "attachments": [dict(attachment) for attachment in body.get("attachments", [])],
        **{key: body[key] for key in ("from", "speaker") if key in body},
    }
