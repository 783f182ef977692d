"""Restrictions of access, whom they concern, and the appeals against them."""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.words import allow_also

revision = "0009"
down_revision = "0008"

_APP = "dueprocess_app"
_SIDE = (
    "CASE WHEN verdict IN ('authentic', 'not_authentic') THEN 'verifies'"
    " WHEN verdict IN ('approve', 'narrow') THEN 'approves'"
    " WHEN verdict = 'uphold' THEN 'upholds' END"
)


def upgrade() -> None:
    """Add the tables; let a case be restricted and appealed; keep whoever approved from upholding."""
    allow_also("cases", "phase", "restricted", "appealed")
    allow_also("cases", "outcome", "restriction_expired", "restriction_lifted")
    op.execute(f"ALTER TABLE decisions ALTER COLUMN side SET EXPRESSION AS ({_SIDE})")
    op.add_column("notices", sa.Column("appeal_token", sa.Text))
    op.create_unique_constraint("uq_notices_appeal_token", "notices", ["appeal_token"])
    _create_restrictions()
    _create_accounts()
    _create_appeals()
    for table, columns in {
        "restrictions": "lifted_at, lifted_for",
        "restricted_accounts": "number, email",
        "appeals": "text, answered_at, granted",
    }.items():
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {_APP}")
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {_APP}")
    op.execute(f"GRANT UPDATE (appeal_token) ON notices TO {_APP}")


def _create_restrictions() -> None:
    op.create_table(
        "restrictions",
        sa.Column("ref", sa.Text, primary_key=True),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("territory", sa.Text, nullable=False),
        sa.Column("violation", sa.Text),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_for", sa.Text),
        sa.CheckConstraint("lifted_for IN ('expired', 'appeal', 'reviewer')", name="ck_restrictions_lifted_for_known"),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_for IS NULL)", name="ck_restrictions_lifted_for_a_reason"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_restrictions_ref_cases"),
        sa.PrimaryKeyConstraint("ref", name="pk_restrictions"),
    )


def _create_accounts() -> None:
    op.create_table(
        "restricted_accounts",
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("number", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["ref"], ["restrictions.ref"], name="fk_restricted_accounts_ref_restrictions"),
        sa.PrimaryKeyConstraint("ref", "n", name="pk_restricted_accounts"),
    )


def _create_appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("granted", sa.Boolean),
        sa.CheckConstraint("route IN ('link', 'person')", name="ck_appeals_route_known"),
        sa.CheckConstraint("(answered_at IS NULL) = (granted IS NULL)", name="ck_appeals_answered_somehow"),
        sa.ForeignKeyConstraint(
            ["ref", "n"],
            ["restricted_accounts.ref", "restricted_accounts.n"],
            name="fk_appeals_ref_n_restricted_accounts",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
    )
    op.create_index("ix_appeals_ref", "appeals", ["ref"])
