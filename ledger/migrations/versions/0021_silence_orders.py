"""Each order of silence of a case is a thing of its own (N2)."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_APP = "dueprocess_app"

# A court's order says what it said. Only what was read of silence in the request itself can have been misread.
_AS_RECEIVED = """
CREATE FUNCTION further_order_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.n > 1 THEN
        RAISE check_violation USING
            MESSAGE = 'an order of silence stays as it was received', CONSTRAINT = 'ck_silence_orders_stay';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Orders from before are in the facts only, and in what the notices have recorded of them."""
    op.create_table(
        "silence_orders",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_silence_orders_ref"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name="fk_silence_orders_message_id"),
        sa.PrimaryKeyConstraint("ref", "n", name="pk_silence_orders"),
        sa.UniqueConstraint("ref", "message_id", name="uq_silence_orders_ref_message_id"),
        sa.CheckConstraint("n >= 1", name="ck_silence_orders_numbered_from_1"),
    )
    op.execute(_AS_RECEIVED)
    op.execute(
        "CREATE TRIGGER as_received BEFORE UPDATE ON silence_orders FOR EACH ROW EXECUTE FUNCTION further_order_stays()"
    )
    op.execute("ALTER TABLE silence_orders ENABLE ALWAYS TRIGGER as_received")
    op.execute(f"GRANT SELECT, INSERT ON silence_orders TO {_APP}")
    op.execute(f"GRANT UPDATE (until, ordered, at) ON silence_orders TO {_APP}")
