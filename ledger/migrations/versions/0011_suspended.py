"""A case can be suspended while a court is asked."""

from alembic import op

revision = "0011"
down_revision = "0010"

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
    "closed",
)


def upgrade() -> None:
    """Let a case be in the new phase."""
    named = ", ".join(repr(phase) for phase in _PHASES)
    op.drop_constraint("ck_cases_phase_known", "cases", type_="check")
    op.create_check_constraint("ck_cases_phase_known", "cases", f"phase IN ({named})")
