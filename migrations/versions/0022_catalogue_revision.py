"""A number that rises with every change of the catalogue, whoever makes it: processes look at it, not at all entries.

Revision ID: 0022
Revises: 0021
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("services", "service_phrases", "faqs", "faq_phrases")
CHANGES = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    # Several slots, so that editors who save at once do not wait for each other; their sum is the revision.
    op.create_table(
        "catalogue_revision",
        sa.Column("slot", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_catalogue_revision")),
    )
    op.execute("INSERT INTO catalogue_revision (slot, number) VALUES (0, 1)")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION catalogue_revised() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO catalogue_revision (slot, number) VALUES (pg_backend_pid() % 64, 1)
                ON CONFLICT (slot) DO UPDATE SET number = catalogue_revision.number + 1;
                RETURN NULL;
            END $$
            """
        )
        for table in TABLES:
            op.execute(
                f"CREATE TRIGGER {table}_revised AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION catalogue_revised()"
            )
        return
    for table in TABLES:
        for change in CHANGES:
            op.execute(
                f"CREATE TRIGGER {table}_revised_{change.lower()} AFTER {change} ON {table} "
                "BEGIN UPDATE catalogue_revision SET number = number + 1 WHERE slot = 0; END"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"DROP TRIGGER {table}_revised ON {table}")
        op.execute("DROP FUNCTION catalogue_revised()")
    else:
        for table in TABLES:
            for change in CHANGES:
                op.execute(f"DROP TRIGGER {table}_revised_{change.lower()}")
    op.drop_table("catalogue_revision")
