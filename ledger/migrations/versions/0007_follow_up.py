"""A machine follows up each emergency disclosure."""

from ledger.migrations.words import allow_also

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Let a case be in the new phase."""
    allow_also("cases", "phase", "follow_up")
