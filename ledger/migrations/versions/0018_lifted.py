"""A restriction is lifted where its agency turns out never to have asked for it."""

from ledger.migrations.words import allow_also

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Know the reason."""
    allow_also("restrictions", "lifted_for", "not_authentic")
