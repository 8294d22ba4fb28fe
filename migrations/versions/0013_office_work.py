"""The office's work on cases and results: merged cases, bulk assignment, held notices, reports of the picture."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from foundation.database import UtcDateTime

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("cases", sa.Column("merged_into", sa.String(length=10), nullable=True))
    op.create_index("ix_cases_merged_into", "cases", ["merged_into"])
    op.add_column("notices", sa.Column("not_before", UtcDateTime(), nullable=True))
    op.create_index("ix_audit_subject", "audit", ["subject", "id"])
    op.create_table(
        "case_batches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("assignee", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("undo_until", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_batches")),
    )
    op.create_index("ix_case_batches_at", "case_batches", ["at"])
    op.create_table(
        "picture_reports",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("tests", sa.Integer(), nullable=True),
        sa.Column("pdf_id", sa.String(length=32), nullable=False),
        sa.Column("csv_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_picture_reports")),
    )


def downgrade() -> None:
    op.drop_table("picture_reports")
    op.drop_table("case_batches")
    op.drop_index("ix_audit_subject", "audit")
    op.drop_column("notices", "not_before")
    op.drop_index("ix_cases_merged_into", "cases")
    op.drop_column("cases", "merged_into")
