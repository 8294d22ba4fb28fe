"""Which forms there are, and what buttons outside forms do. Filled once, when the action server starts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from casework.dialogues.forms import Answers, Context, Form, Prompt


@dataclass(frozen=True, slots=True)
class Begin:
    """A handler's wish to begin a form, with what is known already."""

    kind: str
    answers: Answers


Handler = Callable[[Context, str], Awaitable[tuple[Prompt, ...] | Begin]]
"""Called with the argument of the button `do:<name>:<argument>`."""


@dataclass(slots=True)
class Registry:
    """Forms by kind, handlers by name."""

    forms: dict[str, Form] = field(default_factory=dict)
    handlers: dict[str, Handler] = field(default_factory=dict)

    def add(self, form: Form) -> None:
        """Adds a form; raises `ValueError` if its kind is taken."""
        if form.kind in self.forms:
            raise ValueError(f"two forms of kind {form.kind}")
        self.forms[form.kind] = form

    def on(self, name: str, handler: Handler) -> None:
        """Adds a handler; raises `ValueError` if its name is taken."""
        if name in self.handlers:
            raise ValueError(f"two handlers named {name}")
        self.handlers[name] = handler
