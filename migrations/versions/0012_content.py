"""Content: drafts, versions, unanswered questions, announcements."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from foundation.database import UtcDateTime

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "content_drafts",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("base", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author_ids", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("batch", sa.String(length=32), server_default="", nullable=False),
        sa.Column("approved_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("publish_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_content_drafts")),
    )
    for column in ("state", "batch", "publish_at"):
        op.create_index(op.f(f"ix_content_drafts_{column}"), "content_drafts", [column], unique=False)
    op.create_table(
        "content_autosaves",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", "account_id", name=op.f("pk_content_autosaves")),
    )
    op.create_table(
        "content_versions",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("written_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("approved_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_versions")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_content_versions_code_number")),
    )
    op.create_table(
        "content_freshness",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("verified_until", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_content_freshness")),
    )
    op.create_table(
        "content_imports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_imports")),
    )
    op.create_index(op.f("ix_content_imports_at"), "content_imports", ["at"], unique=False)
    op.create_table(
        "unanswered",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("nearest", sa.String(length=64), server_default="", nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("became", sa.String(length=64), server_default="", nullable=False),
        sa.Column("handled_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered")),
        sa.UniqueConstraint("digest", name=op.f("uq_unanswered_digest")),
    )
    op.create_index("ix_unanswered_open", "unanswered", ["state", "last_day", "count"], unique=False)
    op.create_table(
        "announcements",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index(op.f("ix_announcements_ends_at"), "announcements", ["ends_at"], unique=False)
    op.create_table(
        "announcements_shown",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("announcement_id", SERIAL, autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", "announcement_id", "conversation_id", name=op.f("pk_announcements_shown")),
    )


def downgrade() -> None:
    for table in (
        "announcements_shown",
        "announcements",
        "unanswered",
        "content_imports",
        "content_freshness",
        "content_versions",
        "content_autosaves",
        "content_drafts",
    ):
        op.drop_table(table)
