"""A machine follows up each emergency disclosure."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Let a case be in the new phase."""
    op.drop_constraint("ck_cases_phase_known", "cases", type_="check")
    op.create_check_constraint(
        "ck_cases_phase_known",
        "cases",
        "phase IN ('received', 'verification', 'legal_review', 'notice', 'gagged', 'objection_window', 'production', "
        "'held', 'claimed', 'follow_up', 'closed')",
    )
