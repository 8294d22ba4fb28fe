"""Tables of the bot: conversations, inbox, lanes, transcript, outbox, buttons, vault."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from foundation.database import UtcDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
QUEUED = sa.text("state = 'queued'")
QUARANTINED = sa.text("state = 'quarantined'")


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("engine_sender", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("engine_sender", name=op.f("uq_conversations_engine_sender")),
    )
    op.create_table(
        "leaderships",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leaderships")),
    )
    op.create_table(
        "addresses",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("unreachable_since", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_addresses_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_addresses_channel_address")),
    )
    op.create_table(
        "buttons",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_buttons_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "id", name=op.f("pk_buttons")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=True),
        sa.Column("notified", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_inbox_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_inbox_channel_external_id")),
    )
    op.create_index(
        "ix_inbox_quarantined", "inbox", ["id"], unique=False, postgresql_where=QUARANTINED, sqlite_where=QUARANTINED
    )
    op.create_index(
        "ix_inbox_queued",
        "inbox",
        ["conversation_id", "id"],
        unique=False,
        postgresql_where=QUEUED,
        sqlite_where=QUEUED,
    )

    op.create_table(
        "lanes",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("ready_at", UtcDateTime(), nullable=False),
        sa.Column("lease_owner", sa.String(length=32), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_lanes_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("kind", "conversation_id", name=op.f("pk_lanes")),
    )
    op.create_index("ix_lanes_ready", "lanes", ["kind", "ready_at"], unique=False)

    op.create_table(
        "vault",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_vault_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "token", name=op.f("pk_vault")),
        sa.UniqueConstraint("conversation_id", "kind", "digest", name=op.f("uq_vault_conversation_id_kind_digest")),
    )
    op.create_table(
        "messages",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("inbox_id", SERIAL, nullable=True),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_messages_inbox_id_inbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_conversation", "messages", ["conversation_id", "id"], unique=False)
    op.create_index(op.f("ix_messages_inbox_id"), "messages", ["inbox_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", SERIAL, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parts_sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_outbox_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_outbox_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_queued",
        "outbox",
        ["conversation_id", "id"],
        unique=False,
        postgresql_where=QUEUED,
        sqlite_where=QUEUED,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_queued", "outbox", postgresql_where=QUEUED, sqlite_where=QUEUED)

    op.drop_table("outbox")
    op.drop_index(op.f("ix_messages_inbox_id"), "messages")
    op.drop_index("ix_messages_conversation", "messages")

    op.drop_table("messages")
    op.drop_table("vault")
    op.drop_index("ix_lanes_ready", "lanes")

    op.drop_table("lanes")
    op.drop_index("ix_inbox_queued", "inbox", postgresql_where=QUEUED, sqlite_where=QUEUED)
    op.drop_index("ix_inbox_quarantined", "inbox", postgresql_where=QUARANTINED, sqlite_where=QUARANTINED)

    op.drop_table("inbox")
    op.drop_table("buttons")
    op.drop_table("addresses")
    op.drop_table("leaderships")
    op.drop_table("conversations")
