"""The button of a form as the engine and the channels carry it."""

import json

from casework.dialogues.forms import Choice

SHARE = "share:"
"""Begins the payload of a button that asks the citizen's device for a number, a place or a photo."""
SHARE_PHOTO = "share:photo"
"""The one that a web page can do; on Telegram the app has a button of its own."""

FILE = "file:"
"""Begins the address of an attachment that is a stored file (`casework.files`)."""


def payload_of(choice: Choice) -> str:
    """The payload that pressing the button stands for."""
    if choice.value.startswith(("/", SHARE)):
        return choice.value
    return "/form" + json.dumps({"choice": choice.value}, ensure_ascii=False)
