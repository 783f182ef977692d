"""The tables of the legal record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")  # For the constraint that no verifier is an approver.
    op.create_table(
        "agencies",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_agencies"),
    )
    op.create_table(
        "chain_head",
        sa.Column("one", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("one", name="ck_chain_head_one_row"),
        sa.PrimaryKeyConstraint("one", name="pk_chain_head"),
    )
    op.create_table(
        "contents",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.CheckConstraint("(salt IS NULL) = (body IS NULL)", name="ck_contents_erased_whole"),
        sa.PrimaryKeyConstraint("sha256", name="pk_contents"),
    )
    op.create_index("ix_contents_ref", "contents", ["ref"], unique=False)
    op.create_table(
        "messages",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("header_message_id", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("sender_domain", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("peer", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reading", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("state", sa.Text(), server_default="received", nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("refused_for", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'refused') = (refused_for IS NOT NULL)", name="ck_messages_refused_for_a_reason"),
        sa.CheckConstraint("(state = 'routed') = (ref IS NOT NULL)", name="ck_messages_routed_to_a_case"),
        sa.CheckConstraint(
            "state <> 'refused' OR (sender IS NULL AND subject IS NULL AND reading IS NULL AND "
            "peer IS NULL AND header_message_id IS NULL)",
            name="ck_messages_refused_is_erased",
        ),
        sa.CheckConstraint("state IN ('received', 'routed', 'refused')", name="ck_messages_state_known"),
        sa.PrimaryKeyConstraint("message_id", name="pk_messages"),
    )
    op.create_index("ix_messages_header_message_id", "messages", ["header_message_id"], unique=False)
    op.create_index("ix_messages_ref", "messages", ["ref"], unique=False)
    op.create_index(
        "ix_messages_waiting", "messages", ["received_at"], unique=False, postgresql_where=sa.text("state = 'received'")
    )
    op.create_table(
        "reasons",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name="pk_reasons"),
    )
    op.create_table(
        "reference_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_reference_counters"),
    )
    op.create_table(
        "roster",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_roster"),
        sa.UniqueConstraint("public_key", name="uq_roster_public_key"),
    )
    op.create_index(
        "uq_roster_one_key_a_name",
        "roster",
        [sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "agency_domains",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["agencies.name"], name="fk_agency_domains_agency"),
        sa.PrimaryKeyConstraint("domain", name="pk_agency_domains"),
    )
    op.create_table(
        "cases",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("missing", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("review", sa.Integer(), server_default="1", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retain_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('disclosure', 'preservation')", name="ck_cases_kind_known"),
        sa.CheckConstraint(
            "outcome IN ('produced', 'no_responsive_records', 'account_not_found', 'rejected', "
            "'challenged', 'withdrawn', 'not_authentic', 'preservation_expired', "
            "'preservation_claimed')",
            name="ck_cases_outcome_known",
        ),
        sa.CheckConstraint(
            "phase IN ('received', 'verification', 'legal_review', 'notice', 'gagged', "
            "'objection_window', 'production', 'held', 'claimed', 'closed')",
            name="ck_cases_phase_known",
        ),
        sa.CheckConstraint("ref ~ '^DP-[0-9]{4}-[0-9]{6,}$'", name="ck_cases_ref_form"),
        sa.CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="ck_cases_closed_with_an_outcome"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name="fk_cases_message_id"),
        sa.PrimaryKeyConstraint("ref", name="pk_cases"),
        sa.UniqueConstraint("message_id", name="uq_cases_message_id"),
    )
    op.create_index("ix_cases_phase", "cases", ["phase"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name="fk_deliveries_message_id"),
        sa.PrimaryKeyConstraint("message_id", "object", name="pk_deliveries"),
    )
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", postgresql.JSON(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("ref || step || kind || detail::text !~ '[\\n\\r]'", name="ck_events_one_line_each"),
        sa.ForeignKeyConstraint(["content_sha256"], ["contents.sha256"], name="fk_events_content_sha256"),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
    )
    op.create_index("ix_events_ref", "events", ["ref", "seq"], unique=False)
    op.create_table(
        "approved_scopes",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("review", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("approved_by", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cardinality(approved_by) >= 1", name="ck_approved_scopes_approved_by_someone"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_approved_scopes_ref"),
        sa.PrimaryKeyConstraint("ref", "scope", name="pk_approved_scopes"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("signed", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "side",
            sa.Text(),
            sa.Computed(
                "CASE WHEN verdict IN ('authentic', 'not_authentic') THEN 'verifies' WHEN verdict IN "
                "('approve', 'narrow') THEN 'approves' END",
                persisted=True,
            ),
            nullable=True,
        ),
        postgresql.ExcludeConstraint(
            (sa.column("ref"), "="),
            (sa.column("person"), "="),
            (sa.column("side"), "<>"),
            where=sa.text("accepted"),
            using="gist",
            name="ex_decisions_verifier_is_not_approver",
        ),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_decisions_ref"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_ref", "decisions", ["ref"], unique=False)
    op.create_index(
        "uq_decisions_accepted_once", "decisions", ["ref", "nonce"], unique=True, postgresql_where=sa.text("accepted")
    )
    op.create_index(
        "uq_decisions_one_approval_a_person",
        "decisions",
        ["ref", "person", "scope"],
        unique=True,
        postgresql_where=sa.text("accepted AND side = 'approves'"),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name="fk_documents_message_id"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_documents_ref"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_index("ix_documents_ref", "documents", ["ref"], unique=False)
    op.create_table(
        "facts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("source", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_facts_ref"),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
    )
    op.create_index("ix_facts_ref", "facts", ["ref"], unique=False)
    op.create_table(
        "holds",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purged_at IS NULL OR claimed_by IS NULL", name="ck_holds_claimed_is_not_purged"),
        sa.CheckConstraint("until > since", name="ck_holds_ends_after_it_begins"),
        sa.ForeignKeyConstraint(["claimed_by"], ["cases.ref"], name="fk_holds_claimed_by"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_holds_ref"),
        sa.PrimaryKeyConstraint("ref", name="pk_holds"),
    )
    op.create_table(
        "notices",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("delayed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undated", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objection_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_notices_ref"),
        sa.PrimaryKeyConstraint("ref", "n", name="pk_notices"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("letter", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("attachments", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_outbox_ref"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
    )
    op.create_index("ix_outbox_ref", "outbox", ["ref"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("media", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(purged_at IS NULL) = (certificate IS NULL)", name="ck_snapshots_purged_with_a_certificate"
        ),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_snapshots_ref"),
        sa.PrimaryKeyConstraint("id", name="pk_snapshots"),
    )
    op.create_index("ix_snapshots_ref", "snapshots", ["ref"], unique=False)
    op.create_table(
        "steps",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_steps_ref"),
        sa.PrimaryKeyConstraint("ref", "step", name="pk_steps"),
    )
    op.create_table(
        "accounts",
        sa.Column("snapshot", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_accounts_ref"),
        sa.ForeignKeyConstraint(["snapshot"], ["snapshots.id"], name="fk_accounts_snapshot"),
        sa.PrimaryKeyConstraint("snapshot", "n", name="pk_accounts"),
    )
    op.create_index("ix_accounts_ref", "accounts", ["ref"], unique=False)
    op.create_table(
        "productions",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("package", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ref", "scope"], ["approved_scopes.ref", "approved_scopes.scope"], name="fk_productions_approved_scope"
        ),
        sa.PrimaryKeyConstraint("ref", "scope", name="pk_productions"),
        sa.UniqueConstraint("token_sha256", name="uq_productions_token_sha256"),
    )
    op.create_foreign_key("fk_messages_ref", "messages", "cases", ["ref"], ["ref"])
