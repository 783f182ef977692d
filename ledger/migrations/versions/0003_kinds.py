"""Emergencies and restrictions of access are kinds of case of their own."""

from ledger.migrations.words import allow_also

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Let a case be of one of the new kinds."""
    allow_also("cases", "kind", "emergency", "restriction")
