"""A request whose agency does not answer ends as unanswered."""

from ledger.migrations.words import allow_also

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Let a case end in the new way."""
    allow_also("cases", "outcome", "unanswered")
