"""A hold whose authority has confirmed that a production order is on its way has no end of its own (P3)."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_APP = "dueprocess_app"

_BY_A_PERSON = """
CREATE FUNCTION confirmed_hold_needs_a_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.review_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM decisions WHERE ref = NEW.ref AND accepted AND verdict IN ('withdraw', 'reject', 'not_authentic')
    ) THEN
        RAISE check_violation USING
            MESSAGE = 'the hold is confirmed', CONSTRAINT = 'ck_holds_confirmed_is_ended_by_a_person';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Know when a reviewer looks at such a hold, and keep it from being purged before a person has ended it."""
    op.add_column("holds", sa.Column("review_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_BY_A_PERSON)
    op.execute(
        "CREATE TRIGGER ended_by_a_person BEFORE UPDATE OF purged_at ON holds FOR EACH ROW"
        " EXECUTE FUNCTION confirmed_hold_needs_a_person()"
    )
    op.execute("ALTER TABLE holds ENABLE ALWAYS TRIGGER ended_by_a_person")
    op.execute(f"GRANT UPDATE (review_at) ON holds TO {_APP}")
