"""Training: examples that editors change, models trained from them, their comparison; guesses for unanswered lines."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from foundation.database import UtcDateTime

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("unanswered", sa.Column("guess", sa.String(length=40), server_default="", nullable=False))
    op.create_table(
        "training_examples",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shipped", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_examples")),
        sa.UniqueConstraint("intent", "digest", name=op.f("uq_training_examples_intent_digest")),
    )
    op.create_index(op.f("ix_training_examples_digest"), "training_examples", ["digest"])
    op.create_table(
        "training_models",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("shipped", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("worker", sa.String(length=32), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("percent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("step", sa.String(length=12), server_default="", nullable=False),
        sa.Column("failure", sa.String(length=16), server_default="", nullable=False),
        sa.Column("digest", sa.String(length=64), server_default="", nullable=False),
        sa.Column("kept", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("added", sa.Integer(), server_default="0", nullable=False),
        sa.Column("removed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("against", sa.BigInteger(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_training_models")),
    )
    op.create_index(op.f("ix_training_models_state"), "training_models", ["state"])
    op.create_index(op.f("ix_training_models_digest"), "training_models", ["digest"])
    op.create_table(
        "training_comparisons",
        sa.Column("number", SERIAL, autoincrement=False, nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_training_comparisons")),
    )
    op.create_table(
        "training_workers",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("live_digest", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_training_workers")),
    )


def downgrade() -> None:
    op.drop_table("training_workers")
    op.drop_table("training_comparisons")
    op.drop_table("training_models")
    op.drop_table("training_examples")
    op.drop_column("unanswered", "guess")
