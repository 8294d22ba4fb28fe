"""What is open in a conversation, as it is kept: a stack of forms, the topmost being filled."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Phase = Literal["ask", "confirm", "edit", "cancel"]
"""Asking a question; showing the summary; asking what to change; asking whether to throw the form away."""


@dataclass(slots=True)
class Frame:
    """One form that is being filled.

    Attributes:
        kind: Which form.
        answers: What is known.
        question: Key of the question that is open.
        phase: What the citizen was asked last.
        trail: Questions answered, in order, for «رجوع».
        paused: The citizen was away; nothing that is typed counts as an answer until the form is resumed.
    """

    kind: str
    answers: dict[str, Any] = field(default_factory=dict)
    question: str | None = None
    phase: Phase = "ask"
    trail: list[str] = field(default_factory=list)
    paused: bool = False


def dump(frames: list[Frame]) -> str:
    """The stack as JSON."""
    return json.dumps([asdict(frame) for frame in frames], ensure_ascii=False)


def load(text: str) -> list[Frame]:
    """The reverse of `dump`."""
    return [Frame(**frame) for frame in json.loads(text)]
