"""Indexes of filters that are used together, over a million cases and entries of the audit.

Revision ID: 0019
Revises: 0018
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = sa.text("due_at IS NOT NULL")
REST = ("kind", "state", "district")
SHOWN = (*REST, "governorate")


def upgrade() -> None:
    for name in ("agent", "agent_state", "open", "open_due", "open_governorate"):
        op.drop_index(f"ix_cases_{name}", "cases")
    _index("agent", "agent_id", "created_at", "id", *SHOWN, "assignee", "due_at")
    _index("kind_state", "kind", "state", "created_at", "id")
    _index("governorate_kind", "governorate", "kind", "created_at", "id")
    _index("district_kind", "district", "kind", "created_at", "id")
    _open("open", "created_at", "id", *SHOWN, "due_at")
    _open("open_due", "due_at", "id", "created_at", *SHOWN)
    _open("open_governorate", "governorate", "due_at", "id", "created_at", *REST)
    op.create_index("ix_audit_who", "audit", ["who", "id"])
    op.create_index("ix_audit_who_action", "audit", ["who", "action", "id"])


def _index(name: str, *columns: str) -> None:
    op.create_index(f"ix_cases_{name}", "cases", list(columns))


def _open(name: str, *columns: str) -> None:
    op.create_index(f"ix_cases_{name}", "cases", list(columns), postgresql_where=OPEN, sqlite_where=OPEN)


def downgrade() -> None:
    for name in ("who_action", "who"):
        op.drop_index(f"ix_audit_{name}", "audit")
    for name in ("open_governorate", "open_due", "open", "district_kind", "governorate_kind", "kind_state", "agent"):
        op.drop_index(f"ix_cases_{name}", "cases")
    _index("agent", "agent_id", "created_at", "id")
    _index("agent_state", "agent_id", "state", "created_at", "id")
    _open("open", "created_at", "id")
    _open("open_due", "due_at", "id", "created_at")
    _open("open_governorate", "governorate", "due_at", "id")
