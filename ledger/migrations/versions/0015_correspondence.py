"""Users write as well: to an address of their own, to object or to appeal, or for a person to read."""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.words import allow_also

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Keep to which address a message came; know the new ways."""
    op.add_column("messages", sa.Column("mailbox", sa.Text(), server_default="requests", nullable=False))
    op.create_check_constraint("ck_messages_mailbox_known", "messages", "mailbox IN ('requests', 'users')")
    allow_also("kept_mail", "why", "from_user")
    allow_also("appeals", "route", "reply")
