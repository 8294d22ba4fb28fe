"""Tables of cases: agents and supply centres, cases, what happened to them, who joined them, what was attached."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from citizens.models import ID_CHARS
from foundation.database import Base, UtcDateTime

NUMBER_CHARS = 10
"""Digits of a tracking number, its check digit among them."""
GOVERNORATE_CHARS = 16
DISTRICT_CHARS = 48
ACTOR_CHARS = 64
REGISTER_NUMBER_CHARS = 16
DIGEST_CHARS = 64
SERIAL = BigInteger().with_variant(Integer, "sqlite")


_REST = ("kind", "state", "district")
_SHOWN = (*_REST, "governorate")
"""Further columns of an index, so that what else is asked for is compared without a look at the row."""


def _partial(name: str, known: str, *columns: str) -> Index:
    where = text(f"{known} IS NOT NULL")
    return Index(name, *columns, postgresql_where=where, sqlite_where=where)


class Kind(StrEnum):
    """What a case is about."""

    AGENT = "agent"
    QUALITY = "quality"
    QUANTITY = "quantity"
    EXTRA_MONEY = "extra_money"
    DELAY = "delay"
    SALE = "sale"
    BEHAVIOUR = "behaviour"
    OTHER = "other"
    SUGGESTION = "suggestion"


class State(StrEnum):
    """Where a case stands; `casework.cases.life` says what may follow on what."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    UNDER_INVESTIGATION = "under_investigation"
    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    """The citizen took it back before anybody decided."""


class Measure(StrEnum):
    """What was done about an upheld complaint."""

    WARNING = "warning"
    FINE = "fine"
    REFUND = "refund"
    REPLACEMENT = "replacement"
    SUSPENSION = "suspension"
    WITHDRAWAL = "withdrawal"
    REFERRAL = "referral"
    OTHER = "other"


class What(StrEnum):
    """What an event is."""

    FILED = "filed"
    MOVED = "moved"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    SUPPORTED = "supported"
    RATED = "rated"
    NOTED = "noted"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"
    """A bulk assignment was taken back before anybody was told."""


class Centre(Base):
    """A supply centre of the food basket."""

    __tablename__ = "supply_centres"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(REGISTER_NUMBER_CHARS), unique=True)
    name: Mapped[str] = mapped_column(Text)
    governorate: Mapped[str] = mapped_column(String(GOVERNORATE_CHARS), index=True)
    district: Mapped[str | None] = mapped_column(String(DISTRICT_CHARS))
    active: Mapped[bool] = mapped_column(server_default=true(), default=True)
    sample: Mapped[bool] = mapped_column(server_default=false(), default=False)


class Agent(Base):
    """A ration agent of the register."""

    __tablename__ = "agents"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(REGISTER_NUMBER_CHARS), unique=True)
    name: Mapped[str] = mapped_column(Text)
    governorate: Mapped[str] = mapped_column(String(GOVERNORATE_CHARS))
    district: Mapped[str | None] = mapped_column(String(DISTRICT_CHARS))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("supply_centres.id"), index=True)
    active: Mapped[bool] = mapped_column(server_default=true(), default=True)
    sample: Mapped[bool] = mapped_column(server_default=false(), default=False)

    __table_args__ = (Index("ix_agents_place", "governorate", "district"),)


