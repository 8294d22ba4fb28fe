"""Conversations that ended, newest first: all, by colleague, by how they ended.

Revision ID: 0021
Revises: 0020
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_handoffs_ended", "handoffs", ["ended_at", "id"])
    op.create_index("ix_handoffs_ended_by", "handoffs", ["last_owner_id", "ended_at", "id"])
    op.create_index("ix_handoffs_ended_how", "handoffs", ["close_reason", "ended_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_handoffs_ended_how", "handoffs")
    op.drop_index("ix_handoffs_ended_by", "handoffs")
    op.drop_index("ix_handoffs_ended", "handoffs")
