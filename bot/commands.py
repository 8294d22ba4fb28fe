"""Commands that citizens type or choose from a menu, on every channel."""

import json
import re

COMMANDS = {
    "start": "/greet",
    "help": "/help",
    "services": "/list_services",
    "cancel": "/cancel",
    "privacy": "/privacy",
}
"""Each command and the engine payload it stands for. Anything else that begins with a slash is text."""

# A bot's user name always ends in "bot".
_COMMAND = re.compile(r"/(?P<name>[a-z]+)(?:@\w*bot)?(?:\s+(?P<argument>.*))?", re.IGNORECASE | re.DOTALL)
_DEEP_LINK = re.compile(r"svc_(?P<code>[a-z]{2,16}-\d{1,4})", re.IGNORECASE)


def payload_of(text: str) -> str | None:
    """The engine payload of a command, None if `text` is not one.

    `/start svc_loan-01` (from a deep link) asks for that service; another argument of `/start` is ignored.
    """
    command = _COMMAND.fullmatch(text.strip())
    if command is None:
        return None
    name, argument = command["name"].lower(), (command["argument"] or "").strip()
    if name == "start" and (link := _DEEP_LINK.fullmatch(argument)):
        return "/ask_service" + json.dumps({"service": link["code"].lower()})
    return COMMANDS.get(name)
