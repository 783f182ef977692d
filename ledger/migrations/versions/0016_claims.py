"""A hold can serve several requests, and is destroyed when none of them needs it any more."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_APP = "dueprocess_app"

# Both lock the hold's row, so that of a claim and a purge that meet at the deadline one sees the other.
_NEEDS_HOLD = """
CREATE FUNCTION claim_needs_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM holds WHERE ref = NEW.ref AND purged_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE check_violation USING MESSAGE = 'there is no hold to claim', CONSTRAINT = 'ck_hold_claims_of_a_hold';
    END IF;
    RETURN NEW;
END $$
"""
_NO_CLAIM = """
CREATE FUNCTION purge_needs_no_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM hold_claims WHERE ref = NEW.ref AND released_at IS NULL) THEN
        RAISE check_violation USING MESSAGE = 'the hold is claimed', CONSTRAINT = 'ck_holds_claimed_is_not_purged';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Move each hold's one claim into a table of its own."""
    op.create_table(
        "hold_claims",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("by_ref", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ref"], ["holds.ref"], name="fk_hold_claims_ref"),
        sa.ForeignKeyConstraint(["by_ref"], ["cases.ref"], name="fk_hold_claims_by_ref"),
        sa.PrimaryKeyConstraint("ref", "by_ref", name="pk_hold_claims"),
    )
    op.execute(
        "INSERT INTO hold_claims (ref, by_ref, claimed_at) SELECT ref, claimed_by, (SELECT coalesce(max(at), since)"
        " FROM events WHERE events.ref = holds.ref AND kind = 'hold_claimed') FROM holds WHERE claimed_by IS NOT NULL"
    )
    op.drop_constraint("ck_holds_claimed_is_not_purged", "holds", type_="check")
    op.drop_column("holds", "claimed_by")
    op.execute(_NEEDS_HOLD)
    op.execute(_NO_CLAIM)
    _trigger("needs_hold", "BEFORE INSERT ON hold_claims", "hold_claims", "claim_needs_hold")
    _trigger("needs_no_claim", "BEFORE UPDATE OF purged_at ON holds", "holds", "purge_needs_no_claim")
    op.execute(f"GRANT SELECT, INSERT ON hold_claims TO {_APP}")
    op.execute(f"GRANT UPDATE (released_at) ON hold_claims TO {_APP}")


def _trigger(name: str, when: str, table: str, function: str) -> None:
    op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {function}()")
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
