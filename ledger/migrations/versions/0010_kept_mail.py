"""Mail that waits with a case for a person, and requests that are sent again known by their documents."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table and the index."""
    op.create_table(
        "kept_mail",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "why IN ('not_proven', 'not_verified', 'two_cases', 'sent_again', 'for_reading', 'hold_withdrawn')",
            name="ck_kept_mail_why_known",
        ),
        sa.CheckConstraint("state IN ('waiting', 'vouched', 'admitted', 'set_aside')", name="ck_kept_mail_state_known"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name="fk_kept_mail_message_id"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_kept_mail_ref"),
        sa.PrimaryKeyConstraint("message_id", "ref", name="pk_kept_mail"),
    )
    op.create_index("ix_kept_mail_ref", "kept_mail", ["ref"])
    op.execute("CREATE INDEX ix_messages_documents ON messages USING gin ((reading -> 'documents'))")
    op.execute("GRANT SELECT, INSERT ON kept_mail TO dueprocess_app")
    op.execute("GRANT UPDATE (why, proven, state) ON kept_mail TO dueprocess_app")
