"""Table of the keys of other systems."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime
from operations.audit.models import WHO_MAX_CHARS

PREFIX_CHARS = 8
NAME_MAX_CHARS = 64


class Scope(StrEnum):
    """What a key opens."""

    RESULTS_IMPORT = "results:import"
    """Laboratory results, of the laboratory that the key acts for."""
    OPEN311_FILE = "open311:file"
    """Filing cases."""
    OPEN311_READ = "open311:read"
    """Where cases stand; no personal data, but their numbers."""


class ApiKey(Base):
    """One key. The key itself is shown once and not kept; it has 256 random bits, so a plain SHA-256 hides it."""

    __tablename__ = "api_keys"

    prefix: Mapped[str] = mapped_column(String(PREFIX_CHARS), primary_key=True)
    """The public part of the key, by which it is found and named."""
    name: Mapped[str] = mapped_column(String(NAME_MAX_CHARS), unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    acts_for: Mapped[str] = mapped_column(String(NAME_MAX_CHARS))
    """The laboratory or office in whose name the system writes; empty for none."""
    per_minute: Mapped[int]
    """Requests a minute."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(WHO_MAX_CHARS))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    minute_began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the minute began in which it was used last."""
    minute_count: Mapped[int] = mapped_column(default=0)
