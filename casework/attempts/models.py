"""Table of failures."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime

KIND_CHARS = 32
DIGEST_BYTES = 32


class Attempts(Base):
    """Failures of one subject that are not forgotten yet. Who or what the subject is cannot be read from it."""

    __tablename__ = "attempts"

    kind: Mapped[str] = mapped_column(String(KIND_CHARS), primary_key=True)
    """What was tried, and what is counted: such as `result:conversation`."""
    subject: Mapped[bytes] = mapped_column(LargeBinary(DIGEST_BYTES), primary_key=True)
    """A keyed hash."""
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
