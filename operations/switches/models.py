"""Table of what is switched off."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime
from operations.audit.models import WHO_MAX_CHARS


class Capability(StrEnum):
    """What can be switched off by itself."""

    EVERYTHING = "everything"
    SERVICE_ANSWERS = "service_answers"
    """Answers about services and general questions; greetings, help and privacy stay."""
    CASES = "cases"
    """Complaints and suggestions: filing, following, rating; the staff's work on them goes on."""
    RESULTS = "results"
    """Results of tests and their certificates in the chat; import, notices and /verify go on."""
    HANDOFFS = "handoffs"
    """Asking for a person; conversations that wait or are held go on."""
    WEBCHAT = "webchat"
    TELEGRAM = "telegram"


class Switch(Base):
    """One capability that is off; without its row it is on."""

    __tablename__ = "switches"

    capability: Mapped[Capability] = mapped_column(String(32), primary_key=True)
    message: Mapped[str] = mapped_column(Text)
    """What citizens are told."""
    reason: Mapped[str] = mapped_column(Text)
    """Why; for staff."""
    who: Mapped[str] = mapped_column(String(WHO_MAX_CHARS))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