class Case(Base):
    """A complaint or a suggestion. What identifies somebody, and what the citizen wrote, is encrypted."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    number: Mapped[str] = mapped_column(String(NUMBER_CHARS), unique=True)
    """Tracking number, digits only (`casework.cases.numbers`)."""
    kind: Mapped[Kind] = mapped_column(String(16))
    governorate: Mapped[str | None] = mapped_column(String(GOVERNORATE_CHARS))
    district: Mapped[str | None] = mapped_column(String(DISTRICT_CHARS))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("supply_centres.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    agent_named: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The agent or centre as the citizen named it, where the register does not know it; encrypted."""
    ration_card: Mapped[bytes | None] = mapped_column(LargeBinary)
    ration_card_digest: Mapped[str | None] = mapped_column(String(DIGEST_CHARS))
    text: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What happened, in the citizen's words, encrypted; None after the citizen had it erased."""
    happened_on: Mapped[date | None]
    sum_dinars: Mapped[int | None] = mapped_column(BigInteger)
    anonymous: Mapped[bool] = mapped_column(default=True)
    """Whether the agent must not learn who complained."""
    conversation_id: Mapped[str | None] = mapped_column(
        String(ID_CHARS), ForeignKey("conversations.id", ondelete="SET NULL")
    )
    source: Mapped[str] = mapped_column(String(ACTOR_CHARS))
    """`chat`, or the name of the system that filed it."""
    content_digest: Mapped[str] = mapped_column(String(DIGEST_CHARS))
    """A keyed hash of who filed what, by which the same complaint sent twice is known."""
    state: Mapped[State] = mapped_column(String(20))
    outcome: Mapped[State | None] = mapped_column(String(20))
    """`upheld` or `not_upheld`, kept when the case is closed; None again when it is reopened."""
    measure: Mapped[Measure | None] = mapped_column(String(16))
    assignee: Mapped[str | None] = mapped_column(String(ACTOR_CHARS))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the state changed last."""
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """By when somebody must bring it on; None exactly when it is decided or closed."""
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the job looks at it next: to escalate, or to close what is decided."""
    escalations: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often it was escalated in its present state."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolution_seconds: Mapped[int | None] = mapped_column(BigInteger)
    """From filing to the decision."""
    reopened: Mapped[int] = mapped_column(SmallInteger, default=0)
    merged_into: Mapped[str | None] = mapped_column(String(NUMBER_CHARS), index=True)
    """Tracking number of the case that goes on in place of this one, which was filed of the same thing."""
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    supporters: Mapped[int] = mapped_column(default=0)
    """How many other citizens added theirs."""
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every change; who changes an older version is refused."""
    sample: Mapped[bool] = mapped_column(server_default=false(), default=False)

    __table_args__ = (
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        # Lists run from the newest; `browse.filters` says which index serves which filters.
        Index("ix_cases_created", "created_at", "id"),
        Index("ix_cases_state", "state", "created_at", "id"),
        Index("ix_cases_state_due", "state", "due_at", "id"),
        Index("ix_cases_kind", "kind", "created_at", "id"),
        Index("ix_cases_kind_state", "kind", "state", "created_at", "id"),
        Index("ix_cases_governorate_kind", "governorate", "kind", "created_at", "id"),
        Index("ix_cases_district_kind", "district", "kind", "created_at", "id"),
        Index("ix_cases_governorate", "governorate", "created_at", "id"),
        Index("ix_cases_governorate_state", "governorate", "state", "created_at", "id"),
        Index("ix_cases_district", "district", "created_at", "id"),
        Index("ix_cases_agent", "agent_id", "created_at", "id", *_SHOWN, "assignee", "due_at"),
        Index("ix_cases_centre", "centre_id", "created_at", "id"),
        Index("ix_cases_assignee", "assignee", "created_at", "id"),
        Index("ix_cases_conversation", "conversation_id", "created_at", "id"),
        Index("ix_cases_ration_card_digest", "ration_card_digest"),
        Index("ix_cases_content_digest", "content_digest"),
        Index("ix_cases_decided", "decided_at", "id"),
        Index("ix_cases_governorate_decided", "governorate", "decided_at"),
        # Of the few that are open: small, whatever the years pile up.
        _partial("ix_cases_open", "due_at", "created_at", "id", *_SHOWN, "due_at"),
        _partial("ix_cases_open_due", "due_at", "due_at", "id", "created_at", *_SHOWN),
        _partial("ix_cases_open_governorate", "due_at", "governorate", "due_at", "id", "created_at", *_REST),
        _partial("ix_cases_open_agent", "due_at", "agent_id", "due_at", "id"),
        _partial("ix_cases_open_assignee", "due_at", "assignee", "due_at", "id"),
        _partial("ix_cases_look", "look_at", "look_at", "id"),
    )


class CaseEvent(Base):
    """One thing that happened to a case. Events are added and never changed."""

    __tablename__ = "case_events"
    __table_args__ = (Index("ix_case_events_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(ACTOR_CHARS))
    """`citizen`, `system`, or the name of a member of staff."""
    what: Mapped[What] = mapped_column(String(16))
    from_state: Mapped[State | None] = mapped_column(String(20))
    to_state: Mapped[State | None] = mapped_column(String(20))
    measure: Mapped[Measure | None] = mapped_column(String(16))
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    """For staff only; encrypted."""
    public: Mapped[str | None] = mapped_column(Text)
    """What the citizen was told."""


class CaseFile(Base):
    """A picture or document that belongs to a case."""

    __tablename__ = "case_files"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    """Of `casework.files`."""
    position: Mapped[int] = mapped_column(SmallInteger)


class CaseSupporter(Base):
    """A citizen who added theirs to a case of another."""

    __tablename__ = "case_supporters"
    __table_args__ = (UniqueConstraint("case_id", "conversation_id"),)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    conversation_id: Mapped[str] = mapped_column(
        String(ID_CHARS), ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What they added, encrypted."""


class CaseBatch(Base):
    """Cases that were given to somebody together, and what they were before: taken back within a short time."""

    __tablename__ = "case_batches"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    actor: Mapped[str] = mapped_column(String(ACTOR_CHARS))
    assignee: Mapped[str] = mapped_column(String(ACTOR_CHARS))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    undo_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """Citizens are told then, not earlier."""
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    before: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """A `casework.cases.bulk.Before` for each case."""
