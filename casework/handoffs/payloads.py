"""What the buttons of handoffs mean. They are answered by the bot itself: no engine is asked."""

import json
from dataclasses import dataclass
from typing import Final

PREFIX: Final = "/handoff"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A pressed button: `what` is `leave`, `call_back` or `rate`."""

    what: str
    handoff_id: int
    stars: int = 0


def payload(what: str, handoff_id: int, stars: int = 0) -> str:
    """The payload of a button."""
    return PREFIX + json.dumps({"do": what, "id": handoff_id, "stars": stars}, separators=(",", ":"))


def read(text: str) -> Pressed | None:
    """The button behind a payload, None if it is not one of ours."""
    if not text.startswith(PREFIX + "{"):
        return None
    fields = json.loads(text.removeprefix(PREFIX))
    return Pressed(str(fields["do"]), int(fields["id"]), int(fields["stars"]))
