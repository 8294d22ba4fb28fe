"""Table of the figures that are kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.cases.models import GOVERNORATE_CHARS
from foundation.database import Base, UtcDateTime


class KeptFigures(Base):
    """A page of figures as it was gathered at a moment: over millions of rows that takes seconds."""

    __tablename__ = "kept_figures"

    page: Mapped[str] = mapped_column(String(16), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(String(GOVERNORATE_CHARS), primary_key=True)
    """A governorate; empty for all."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    took_ms: Mapped[int]
    """How long it took to gather."""
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
