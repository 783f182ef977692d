"""A request whose agency does not answer ends as unanswered."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Let a case end in the new way."""
    op.drop_constraint("ck_cases_outcome_known", "cases", type_="check")
    op.create_check_constraint(
        "ck_cases_outcome_known",
        "cases",
        "outcome IN ('produced', 'no_responsive_records', 'account_not_found', 'rejected', 'challenged', 'withdrawn', "
        "'not_authentic', 'preservation_expired', 'preservation_claimed', 'unanswered')",
    )
