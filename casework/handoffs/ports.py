"""What handoffs need of the channels to the citizens, without knowing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class Speaker(StrEnum):
    """Who answers the citizen from now on."""

    PERSON = "person"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Option:
    """A button under a message; `payload` comes back when it is pressed, see `casework.handoffs.payloads`."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a line."""

    name: str
    url: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation as the staff reads it; identifiers in it are vault tokens.

    Attributes:
        id: Grows within a conversation.
        author: `citizen`, `assistant` or `agent`.
        name: The colleague's, where one wrote it.
        text: What was said.
        pressed: The title of the pressed button, where one was pressed.
        kind: What else came: `photo`, `voice`, … ; empty for text.
        understood: The intent that the assistant took it for; empty if none.
        buttons: Titles of the buttons under it.
        files: Files that go with it.
        at: When.
    """

    id: int
    author: str
    name: str
    text: str
    pressed: str
    kind: str
    understood: str
    buttons: tuple[str, ...]
    files: tuple[File, ...]
    at: datetime


class Citizens(Protocol):
    """The way to the citizens. Writing holds when the caller's transaction does; then `announce` makes it live."""

    async def tell(
        self,
        session: AsyncSession,
        conversation_id: str,
        text: str,
        now: datetime,
        *,
        options: Sequence[Option] = (),
        speaker: Speaker | None = None,
    ) -> None:
        """The assistant tells the citizen something; `speaker` says who answers from then on."""

    async def say_as(
        self,
        session: AsyncSession,
        conversation_id: str,
        name: str,
        text: str,
        now: datetime,
        *,
        files: Sequence[File] = (),
    ) -> int:
        """A colleague called `name` says something; returns the line's id. Identifiers in `text` are vault tokens."""

    async def lines(
        self, session: AsyncSession, conversation_id: str, *, after: int = 0, before: int | None = None, limit: int
    ) -> Sequence[Line]:
        """Lines in order: the first `limit` after the line `after`, or, with `before`, the last ones before it."""

    async def last_lines(self, session: AsyncSession, conversation_ids: Sequence[str]) -> Mapping[str, Line]:
        """What each citizen wrote last."""

    async def recent_lines(
        self, session: AsyncSession, conversation_ids: Sequence[str], each: int
    ) -> Mapping[str, Sequence[Line]]:
        """The last lines that each citizen wrote, up to `each` of a conversation, in order."""

    async def show_typing(self, session: AsyncSession, conversation_id: str) -> None:
        """Shows the citizen that an answer is being written, where the channel has to be called. Never raises."""

    def announce(self, conversation_id: str) -> None:
        """Something was committed in the conversation."""
