"""Table of requests of citizens about their own data."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from citizens.models import Conversation
from foundation.database import Base, UtcDateTime


class Wish(StrEnum):
    """What the citizen wants."""

    SHOW = "show"
    FILE = "file"
    ERASE = "erase"


class PrivacyRequest(Base):
    """One request; it goes when it is done."""

    __tablename__ = "privacy_requests"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"), index=True)
    wish: Mapped[Wish] = mapped_column(String(8))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
