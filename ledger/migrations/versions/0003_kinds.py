"""Emergencies and restrictions of access are kinds of case of their own."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Let a case be of one of the new kinds."""
    op.drop_constraint("ck_cases_kind_known", "cases", type_="check")
    op.create_check_constraint(
        "ck_cases_kind_known", "cases", "kind IN ('disclosure', 'preservation', 'emergency', 'restriction')"
    )
