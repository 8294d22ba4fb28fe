"""Tables of results: laboratories, results with their versions, who waits for or has received them, imports."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from citizens.models import ID_CHARS
from foundation.database import Base, UtcDateTime

CODE_CHARS = 32
GOVERNORATE_CHARS = 16
WHO_CHARS = 80
DIGEST_BYTES = 32
SERIAL = BigInteger().with_variant(Integer, "sqlite")


class Status(StrEnum):
    """Where a result stands."""

    PENDING = "pending"
    FINAL = "final"
    AMENDED = "amended"
    """Final, and other than what was said before."""
    VOID = "void"


class Value(StrEnum):
    """What was found."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    INCONCLUSIVE = "inconclusive"
    REJECTED = "rejected"
    """The sample could not be tested."""


ISSUED = (Status.FINAL, Status.AMENDED)
"""Statuses of a result that holds."""


class Laboratory(Base):
    """A laboratory that sends results."""

    __tablename__ = "laboratories"

    code: Mapped[str] = mapped_column(String(CODE_CHARS), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    name_latin: Mapped[str] = mapped_column(Text)
    governorate: Mapped[str] = mapped_column(String(GOVERNORATE_CHARS))
    """Code of the governorate, `casework.results.laboratories`."""


class Result(Base):
    """One result as it stands. Whose it is, and the sample number, can be read with the data keys only.

    The digests are keyed hashes; those of the second factors also hash the sample number, so that no two results show
    that they are of one person.
    """

    __tablename__ = "results"
    __table_args__ = (
        UniqueConstraint("sample_digest", "laboratory"),
        # By it retention finds what is to be erased, and not again what is.
        Index(
            "ix_results_personal",
            "sampled_at",
            sqlite_where=text("personal IS NOT NULL"),
            postgresql_where=text("personal IS NOT NULL"),
        ),
        Index("ix_results_picture", "sampled_on", "governorate", "laboratory", "status", "value", "sampled_week"),
    )

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    laboratory: Mapped[str] = mapped_column(ForeignKey("laboratories.code"))
    governorate: Mapped[str] = mapped_column(String(GOVERNORATE_CHARS))
    """That of the laboratory on the day of the import."""
    sample_digest: Mapped[bytes | None] = mapped_column(LargeBinary(DIGEST_BYTES))
    phone_digest: Mapped[bytes | None] = mapped_column(LargeBinary(DIGEST_BYTES))
    national_id_digest: Mapped[bytes | None] = mapped_column(LargeBinary(DIGEST_BYTES))
    passport_digest: Mapped[bytes | None] = mapped_column(LargeBinary(DIGEST_BYTES))
    birth_digest: Mapped[bytes | None] = mapped_column(LargeBinary(DIGEST_BYTES))
    """Of the year of birth with the last digits of the phone."""
    content_digest: Mapped[bytes | None] = mapped_column(LargeBinary(DIGEST_BYTES))
    """Of all that the laboratory sent: the same again changes nothing."""
    personal: Mapped[bytes | None] = mapped_column(LargeBinary)
    """`casework.results.record.Personal`, encrypted. None, like the digests, once retention has erased it."""
    status: Mapped[Status] = mapped_column(String(8))
    value: Mapped[Value | None] = mapped_column(String(16))
    """None while it is pending, or was voided before it came."""
    sampled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sampled_on: Mapped[date]
    """The day of `sampled_at` in Baghdad."""
    sampled_week: Mapped[date]
    """The Sunday on or before that day: weeks as the Ministry counts them."""
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(WHO_CHARS))
    reason: Mapped[str] = mapped_column(Text, default="")
    example: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """A made-up one, to try the assistant with."""


class ResultVersion(Base):
    """What a result was before it was changed."""

    __tablename__ = "result_versions"
    __table_args__ = (UniqueConstraint("result_id", "version"),)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"))
    version: Mapped[int]
    status: Mapped[Status] = mapped_column(String(8))
    value: Mapped[Value | None] = mapped_column(String(16))
    sampled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    personal: Mapped[bytes] = mapped_column(LargeBinary)
    content_digest: Mapped[bytes] = mapped_column(LargeBinary(DIGEST_BYTES))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(WHO_CHARS))
    reason: Mapped[str] = mapped_column(Text)


class ResultReader(Base):
    """A conversation that has proven that a result is its own: it waits for it, or has received it."""

    __tablename__ = "result_readers"

    conversation_id: Mapped[str] = mapped_column(
        String(ID_CHARS), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    result_id: Mapped[int] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"), primary_key=True, index=True)
    told_version: Mapped[int | None]
    """The version that it was shown last; None if it only saw that there is none yet."""
    waiting: Mapped[bool]
    """Wants to be told when it comes."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ResultImport(Base):
    """One file or bundle that came in."""

    __tablename__ = "result_imports"
    __table_args__ = (Index("ix_result_imports_laboratory", "laboratory", "digest"),)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    laboratory: Mapped[str] = mapped_column(ForeignKey("laboratories.code"))
    format: Mapped[str] = mapped_column(String(8))
    digest: Mapped[bytes] = mapped_column(LargeBinary(DIGEST_BYTES))
    """SHA-256 of the file."""
    who: Mapped[str] = mapped_column(String(WHO_CHARS))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    refused: Mapped[int]


class PictureReport(Base):
    """A weekly report of the epidemic picture, kept as it was made."""

    __tablename__ = "picture_reports"

    week: Mapped[date] = mapped_column(primary_key=True)
    """The Sunday on which it begins."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tests: Mapped[int | None]
    """None if they are too few to be shown."""
    pdf_id: Mapped[str] = mapped_column(String(ID_CHARS))
    """Of `casework.files`, like `csv_id`."""
    csv_id: Mapped[str] = mapped_column(String(ID_CHARS))
