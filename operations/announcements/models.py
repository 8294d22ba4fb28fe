"""Tables of the emergency notice."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime
from operations.audit.models import WHO_MAX_CHARS


class Announcement(Base):
    """A sentence that all citizens are to see."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    """Why; for staff."""
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    who: Mapped[str] = mapped_column(String(WHO_MAX_CHARS))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Shown(Base):
    """A conversation saw an announcement on this day (in Baghdad)."""

    __tablename__ = "announcements_shown"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    announcement_id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
