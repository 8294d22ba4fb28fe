"""Table of the audit."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime

WHO_MAX_CHARS = 64
SUBJECT_MAX_CHARS = 128


class Action(StrEnum):
    """What was done."""

    SWITCH_OFF = "switch_off"
    SWITCH_ON = "switch_on"
    PURGE = "purge"
    REKEY = "rekey"


class AuditEntry(Base):
    """One thing that somebody did."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_action", "action", "id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(String(WHO_MAX_CHARS))
    """The name that the person gave, or of their account; of the process where nobody asked for it."""
    action: Mapped[Action] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(SUBJECT_MAX_CHARS))
    """What it was done to; empty if to all."""
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Figures; never what a citizen wrote."""
