"""Certificates: signing keys, issued and revoked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from foundation.database import UtcDateTime

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "certificate_keys",
        sa.Column("kid", sa.String(length=12), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_certificate_keys")),
    )
    op.create_table(
        "certificates",
        sa.Column("identifier_hash", sa.String(length=64), nullable=False),
        sa.Column("result_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(length=12), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("identifier_hash", name=op.f("pk_certificates")),
    )
    op.create_index("ix_certificates_result", "certificates", ["result_id", "version"], unique=True)
    op.create_index(op.f("ix_certificates_expires_at"), "certificates", ["expires_at"], unique=False)
    op.create_index(op.f("ix_certificates_revoked_at"), "certificates", ["revoked_at"], unique=False)


def downgrade() -> None:
    op.drop_table("certificates")
    op.drop_table("certificate_keys")
