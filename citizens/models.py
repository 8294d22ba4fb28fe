"""Tables of citizens: conversations, how they are reached, and the vault of identifiers they typed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime

ID_CHARS = 32
"""Our own ids: 128 random bits in hexadecimal."""
ADDRESS_MAX_CHARS = 64


class Channel(StrEnum):
    """Where a citizen writes."""

    WEB = "web"
    TELEGRAM = "telegram"


class Conversation(Base):
    """One citizen's conversation on one channel; it says nothing of who the citizen is."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    channel: Mapped[Channel] = mapped_column(String(16))
    engine_sender: Mapped[str] = mapped_column(String(ID_CHARS), unique=True)
    """The name that the engine knows it by; random, so that nothing leads back from there."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    network: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A keyed hash of the network that it was begun from (`citizens.networks`); None where the channel knows none."""


class Address(Base):
    """How a conversation is reached: a Telegram chat id, or the SHA-256 of a web chat token."""

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    channel: Mapped[Channel] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(ADDRESS_MAX_CHARS))
    unreachable_since: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VaultEntry(Base):
    """An identifier that a citizen typed, encrypted, and the token that stands for it everywhere else."""

    __tablename__ = "vault"
    __table_args__ = (UniqueConstraint("conversation_id", "kind", "digest"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    """A keyed hash of the value, so that the same value keeps its token."""
    value: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When the citizen typed it last."""
