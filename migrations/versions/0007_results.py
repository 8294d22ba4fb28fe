"""Results: laboratories, results and their versions, who waits for or received them, limits on guessing, API keys."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from foundation.database import UtcDateTime

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DIGEST = sa.LargeBinary(length=32)


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("acts_for", sa.String(length=64), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("minute_began_at", UtcDateTime(), nullable=True),
        sa.Column("minute_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("name", name=op.f("uq_api_keys_name")),
    )
    op.create_table(
        "attempts",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", DIGEST, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_last_at"), "attempts", ["last_at"])
    op.create_table(
        "laboratories",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_latin", sa.Text(), nullable=False),
        sa.Column("governorate", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_laboratories")),
    )
    op.create_table(
        "results",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("laboratory", sa.String(length=32), nullable=False),
        sa.Column("governorate", sa.String(length=16), nullable=False),
        sa.Column("sample_digest", DIGEST, nullable=True),
        sa.Column("phone_digest", DIGEST, nullable=True),
        sa.Column("national_id_digest", DIGEST, nullable=True),
        sa.Column("passport_digest", DIGEST, nullable=True),
        sa.Column("birth_digest", DIGEST, nullable=True),
        sa.Column("content_digest", DIGEST, nullable=True),
        sa.Column("personal", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=True),
        sa.Column("sampled_at", UtcDateTime(), nullable=False),
        sa.Column("sampled_on", sa.Date(), nullable=False),
        sa.Column("sampled_week", sa.Date(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("example", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory"], ["laboratories.code"], name=op.f("fk_results_laboratory_laboratories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("sample_digest", "laboratory", name=op.f("uq_results_sample_digest_laboratory")),
    )
    op.create_index(
        "ix_results_personal",
        "results",
        ["sampled_at"],
        sqlite_where=sa.text("personal IS NOT NULL"),
        postgresql_where=sa.text("personal IS NOT NULL"),
    )
    op.create_index(
        "ix_results_picture", "results", ["sampled_on", "governorate", "laboratory", "status", "value", "sampled_week"]
    )
    op.create_table(
        "result_versions",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("result_id", SERIAL, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=True),
        sa.Column("sampled_at", UtcDateTime(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("personal", sa.LargeBinary(), nullable=False),
        sa.Column("content_digest", DIGEST, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_result_versions_result_id_results"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_versions")),
        sa.UniqueConstraint("result_id", "version", name=op.f("uq_result_versions_result_id_version")),
    )
    op.create_table(
        "result_readers",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("result_id", SERIAL, nullable=False),
        sa.Column("told_version", sa.Integer(), nullable=True),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_result_readers_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_result_readers_result_id_results"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "result_id", name=op.f("pk_result_readers")),
    )
    op.create_index(op.f("ix_result_readers_result_id"), "result_readers", ["result_id"])
    op.create_table(
        "result_imports",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("laboratory", sa.String(length=32), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["laboratory"], ["laboratories.code"], name=op.f("fk_result_imports_laboratory_laboratories")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_imports")),
    )
    op.create_index("ix_result_imports_laboratory", "result_imports", ["laboratory", "digest"])


def downgrade() -> None:
    for table in (
        "result_imports",
        "result_readers",
        "result_versions",
        "results",
        "laboratories",
        "attempts",
        "api_keys",
    ):
        op.drop_table(table)
