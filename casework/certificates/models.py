"""Tables of certificates: the keys that sign, and what was signed."""

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime

KID_CHARS = 12
"""Base64 of the 8 bytes that name a key."""
HASH_CHARS = 64
RESULT_ID_MAX_CHARS = 64


class SigningKey(Base):
    """A key that signs certificates, or did. Its certificate stays, so that what it signed can be checked."""

    __tablename__ = "certificate_keys"

    kid: Mapped[str] = mapped_column(String(KID_CHARS), primary_key=True)
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    """X.509 in DER: the public key, with its name and times."""
    private_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    """PKCS #8 in PEM, encrypted with the data keys; erased when the key signs no more."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since then nothing that it signed is trusted."""


class IssuedCertificate(Base):
    """A certificate that was issued; whose it is can be read only with the data keys."""

    __tablename__ = "certificates"
    __table_args__ = (Index("ix_certificates_result", "result_id", "version", unique=True),)

    identifier_hash: Mapped[str] = mapped_column(String(HASH_CHARS), primary_key=True)
    """SHA-256 of the certificate's identifier, in hexadecimal."""
    result_id: Mapped[str] = mapped_column(String(RESULT_ID_MAX_CHARS))
    version: Mapped[int] = mapped_column(Integer)
    """Of the result; an amended one gets a certificate of its own."""
    kid: Mapped[str] = mapped_column(String(KID_CHARS))
    code_hash: Mapped[str] = mapped_column(String(HASH_CHARS))
    """SHA-256 of the whole code: another spelling of the same content is not ours."""
    code: Mapped[bytes] = mapped_column(LargeBinary)
    """The text of the QR code, encrypted."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
