"""Table of the audit."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime

WHO_MAX_CHARS = 64
SUBJECT_MAX_CHARS = 128


class Action(StrEnum):
    """What was done."""

    SWITCH_OFF = "switch_off"
    SWITCH_ON = "switch_on"
    PURGE = "purge"
    REKEY = "rekey"
    ERASE = "erase"
    API_KEY_CREATE = "api_key_create"
    API_KEY_REVOKE = "api_key_revoke"
    RESULT_SHOWN = "result_shown"
    RESULT_REFUSED = "result_refused"
    RESULT_AMEND = "result_amend"
    RESULT_VOID = "result_void"
    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    ACCOUNT_CREATE = "account_create"
    ACCOUNT_CHANGE = "account_change"
    ACCOUNT_DISABLE = "account_disable"
    ACCOUNT_ENABLE = "account_enable"
    PASSWORD_RESET = "password_reset"  # noqa: S105  # the name of an action
    PASSWORD_CHANGE = "password_change"  # noqa: S105
    SECOND_FACTOR = "second_factor"
    SESSION_END = "session_end"
    REVEAL = "reveal"
    """Somebody looked behind a mask."""
    CERTIFICATE_KEY_ROTATE = "certificate_key_rotate"
    CERTIFICATE_KEY_REVOKE = "certificate_key_revoke"
    CERTIFICATE_REVOKE = "certificate_revoke"
    HANDOFF = "handoff"
    OFFICE_HOURS = "office_hours"
    CANNED_REPLY = "canned_reply"
    CONTENT = "content"
    """A draft was sent for review, returned, approved, published or dropped, or an entry put back as it was."""
    TRAINING = "training"
    """Examples of an intent were changed; a model was asked for, promoted, dropped, or taken back."""
    ANNOUNCEMENT = "announcement"
    CASE_REFUSED = "case_refused"
    """Somebody asked for a tracking number that does not exist."""
    CASE_CHANGE = "case_change"
    """A member of staff moved, noted, merged or bulk-assigned a case."""
    CASE_WITHDRAWN = "case_withdrawn"
    """A citizen took a case back."""
    RESULT_IMPORT = "result_import"
    """A laboratory's file was taken in by hand."""
    REGISTER_IMPORT = "register_import"
    """Agents and supply centres were brought in."""


class AuditEntry(Base):
    """One thing that somebody did."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_action", "action", "id"),
        Index("ix_audit_subject", "subject", "id"),
        Index("ix_audit_who", "who", "id"),
        Index("ix_audit_who_action", "who", "action", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(String(WHO_MAX_CHARS))
    """The name that the person gave, or of their account; of the process where nobody asked for it."""
    action: Mapped[Action] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(SUBJECT_MAX_CHARS))
    """What it was done to; empty if to all."""
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Figures; never what a citizen wrote."""
    digest: Mapped[str] = mapped_column(String(64))
    """Of this entry and the one before it, see `operations.audit.chain`."""
