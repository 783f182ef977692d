"""A scan counts once a verifier has read it and taken it in (S2)."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Of a document read before, nobody knows whether it is a scan: an image is one."""
    op.add_column("documents", sa.Column("scan", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("documents", sa.Column("taken_by", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE documents SET scan = true WHERE kind = 'image' AND NOT accepted")
    op.alter_column("documents", "scan", server_default=None)
    op.create_foreign_key("fk_documents_taken_by", "documents", "roster", ["taken_by"], ["id"])
    op.create_check_constraint("ck_documents_only_scans_taken", "documents", "scan OR taken_by IS NULL")
    op.create_check_constraint("ck_documents_scan_not_accepted", "documents", "NOT (scan AND accepted)")
    op.create_check_constraint("ck_documents_taken_by_somebody", "documents", "(taken_by IS NULL) = (taken_at IS NULL)")
    op.execute("GRANT UPDATE (taken_by, taken_at) ON documents TO dueprocess_app")
