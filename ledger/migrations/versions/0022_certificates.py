"""Certificates that the custodian of records completed, to be returned with the production (PR3)."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Keep each one that is taken in."""
    op.create_table(
        "completed_certificates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_completed_certificates_ref"),
        sa.ForeignKeyConstraint(["by"], ["roster.id"], name="fk_completed_certificates_by"),
        sa.PrimaryKeyConstraint("id", name="pk_completed_certificates"),
    )
    op.create_index("ix_completed_certificates_ref", "completed_certificates", ["ref"])
    op.execute("GRANT SELECT, INSERT ON completed_certificates TO dueprocess_app")
