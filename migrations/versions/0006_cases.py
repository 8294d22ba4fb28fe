"""Cases: complaints and suggestions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from foundation.database import UtcDateTime

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEXES = (
    ("ix_cases_created", "created_at", "id"),
    ("ix_cases_state", "state", "created_at", "id"),
    ("ix_cases_state_due", "state", "due_at", "id"),
    ("ix_cases_kind", "kind", "created_at", "id"),
    ("ix_cases_governorate", "governorate", "created_at", "id"),
    ("ix_cases_governorate_state", "governorate", "state", "created_at", "id"),
    ("ix_cases_district", "district", "created_at", "id"),
    ("ix_cases_agent", "agent_id", "created_at", "id"),
    ("ix_cases_agent_state", "agent_id", "state", "created_at", "id"),
    ("ix_cases_centre", "centre_id", "created_at", "id"),
    ("ix_cases_assignee", "assignee", "created_at", "id"),
    ("ix_cases_conversation", "conversation_id", "created_at", "id"),
    ("ix_cases_ration_card_digest", "ration_card_digest"),
    ("ix_cases_content_digest", "content_digest"),
    ("ix_cases_decided", "decided_at", "id"),
)
_PARTIAL_INDEXES = (
    ("ix_cases_open", "due_at", "created_at", "id"),
    ("ix_cases_open_due", "due_at", "due_at", "id", "created_at"),
    ("ix_cases_open_governorate", "due_at", "governorate", "due_at", "id"),
    ("ix_cases_open_agent", "due_at", "agent_id", "due_at", "id"),
    ("ix_cases_open_assignee", "due_at", "assignee", "due_at", "id"),
    ("ix_cases_look", "look_at", "look_at", "id"),
)
"""The second is the column that must be known."""


def _register(table: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("governorate", sa.String(length=16), nullable=False),
        sa.Column("district", sa.String(length=48), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("sample", sa.Boolean(), server_default=sa.false(), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("number", name=f"uq_{table}_number"),
    )


def upgrade() -> None:
    _register("supply_centres")
    op.create_index("ix_supply_centres_governorate", "supply_centres", ["governorate"])
    _register(
        "agents",
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["centre_id"], ["supply_centres.id"], name="fk_agents_centre_id_supply_centres"),
    )
    op.create_index("ix_agents_place", "agents", ["governorate", "district"])
    op.create_index("ix_agents_centre_id", "agents", ["centre_id"])
    op.create_table(
        "cases",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("governorate", sa.String(length=16), nullable=True),
        sa.Column("district", sa.String(length=48), nullable=True),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("agent_named", sa.LargeBinary(), nullable=True),
        sa.Column("ration_card", sa.LargeBinary(), nullable=True),
        sa.Column("ration_card_digest", sa.String(length=64), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("sum_dinars", sa.BigInteger(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("measure", sa.String(length=16), nullable=True),
        sa.Column("assignee", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("look_at", UtcDateTime(), nullable=True),
        sa.Column("escalations", sa.SmallInteger(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("resolution_seconds", sa.BigInteger(), nullable=True),
        sa.Column("reopened", sa.SmallInteger(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("supporters", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="ck_cases_rating"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_cases_agent_id_agents"),
        sa.ForeignKeyConstraint(["centre_id"], ["supply_centres.id"], name="fk_cases_centre_id_supply_centres"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_cases_conversation_id_conversations",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("number", name="uq_cases_number"),
    )
    for name, *columns in _INDEXES:
        op.create_index(name, "cases", columns)
    for name, known, *columns in _PARTIAL_INDEXES:
        where = sa.text(f"{known} IS NOT NULL")
        op.create_index(name, "cases", columns, postgresql_where=where, sqlite_where=where)
    op.create_table(
        "case_events",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=True),
        sa.Column("measure", sa.String(length=16), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("public", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_events_case_id_cases", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_case_events"),
    )
    op.create_index("ix_case_events_case", "case_events", ["case_id", "id"])
    op.create_table(
        "case_files",
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_files_case_id_cases", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "file_id", name="pk_case_files"),
    )
    op.create_table(
        "case_supporters",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_supporters_case_id_cases", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_case_supporters_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_case_supporters"),
        sa.UniqueConstraint("case_id", "conversation_id", name="uq_case_supporters_case_id_conversation_id"),
    )
    op.create_index("ix_case_supporters_conversation_id", "case_supporters", ["conversation_id"])


def downgrade() -> None:
    for table in ("case_supporters", "case_files", "case_events", "cases", "agents", "supply_centres"):
        op.drop_table(table)
