"""Tables of handoffs, canned replies and office hours."""

from datetime import date, datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime
from operations.accounts.models import TEAM_MAX_CHARS

TOPIC_MAX_CHARS = 64
TITLE_MAX_CHARS = 200
CANNED_TITLE_MAX_CHARS = 80

_SERIAL = BigInteger().with_variant(Integer, "sqlite")
_OPEN = text("state IN ('waiting', 'claimed')")


class State(StrEnum):
    """A handoff waits until somebody claims it; it ends closed by a person, or returned to the assistant."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    CLOSED = "closed"
    RETURNED = "returned"


OPEN_STATES = (State.WAITING, State.CLAIMED)


class Reason(StrEnum):
    """Why the conversation came to a person."""

    ASKED = "asked"
    FAILURES = "failures"
    ANGER = "anger"
    SENSITIVE = "sensitive"


class CloseReason(StrEnum):
    """How it ended."""

    HELPED = "helped"
    CASE = "case"
    """A case was opened, or another office has to act."""
    NO_ANSWER = "no_answer"
    """The citizen did not answer any more."""
    OUTSIDE = "outside"
    """Not this office's business."""
    ABUSE = "abuse"
    LEFT = "left"
    """The citizen left the queue."""


class Happening(StrEnum):
    """What happened to a handoff."""

    OPENED = "opened"
    CLAIMED = "claimed"
    LEASE_ENDED = "lease_ended"
    SILENT = "silent"
    TRANSFERRED = "transferred"
    RETURNED = "returned"
    CLOSED = "closed"
    LEFT = "left"
    CALL_BACK = "call_back"
    RATED = "rated"
    NOTED = "noted"


class Handoff(Base):
    """One stretch of a conversation that belongs, or is to belong, to a person."""

    __tablename__ = "handoffs"
    __table_args__ = (
        Index("uq_handoffs_open", "conversation_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_handoffs_queue", "state", "opened_at", "id"),
        Index("ix_handoffs_owner", "owner_id", "state"),
        Index("ix_handoffs_conversation", "conversation_id", "id"),
        Index("ix_handoffs_ended", "ended_at", "id"),
        Index("ix_handoffs_ended_by", "last_owner_id", "ended_at", "id"),
        Index("ix_handoffs_ended_how", "close_reason", "ended_at", "id"),
    )

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    state: Mapped[State] = mapped_column(String(16))
    reason: Mapped[Reason] = mapped_column(String(16))
    topic: Mapped[str] = mapped_column(String(TOPIC_MAX_CHARS), server_default="")
    """Code of the service that was talked about."""
    topic_title: Mapped[str] = mapped_column(String(TITLE_MAX_CHARS), server_default="")
    team: Mapped[str] = mapped_column(String(TEAM_MAX_CHARS), server_default="")
    """Which team it was given to; empty for all."""
    wanted_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    """Which colleague it was given to; others may still take it."""
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    last_owner_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Renewed by the owner's open page; when it has passed, the handoff waits again."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    citizen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the citizen wrote last without an answer; None when all is answered."""
    citizen_typing_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agent_typing_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    close_reason: Mapped[CloseReason | None] = mapped_column(String(16))
    rating: Mapped[int | None]
    call_back: Mapped[str] = mapped_column(String(80), server_default="")
    """Empty; `asked` while a number is awaited; then the vault token of the number."""
    told_place: Mapped[int | None]
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HandoffEvent(Base):
    """One line of a handoff's history."""

    __tablename__ = "handoff_events"
    __table_args__ = (Index("ix_handoff_events_handoff", "handoff_id", "id"),)

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[Happening] = mapped_column(String(16))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    text: Mapped[str] = mapped_column(Text, server_default="")
    """A private note, or to whom it was transferred; identifiers in it are vault tokens."""


class HandoffDraft(Base):
    """A reply that somebody is writing, encrypted: a session that ends or a browser that closes loses nothing."""

    __tablename__ = "handoff_drafts"
    __table_args__ = (UniqueConstraint("handoff_id", "account_id"),)

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CannedReply(Base):
    """A reply that is written often; parts in curly braces are filled in."""

    __tablename__ = "canned_replies"

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True)
    title: Mapped[str] = mapped_column(String(CANNED_TITLE_MAX_CHARS), unique=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(64))


class OfficeDay(Base):
    """When the office is open on a weekday; without its row it is closed. With no row at all, the default week."""

    __tablename__ = "office_days"

    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Monday is 0."""
    opens: Mapped[int]
    """Minutes after midnight in Baghdad."""
    closes: Mapped[int]


class Holiday(Base):
    """A day on which the office is closed."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


HANDOFFS = cast(Table, Handoff.__table__)
