"""Tables of the catalogue: categories, services, FAQs and the phrases by which citizens mean them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from foundation.database import UtcDateTime

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CODE = sa.String(64)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _list(name: str) -> sa.Column[list[str]]:
    return sa.Column(name, sa.JSON(), server_default=sa.text("'[]'"), nullable=False)


def _owned() -> list[sa.Column[Any]]:
    return [
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("origin", sa.String(16), server_default="editor", nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
    ]


def _verified() -> list[sa.Column[Any]]:
    return [
        sa.Column("confidence", sa.String(16), server_default="name-only", nullable=False),
        _list("sources"),
        sa.Column("verified_on", sa.Date(), nullable=True),
        _text("caveat"),
    ]


def _phrases(table: str, owner: str, owner_table: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(owner, CODE, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            [owner], [f"{owner_table}.code"], name=f"fk_{table}_{owner}_{owner_table}", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint(owner, "kind", "text", name=f"uq_{table}_{owner}_kind_text"),
    )


def upgrade() -> None:
    op.create_table(
        "categories",
        sa.Column("code", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _text("short_name"),
        _text("description"),
        _list("keywords"),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        *_owned(),
        sa.PrimaryKeyConstraint("code", name="pk_categories"),
    )
    op.create_table(
        "services",
        sa.Column("code", CODE, nullable=False),
        sa.Column("category_code", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *[_text(name) for name in ("agency", "description", "audience")],
        *[_list(name) for name in ("eligibility", "documents", "steps")],
        *[_text(name) for name in ("fee", "duration", "channel", "url", "contact")],
        *_verified(),
        _list("inferred_fields"),
        *_owned(),
        sa.ForeignKeyConstraint(["category_code"], ["categories.code"], name="fk_services_category_code_categories"),
        sa.PrimaryKeyConstraint("code", name="pk_services"),
    )
    op.create_index("ix_services_category_code", "services", ["category_code"])
    op.create_table(
        "faqs",
        sa.Column("code", CODE, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        *[_text(name) for name in ("url", "contact")],
        *_verified(),
        *_owned(),
        sa.PrimaryKeyConstraint("code", name="pk_faqs"),
    )
    _phrases("service_phrases", "service_code", "services")
    _phrases("faq_phrases", "faq_code", "faqs")
    for table in ("categories", "services", "faqs"):
        op.create_index(f"ix_{table}_updated_at", table, ["updated_at"])


def downgrade() -> None:
    for table in ("faq_phrases", "service_phrases", "faqs", "services", "categories"):
        op.drop_table(table)
