"""Who vouches for a case's mail verifies, and so does not approve it."""

from alembic import op

revision = "0019"
down_revision = "0018"

_SIDE = (
    "CASE WHEN verdict IN ('authentic', 'not_authentic', 'vouch') THEN 'verifies'"
    " WHEN verdict IN ('approve', 'narrow') THEN 'approves'"
    " WHEN verdict = 'uphold' THEN 'upholds' END"
)


def upgrade() -> None:
    """Keep whoever vouched from approving."""
    op.execute(f"ALTER TABLE decisions ALTER COLUMN side SET EXPRESSION AS ({_SIDE})")
