"""Tables of accounts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime

NAME_MAX_CHARS = 64
SHOWN_NAME_MAX_CHARS = 80
EMAIL_MAX_CHARS = 254
TEAM_MAX_CHARS = 64
BROWSER_MAX_CHARS = 120


class Role(StrEnum):
    """What a person does; a person may hold several."""

    AGENT = "agent"
    CASE_OFFICER = "case_officer"
    """For the governorates that the role names; for all if it names none."""
    EDITOR = "editor"
    REVIEWER = "reviewer"
    HEALTH_OFFICER = "health_officer"
    ADMINISTRATOR = "administrator"


class Stage(StrEnum):
    """How far a session has come."""

    CODE = "code"
    """The password was right; the code of the second factor is awaited."""
    OPEN = "open"


class Account(Base):
    """One person of the staff."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX_CHARS), unique=True)
    """What the person types to enter: small Latin letters, digits, dot, dash."""
    shown_name: Mapped[str] = mapped_column(String(SHOWN_NAME_MAX_CHARS))
    """What colleagues and citizens see."""
    email: Mapped[str | None] = mapped_column(String(EMAIL_MAX_CHARS), unique=True)
    """By which OpenID Connect finds the account, and where the letter of the morning goes; small letters."""
    team: Mapped[str] = mapped_column(String(TEAM_MAX_CHARS), server_default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool]
    """The password was made by somebody else: it opens only the page on which it is changed."""
    password_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a one-time password ends."""
    failures: Mapped[int] = mapped_column(server_default="0")
    """Wrong passwords or codes in a row."""
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Encrypted; None while there is no second factor."""
    totp_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The time step of the last code that was taken: no code is taken twice."""
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountRole(Base):
    """A role of an account."""

    __tablename__ = "account_roles"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(String(16), primary_key=True)
    governorate: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Where the role holds; empty for everywhere."""


class AccountSession(Base):
    """Somebody who has entered, on one browser."""

    __tablename__ = "account_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The SHA-256 of what the browser holds, so that the database gives nobody a way in."""
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    stage: Mapped[Stage] = mapped_column(String(8))
    csrf: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(BROWSER_MAX_CHARS))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Whatever happens, it ends then."""
