"""Table of the morning letters."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime


class Digest(Base):
    """A person's letter of a day is dealt with: noted before it is sent, so that nobody gets it twice."""

    __tablename__ = "digests"

    day: Mapped[date] = mapped_column(primary_key=True)
    """In Baghdad."""
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
