"""Agencies have several verified numbers; senders can be blocked, which freezes their cases; links can be revoked."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_APP = "dueprocess_app"


def upgrade() -> None:
    """Move each agency's one number, and make the new tables."""
    _numbers()
    _blocks()
    op.add_column("cases", sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"GRANT UPDATE (frozen_at) ON cases TO {_APP}")
    op.create_table(
        "revoked_links",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ref", "scope"], ["productions.ref", "productions.scope"], name="fk_revoked_links_ref_scope"
        ),
        sa.PrimaryKeyConstraint("ref", "scope", name="pk_revoked_links"),
    )
    for table in ("agency_numbers", "blocked_senders", "revoked_links"):
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {_APP}")


def _numbers() -> None:
    op.create_table(
        "agency_numbers",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency"], ["agencies.name"], name="fk_agency_numbers_agency"),
        sa.ForeignKeyConstraint(["verified_by"], ["roster.id"], name="fk_agency_numbers_verified_by"),
        sa.PrimaryKeyConstraint("agency", "number", name="pk_agency_numbers"),
    )
    op.create_index("ix_agency_numbers_id", "agency_numbers", ["id"])
    op.execute(
        "INSERT INTO agency_numbers (agency, number, id, source, verified_at)"
        " SELECT name, number, left(encode(sha256(convert_to(number, 'UTF8')), 'hex'), 16), 'kept before', added_at"
        " FROM (SELECT name, added_at, regexp_replace(phone, '[^0-9+]', '', 'g') AS number FROM agencies) AS kept"
        r" WHERE number ~ '^\+[1-9][0-9]{6,14}$'"
    )
    op.drop_column("agencies", "phone")
    op.add_column("agency_domains", sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE agency_domains SET added_at = (SELECT added_at FROM agencies WHERE name = agency)")
    op.alter_column("agency_domains", "added_at", nullable=False)
    op.execute(f"GRANT UPDATE (source, verified_by, verified_at, retired_at) ON agency_numbers TO {_APP}")


def _blocks() -> None:
    op.create_table(
        "blocked_senders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_for", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["roster.id"], name="fk_blocked_senders_by"),
        sa.ForeignKeyConstraint(["ended_by"], ["roster.id"], name="fk_blocked_senders_ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_blocked_senders"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ck_blocked_senders_ended_by_somebody"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_for IS NULL)", name="ck_blocked_senders_ended_for_a_reason"),
    )
    op.create_index(
        "uq_blocked_senders_sender",
        "blocked_senders",
        ["sender"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.execute(f"GRANT UPDATE (ended_at, ended_by, ended_for) ON blocked_senders TO {_APP}")
