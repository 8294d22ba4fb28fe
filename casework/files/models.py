"""Table of stored files. They lie in the database: see docs/adr/0009-files-in-the-database.md."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from citizens.models import ID_CHARS, Conversation
from foundation.database import Base, UtcDateTime

NAME_MAX_CHARS = 120


class StoredFile(Base):
    """One file."""

    __tablename__ = "files"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    """128 random bits in hexadecimal."""
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey(Conversation.id, ondelete="SET NULL"), index=True)
    """Whose it is: who sent it, or for whom it was made."""
    name: Mapped[str] = mapped_column(String(NAME_MAX_CHARS))
    media_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    """Bytes, before encryption."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """Encrypted."""
    attached: Mapped[bool] = mapped_column(server_default=false())
    """Something that is kept needs it; otherwise it goes after a few days."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
