"""Table of dialogues: one row a conversation, what is open in it and what was answered last."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from citizens.models import Conversation
from foundation.database import Base, UtcDateTime


class Dialogue(Base):
    """What is open in a conversation."""

    __tablename__ = "dialogues"

    conversation_id: Mapped[str] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"), primary_key=True)
    expects: Mapped[str | None] = mapped_column(String(64))
    """What the open question waits for (`Expect` values, comma-separated); None if no form is open."""
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The open forms with their answers, encrypted."""
    message_id: Mapped[str | None] = mapped_column(String(64))
    """The message that was acted on last; the same message again gets `outcome` again."""
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What came of it; personal texts in it are vault tokens."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


DIALOGUES = cast(Table, Dialogue.__table__)
