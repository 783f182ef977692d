"""A notice to a user can come back, and a person can state that the user cannot be told."""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.words import allow_also

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Keep when a letter came back and when a notice was given up; let a case be in the new phases."""
    allow_also("cases", "phase", "told", "returned")
    op.add_column("outbox", sa.Column("returned_at", sa.DateTime(timezone=True)))
    op.add_column("notices", sa.Column("given_up_at", sa.DateTime(timezone=True)))
    op.execute("GRANT UPDATE (returned_at) ON outbox TO dueprocess_app")
    op.execute("GRANT UPDATE (given_up_at) ON notices TO dueprocess_app")
