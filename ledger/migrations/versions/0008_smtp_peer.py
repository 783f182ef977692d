"""Who handed a message over by SMTP is kept with it, so that proof of its sender can be looked for when it is read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Keep HELO and MAIL FROM beside the peer's address; of a refused message neither is kept (S1)."""
    op.add_column("messages", sa.Column("helo", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("mail_from", sa.Text(), nullable=True))
    op.drop_constraint("ck_messages_refused_is_erased", "messages", type_="check")
    op.create_check_constraint(
        "ck_messages_refused_is_erased",
        "messages",
        "state <> 'refused' OR (sender IS NULL AND subject IS NULL AND reading IS NULL AND peer IS NULL"
        " AND helo IS NULL AND mail_from IS NULL AND header_message_id IS NULL)",
    )
    op.execute("GRANT UPDATE (helo, mail_from) ON messages TO dueprocess_app")
