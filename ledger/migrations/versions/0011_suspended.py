"""A case can be suspended while a court is asked."""

from ledger.migrations.words import allow_also

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Let a case be in the new phase."""
    allow_also("cases", "phase", "suspended")
