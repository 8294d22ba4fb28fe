"""Tables of the examples that editors change, and of the models trained from them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime

INTENT_MAX_CHARS = 40
NAME_MAX_CHARS = 80
SERIAL = BigInteger().with_variant(Integer, "sqlite")


class Example(Base):
    """A line that editors added to an intent, or a shipped one that they took from it."""

    __tablename__ = "training_examples"
    __table_args__ = (UniqueConstraint("intent", "digest"),)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    intent: Mapped[str] = mapped_column(String(INTENT_MAX_CHARS))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    """Of the line's normal spelling."""
    text: Mapped[str] = mapped_column(Text)
    shipped: Mapped[bool]
    """Whether it comes with the product."""
    active: Mapped[bool]
    """Whether it is trained with; one that is not can be put back."""
    changed_by: Mapped[str] = mapped_column(String(NAME_MAX_CHARS))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class State(StrEnum):
    """Where a model is on its way."""

    WAITING = "waiting"
    TRAINING = "training"
    COMPARING = "comparing"
    READY = "ready"
    """Trained and compared: somebody decides."""
    PROMOTING = "promoting"
    """Decided; the worker puts it in place."""
    LIVE = "live"
    FORMER = "former"
    DROPPED = "dropped"
    CANCELLED = "cancelled"
    FAILED = "failed"


UNFINISHED = (State.WAITING, State.TRAINING, State.COMPARING)
RUNNING = (State.TRAINING, State.COMPARING)


class Step(StrEnum):
    """What the worker is doing."""

    NONE = ""
    STARTING = "starting"
    READING = "reading"
    LEARNING = "learning"
    PACKING = "packing"
    COMPARING = "comparing"


class Failure(StrEnum):
    """Why there is no model; the log knows more."""

    NONE = ""
    TRAINING = "training"
    COMPARING = "comparing"
    TOO_LONG = "too_long"
    INTERRUPTED = "interrupted"
    FILE_GONE = "file_gone"
    DISK = "disk"


class Model(Base):
    """A model: asked for in the console, or found in place (`shipped`)."""

    __tablename__ = "training_models"

    number: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    shipped: Mapped[bool]
    """Whether it was trained by the command line."""
    state: Mapped[State] = mapped_column(String(12), index=True)
    asked_by: Mapped[str] = mapped_column(String(NAME_MAX_CHARS), server_default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(NAME_MAX_CHARS), server_default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(String(32), server_default="")
    """The process that trains it."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    percent: Mapped[int] = mapped_column(server_default="0")
    step: Mapped[Step] = mapped_column(String(12), server_default="")
    failure: Mapped[Failure] = mapped_column(String(16), server_default="")
    digest: Mapped[str] = mapped_column(String(64), server_default="", index=True)
    """SHA-256 of its archive."""
    kept: Mapped[bool] = mapped_column(server_default="0")
    """Whether its archive is still there."""
    added: Mapped[int] = mapped_column(server_default="0")
    """Lines that editors had added when it was trained ..."""
    removed: Mapped[int] = mapped_column(server_default="0")
    """... and taken away."""
    against: Mapped[int | None] = mapped_column(BigInteger)
    """Number of the model it was compared with."""
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Its own, those of `against`, and how many lines differ (`comparison.Figures`)."""


class Comparison(Base):
    """The lines of the development set on which a model and the one in place differ, or err."""

    __tablename__ = "training_comparisons"

    number: Mapped[int] = mapped_column(SERIAL, primary_key=True, autoincrement=False)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Worker(Base):
    """The process that trains, as it was seen last."""

    __tablename__ = "training_workers"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    live_digest: Mapped[str] = mapped_column(String(64), server_default="")
    """Of the archive that engines load now."""
