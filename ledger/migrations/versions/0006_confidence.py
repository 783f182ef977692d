"""A fact says whether it was stated, or only found in running text."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """All that was read before stood under a label."""
    op.add_column("facts", sa.Column("confidence", sa.Text, nullable=False, server_default="stated"))
    op.create_check_constraint("ck_facts_confidence_known", "facts", "confidence IN ('stated', 'found')")
