"""Retention: when buttons and identifiers were needed last; indexes by which what is old is found and deleted."""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INDEXES = (
    ("conversations", "created_at"),
    ("inbox", "conversation_id"),
    ("outbox", "conversation_id"),
    ("outbox", "message_id"),
    ("buttons", "shown_at"),
    ("vault", "used_at"),
)


def upgrade() -> None:
    # In SQL: Alembic would copy the whole table on SQLite.
    op.execute("ALTER TABLE buttons RENAME COLUMN created_at TO shown_at")
    op.execute("ALTER TABLE vault RENAME COLUMN created_at TO used_at")
    for table, column in _INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table, column in reversed(_INDEXES):
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    op.execute("ALTER TABLE vault RENAME COLUMN used_at TO created_at")
    op.execute("ALTER TABLE buttons RENAME COLUMN shown_at TO created_at")
