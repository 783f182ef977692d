"""A letter to an agency that came back waits for a person."""

from ledger.migrations.words import allow_also

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Know the reason."""
    allow_also("kept_mail", "why", "returned")
