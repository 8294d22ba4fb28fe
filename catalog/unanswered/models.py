"""Table of the lines without an answer."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Date, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models import CODE_MAX_CHARS
from foundation.database import Base, UtcDateTime

GUESS_MAX_CHARS = 40
TEXT_MAX_CHARS = 200
"""A longer line is an account of somebody's life, not a question: it is not kept."""


class Outcome(StrEnum):
    """What the assistant said instead of an answer."""

    NOT_FOUND = "not_found"
    OUT_OF_SCOPE = "out_of_scope"


class State(StrEnum):
    """What became of it."""

    OPEN = "open"
    USED = "used"
    DISMISSED = "dismissed"


class Unanswered(Base):
    """One line, however often and by however many it was typed."""

    __tablename__ = "unanswered"
    __table_args__ = (Index("ix_unanswered_open", "state", "last_day", "count"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the normalised text."""
    text: Mapped[str] = mapped_column(Text)
    """As it was typed first, identifiers as dots."""
    outcome: Mapped[Outcome] = mapped_column(String(16))
    nearest: Mapped[str] = mapped_column(String(CODE_MAX_CHARS), server_default="")
    """Code of the entry that the search found nearest; empty if none."""
    guess: Mapped[str] = mapped_column(String(GUESS_MAX_CHARS), server_default="")
    """The likeliest intent but a refusal, by the classifier; empty if unknown."""
    count: Mapped[int]
    days: Mapped[int]
    """On how many different days."""
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    state: Mapped[State] = mapped_column(String(12))
    became: Mapped[str] = mapped_column(String(CODE_MAX_CHARS), server_default="")
    """Code of the entry, or of the intent, that it was added to."""
    handled_by: Mapped[str] = mapped_column(String(80), server_default="")
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
