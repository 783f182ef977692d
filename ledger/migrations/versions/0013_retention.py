"""When the objects of an erased case were destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Keep the instant."""
    op.add_column("cases", sa.Column("destroyed_at", sa.DateTime(timezone=True)))
    op.execute("GRANT UPDATE (destroyed_at) ON cases TO dueprocess_app")
