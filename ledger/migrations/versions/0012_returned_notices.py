"""A notice to a user can come back, and a person can state that the user cannot be told."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_PHASES = (
    "received",
    "verification",
    "legal_review",
    "notice",
    "gagged",
    "objection_window",
    "production",
    "held",
    "claimed",
    "follow_up",
    "restricted",
    "appealed",
    "suspended",
    "told",
    "returned",
    "closed",
)


def upgrade() -> None:
    """Keep when a letter came back and when a notice was given up; let a case be in the new phases."""
    named = ", ".join(repr(phase) for phase in _PHASES)
    op.drop_constraint("ck_cases_phase_known", "cases", type_="check")
    op.create_check_constraint("ck_cases_phase_known", "cases", f"phase IN ({named})")
    op.add_column("outbox", sa.Column("returned_at", sa.DateTime(timezone=True)))
    op.add_column("notices", sa.Column("given_up_at", sa.DateTime(timezone=True)))
    op.execute("GRANT UPDATE (returned_at) ON outbox TO dueprocess_app")
    op.execute("GRANT UPDATE (given_up_at) ON notices TO dueprocess_app")
