"""Table of the word that is sealed with the keys."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime

ONLY = 1
"""Id of the table's one row."""


class KeyCheck(Base):
    """A known word, encrypted by the first process that used this database."""

    __tablename__ = "key_check"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
