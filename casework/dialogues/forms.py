"""What a form is made of: questions, what citizens give, what is said back. Channel-neutral, no dialogue engine."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.datakeys import DataKeys
from foundation.settings import Settings

Answers = dict[str, Any]
"""What is known so far, by question (and whatever else a form keeps). JSON values only."""


class Expect(StrEnum):
    """What a question waits for beside buttons and plain words; the gate acts on it before the engine is asked."""

    WHOLE_TEXT = "whole_text"
    """Whatever is typed is the citizen's own account: the engine sees one token for all of it."""
    DIGITS = "digits"
    """A number that is typed is personal: the engine sees a token for it."""
    PHOTO = "photo"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button.

    Attributes:
        title: What it shows.
        value: Handed to the question that showed it. `do:<handler>:<argument>` calls a handler, `/intent{…}` is an
            engine payload; `share:contact` and `share:location` ask the citizen's device, on channels that can.
    """

    title: str
    value: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One message to the citizen.

    Attributes:
        text: Plain text.
        choices: Buttons.
        files: Ids of stored files (`casework.files`).
        personal: The text holds what is known of a person: it is kept encrypted, and the engine sees a token.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    files: tuple[str, ...] = ()
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """What was sent instead of words. `own` (contacts): the number is proven to be the sender's."""

    kind: Literal["photo", "document", "location", "contact"]
    file_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What the citizen gave in this turn.

    Attributes:
        text: As typed, identifiers in clear; empty for a button.
        choice: Value of a pressed button of the question.
        shared: A photo, file, place or contact.
        intent: What the classifier took the text for.
    """

    text: str = ""
    choice: str | None = None
    shared: Shared | None = None
    intent: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a form runs; `session` is the action's transaction."""

    session: AsyncSession
    conversation_id: str
    now: datetime
    keys: DataKeys
    settings: Settings


@dataclass(frozen=True, slots=True)
class Accepted:
    """The question is answered; `updates` go into the answers. `remark` is said before the next question."""

    updates: Answers
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """It was meant as an answer and does not do; `text` says why and what would. The question's buttons are shown."""

    text: str
    choices: tuple[Choice, ...] | None = None
    """Other buttons than the question's."""


@dataclass(frozen=True, slots=True)
class NotAnAnswer:
    """A side question: it is answered, then the question is asked again."""


Read = Accepted | Retry | NotAnAnswer


class Question(ABC):
    """One question of a form."""

    key: str
    label: str = ""
    """What it is called in the summary and in the list of what can be changed; empty if it cannot be changed."""
    expects: frozenset[Expect] = frozenset()
    reads_giving_up: bool = False
    """«الغيها» and «بطلت» are answers to it, not the end of the form."""
    takes_assent: bool = False
    """«اي» and «كمل» are answers: the form is gone on with."""

    def claims(self, text: str, answers: Answers) -> bool:
        """Whether the text, which elsewhere may be a greeting or a question of its own, answers this one."""
        return False

    def applies(self, answers: Answers) -> bool:
        """Whether it is to be asked, given what is known; by default until its key is among the answers."""
        return self.key not in answers

    def forget(self, answers: Answers) -> None:
        """Takes its answer back, so that it is asked again."""
        answers.pop(self.key, None)

    def show(self, answers: Answers) -> str | None:
        """The answer as the summary shows it; None to leave it out."""
        value = answers.get(self.key)
        return None if value is None else str(value)

    @abstractmethod
    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question."""

    @abstractmethod
    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads an answer."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A form that begins: what is known already, and what is said before the first question."""

    answers: Answers = field(default_factory=dict)
    preface: tuple[Prompt, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """What is said at the end.

    Attributes:
        replies: What is said.
        again: A question to ask once more: what it held did not do.
        updates: What is known beside, where something is asked once more.
        ends_all: Other forms that are open end with it.
    """

    replies: tuple[Prompt, ...]
    again: str | None = None
    updates: Answers = field(default_factory=dict)
    ends_all: bool = False


class Form(ABC):
    """A form. One object serves all conversations: it keeps nothing."""

    kind: str
    title: str
    """What it is called when it is resumed or cancelled («شكواك»)."""
    questions: Sequence[Question]
    confirm: bool = True
    """Whether the citizen sees all answers and confirms before `finish`."""

    async def begin(self, context: Context, opening: Given) -> Opened:
        """Reads what the sentence that opened the form already says."""
        return Opened()

    async def beside(self, context: Context, answers: Answers, given: Given, question: str) -> str | None:
        """Keeps what plainly answers another question than the open one, whose key is `question`.

        Asked before the open question is, which may take any words for its answer.

        Returns:
            What is said to it before the form is gone on with; None if it may answer the open question.
        """
        return None

    async def note(self, context: Context, answers: Answers, given: Given) -> str | None:
        """Keeps what did not answer the open question, if it belongs to this form.

        Returns:
            What is said to it before the question is asked again; None if it does not belong here.
        """
        return None

    def instead_of(self, kind: str, given: Given) -> str | None:
        """What is said where the form `kind` is asked for, but this one has the answer; None: it begins."""
        return None

    @abstractmethod
    async def finish(self, context: Context, answers: Answers) -> Finished:
        """Does what the form is for; in the same transaction as the turn's other effects."""
