"""Tables of editing. The published entry itself stays in the catalogue's own tables."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import JSON, BigInteger, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models import CODE_MAX_CHARS
from foundation.database import Base, UtcDateTime

NAME_MAX_CHARS = 80
ID_CHARS = 32
SERIAL = BigInteger().with_variant(Integer, "sqlite")

Kind = Literal["service", "faq"]
Body = dict[str, Any]
"""An entry as JSON: the fields of `catalog.editing.fields`."""


class State(StrEnum):
    """Where a draft is."""

    WRITING = "writing"
    SUBMITTED = "submitted"
    """A second person is to look at it."""
    APPROVED = "approved"
    """It is published at its time."""


class How(StrEnum):
    """How a version came to be."""

    BEFORE = "before"
    """What was published before the first change here."""
    PUBLISHED = "published"
    ROLLED_BACK = "rolled_back"


class Draft(Base):
    """What is to become of an entry; one at a time for each."""

    __tablename__ = "content_drafts"

    code: Mapped[str] = mapped_column(String(CODE_MAX_CHARS), primary_key=True)
    kind: Mapped[Kind] = mapped_column(String(8))
    body: Mapped[Body] = mapped_column(JSON)
    base: Mapped[int] = mapped_column(server_default="0")
    """Number of the version it began from; 0 if there was none."""
    revision: Mapped[int]
    """Grows with each save: whoever saves names the one they saw."""
    state: Mapped[State] = mapped_column(String(12), index=True)
    author_ids: Mapped[list[str]] = mapped_column(JSON)
    """Accounts of all who changed it: none of them may approve it."""
    changed_by: Mapped[str] = mapped_column(String(NAME_MAX_CHARS))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, server_default="")
    """What the author tells the reviewer, or the reviewer the author."""
    batch: Mapped[str] = mapped_column(String(ID_CHARS), server_default="", index=True)
    """The import that it came with."""
    approved_by: Mapped[str] = mapped_column(String(NAME_MAX_CHARS), server_default="")
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Autosave(Base):
    """What somebody is typing and has not saved; each person has their own."""

    __tablename__ = "content_autosaves"

    code: Mapped[str] = mapped_column(String(CODE_MAX_CHARS), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    body: Mapped[Body] = mapped_column(JSON)
    revision: Mapped[int]
    """Of the draft that was open."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Version(Base):
    """An entry as it was published."""

    __tablename__ = "content_versions"
    __table_args__ = (UniqueConstraint("code", "number"),)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_MAX_CHARS))
    kind: Mapped[Kind] = mapped_column(String(8))
    number: Mapped[int]
    body: Mapped[Body] = mapped_column(JSON)
    how: Mapped[How] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[str] = mapped_column(String(NAME_MAX_CHARS), server_default="")
    approved_by: Mapped[str] = mapped_column(String(NAME_MAX_CHARS), server_default="")
    note: Mapped[str] = mapped_column(Text, server_default="")


class Freshness(Base):
    """Until when an entry counts as verified, where somebody has said so."""

    __tablename__ = "content_freshness"

    code: Mapped[str] = mapped_column(String(CODE_MAX_CHARS), primary_key=True)
    verified_until: Mapped[date | None]
    reminded_on: Mapped[date | None]
    """When other systems were told that it has grown stale."""


class ImportRun(Base):
    """A file that was read and compared, and waits to be taken in."""

    __tablename__ = "content_imports"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(ID_CHARS))
    file_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    entries: Mapped[list[Body]] = mapped_column(JSON)
    """What would change, each with its code and kind."""
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
