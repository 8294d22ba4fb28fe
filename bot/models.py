"""Tables of the bot: inbox, lanes (who works on what), transcript, outbox, buttons."""

from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from citizens.models import ID_CHARS, Address, Channel, Conversation
from foundation.database import Base, UtcDateTime

EXTERNAL_ID_MAX_CHARS = 128
CAUSE_MAX_CHARS = 200

# SQLite numbers rows by itself only in an INTEGER key.
_Serial = BigInteger().with_variant(Integer, "sqlite")


class Author(StrEnum):
    """Who wrote a message of the transcript."""

    CITIZEN = "citizen"
    ASSISTANT = "assistant"
    AGENT = "agent"
    """A person of the staff; their name is in the body."""


class InboxState(StrEnum):
    """`queued` until its turn is committed (`done`) or it is put aside for a person to look at (`quarantined`)."""

    QUEUED = "queued"
    DONE = "done"
    QUARANTINED = "quarantined"


class OutboxState(StrEnum):
    """`failed`: the channel refused it for good; the cause says why."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class LaneKind(StrEnum):
    """What is done one at a time, in order, within a conversation."""

    TURN = "turn"
    SEND = "send"


class InboxItem(Base):
    """One incoming update or message, stored before it is acknowledged."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index(
            "ix_inbox_queued",
            "conversation_id",
            "id",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index(
            "ix_inbox_quarantined",
            "id",
            postgresql_where=text("state = 'quarantined'"),
            sqlite_where=text("state = 'quarantined'"),
        ),
    )

    id: Mapped[int] = mapped_column(_Serial, primary_key=True)
    channel: Mapped[Channel] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(EXTERNAL_ID_MAX_CHARS))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    """None for an update that belongs to no conversation or could not be read."""
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What came, encrypted; erased when the turn is done."""
    state: Mapped[InboxState] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(server_default="0")
    """Tries that ended without an answer, an outage of the engine included."""
    failures: Mapped[int] = mapped_column(server_default="0")
    """Tries that failed while everything else worked: the message itself may be the cause."""
    cause: Mapped[str | None] = mapped_column(String(CAUSE_MAX_CHARS))
    """Why the last try failed, or why it was put aside; never message text."""
    notified: Mapped[bool] = mapped_column(server_default=false())
    """The citizen was told that it is kept."""
    late: Mapped[bool] = mapped_column(server_default=false())
    """Nobody waits for the answer in an open request any more: it goes out as an event."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Lane(Base):
    """Work waiting in a conversation. The row is the lock: whoever holds its lease is the only one at work."""

    __tablename__ = "lanes"
    __table_args__ = (Index("ix_lanes_ready", "kind", "ready_at"),)

    kind: Mapped[LaneKind] = mapped_column(String(8), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    ready_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None] = mapped_column(String(ID_CHARS))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    crashes: Mapped[int] = mapped_column(server_default="0")
    """Leases in a row that ran out unreleased."""


class Leadership(Base):
    """What only one process may do at a time, such as polling for a bot's updates."""

    __tablename__ = "leaderships"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(ID_CHARS))
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """One line of a transcript; identifiers in it are vault tokens."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_conversation", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(_Serial, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id"), index=True)
    """The incoming message that it is or answers."""
    author: Mapped[Author] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Buttons and attachments of a reply; the pressed button or the kind of a citizen's message that is not text."""
    late: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxItem(Base):
    """One reply to hand to a channel that has to be called (Telegram); the web chat reads the transcript itself."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_queued",
            "conversation_id",
            "id",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
    )

    id: Mapped[int] = mapped_column(_Serial, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    state: Mapped[OutboxState] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(server_default="0")
    parts_sent: Mapped[int] = mapped_column(server_default="0")
    """A long reply goes out in parts; these need not be sent again."""
    cause: Mapped[str | None] = mapped_column(String(CAUSE_MAX_CHARS))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Button(Base):
    """What a button that a citizen saw means; valid in its own conversation only."""

    __tablename__ = "buttons"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    payload: Mapped[str] = mapped_column(Text)
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When it was shown last, at most a day earlier."""


# The hot paths speak Core to the tables: the ORM's way costs twice the processor time a statement.
ADDRESSES = cast(Table, Address.__table__)
BUTTONS = cast(Table, Button.__table__)
CONVERSATIONS = cast(Table, Conversation.__table__)
INBOX = cast(Table, InboxItem.__table__)
LANES = cast(Table, Lane.__table__)
MESSAGES = cast(Table, Message.__table__)
OUTBOX = cast(Table, OutboxItem.__table__)
