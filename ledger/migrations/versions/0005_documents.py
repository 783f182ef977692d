"""Of each document, the languages of its pages and what its digital signatures show."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add both; of a document read before, no language is known and no signature was looked at."""
    op.add_column("documents", sa.Column("languages", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("documents", sa.Column("signature", sa.Text(), nullable=False, server_default="none"))
    op.alter_column("documents", "languages", server_default=None)
    op.alter_column("documents", "signature", server_default=None)
