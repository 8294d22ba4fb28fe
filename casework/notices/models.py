"""Table of notices."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from citizens.models import Conversation
from foundation.database import Base, UtcDateTime

KEY_MAX_CHARS = 80


class Notice(Base):
    """One message that waits to be said, or was."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("conversation_id", "key"),
        Index(
            "ix_notices_waiting",
            "conversation_id",
            "id",
            postgresql_where=text("said_at IS NULL"),
            sqlite_where=text("said_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(KEY_MAX_CHARS))
    """What it is about; the same key again adds nothing."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The prompt, encrypted; erased when it was said."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not said earlier: what caused it may be taken back until then."""
    said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
