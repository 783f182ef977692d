"""The tables of the legal record. All instants are `timestamptz`; hashes are lower-case hex SHA-256.

Columns that may hold personal data are nullable: `ledger.erasure` empties them, and the chain stays whole.
"""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB, ExcludeConstraint

from policy.facts import Confidence
from policy.triage import Kept
from policy.vocabulary import AppealRoute, LiftReason, Outcome, Phase, RequestKind

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

#: The `ref` of events that belong to no case: mail that opened none, the roster, the directory.
NO_CASE = "-"


class MessageState(StrEnum):
    """What became of a message. Until it is routed or refused it waits, and deadlines wait with it."""

    RECEIVED = "received"
    ROUTED = "routed"
    REFUSED = "refused"


class Mailbox(StrEnum):
    """The address to which a message came: the one for requests (S1), or the one for users (N1, X3)."""

    REQUESTS = "requests"
    USERS = "users"


class MailState(StrEnum):
    """What became of a message that was kept with a case for a person."""

    WAITING = "waiting"
    VOUCHED = "vouched"
    ADMITTED = "admitted"
    SET_ASIDE = "set_aside"


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(word.value) for word in words)})", name=f"{column}_known")


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _ref(*, primary_key: bool = False) -> Column[str]:
    return Column("ref", Text, ForeignKey("cases.ref"), primary_key=primary_key, nullable=False)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


messages = Table(
    "messages",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("object", Text, nullable=False),
    Column("header_message_id", Text),
    Column("sender", Text),
    Column("sender_domain", Text),
    Column("subject", Text),
    Column("peer", Text),
    Column("helo", Text),
    Column("mail_from", Text),
    Column("mailbox", Text, nullable=False, server_default=Mailbox.REQUESTS.value),
    _instant("received_at"),
    Column("reading", JSONB(none_as_null=True)),
    Column("state", Text, nullable=False, server_default=MessageState.RECEIVED.value),
    Column("ref", Text, ForeignKey("cases.ref", use_alter=True)),
    Column("refused_for", JSONB(none_as_null=True)),
    _instant("settled_at", nullable=True),
    _one_of("state", MessageState),
    _one_of("mailbox", Mailbox),
    CheckConstraint("(state = 'routed') = (ref IS NOT NULL)", name="routed_to_a_case"),
    CheckConstraint("(state = 'refused') = (refused_for IS NOT NULL)", name="refused_for_a_reason"),
    CheckConstraint(
        "state <> 'refused' OR (sender IS NULL AND subject IS NULL AND reading IS NULL AND peer IS NULL"
        " AND helo IS NULL AND mail_from IS NULL AND header_message_id IS NULL)",
        name="refused_is_erased",
    ),
)
Index("ix_messages_waiting", messages.c.received_at, postgresql_where=text("state = 'received'"))
Index("ix_messages_header_message_id", messages.c.header_message_id)
Index("ix_messages_ref", messages.c.ref)
#: By which a request that is sent again under another Message-ID is known: its documents are the same bytes.
Index(
    "ix_messages_documents",
    text("(reading -> 'documents')"),
    _table=messages,
    postgresql_using="gin",
)

#: Each copy that was delivered. The same message again may differ in its transport headers and so in its bytes.
deliveries = Table(
    "deliveries",
    metadata,
    Column("message_id", Text, ForeignKey("messages.message_id"), primary_key=True),
    Column("object", Text, primary_key=True),
    _instant("received_at"),
    _instant("destroyed_at", nullable=True),
)

#: Mail that concerns a case and does not count there by itself: it waits for a person, with each case that it concerns.
kept_mail = Table(
    "kept_mail",
    metadata,
    Column("message_id", Text, ForeignKey("messages.message_id"), primary_key=True),
    _ref(primary_key=True),
    _instant("received_at"),
    Column("why", Text, nullable=False),
    Column("proven", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    _one_of("why", Kept),
    _one_of("state", MailState),
)
Index("ix_kept_mail_ref", kept_mail.c.ref)

reference_counters = Table(
    "reference_counters",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("message_id", Text, ForeignKey("messages.message_id"), nullable=False),
    _instant("opened_at"),
    Column("sender", Text),
    Column("reasons", JSONB, nullable=False, server_default="[]"),
    Column("missing", JSONB, nullable=False, server_default="[]"),
    Column("review", Integer, nullable=False, server_default="1"),
    _instant("frozen_at", nullable=True),
    Column("outcome", Text),
    _instant("closed_at", nullable=True),
    _instant("retain_until", nullable=True),
    _instant("erased_at", nullable=True),
    _instant("destroyed_at", nullable=True),
    UniqueConstraint("message_id"),
    _one_of("kind", RequestKind),
    _one_of("phase", Phase),
    _one_of("outcome", Outcome),
    CheckConstraint(r"ref ~ '^DP-[0-9]{4}-[0-9]{6,}$'", name="ref_form"),
    CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="closed_with_an_outcome"),
)
Index("ix_cases_phase", cases.c.phase)

#: The guard of idempotency: a step of a case is added once.
steps = Table(
    "steps",
    metadata,
    _ref(primary_key=True),
    Column("step", Text, primary_key=True),
    _instant("at"),
)

facts = Table(
    "facts",
    metadata,
    _id(),
    _ref(),
    Column("step", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Text),
    Column("source", JSONB, nullable=False),
    Column("confidence", Text, nullable=False, server_default=Confidence.STATED.value),
    _one_of("confidence", Confidence),
)
Index("ix_facts_ref", facts.c.ref)

documents = Table(
    "documents",
    metadata,
    _id(),
    _ref(),
    Column("message_id", Text, ForeignKey("messages.message_id"), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("name", Text),
    Column("kind", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("languages", JSONB, nullable=False),
    Column("signature", Text, nullable=False),
    # `accepted` is what the examiner found. A scan, and nothing else, counts by the word of somebody who read it (S2).
    Column("scan", Boolean, nullable=False),
    Column("taken_by", Text, ForeignKey("roster.id")),
    _instant("taken_at", nullable=True),
    CheckConstraint("scan OR taken_by IS NULL", name="only_scans_taken"),
    CheckConstraint("NOT (scan AND accepted)", name="scan_not_accepted"),
    CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name="taken_by_somebody"),
)
Index("ix_documents_ref", documents.c.ref)

#: What the custodian completed; the last one counts. `form` is a document of the case, null where it came otherwise.
completed_certificates = Table(
    "completed_certificates",
    metadata,
    _id(),
    _ref(),
    Column("form", Text),
    Column("object", Text, nullable=False),
    Column("by", Text, ForeignKey("roster.id"), nullable=False),
    _instant("at"),
)
Index("ix_completed_certificates_ref", completed_certificates.c.ref)

decisions = Table(
    "decisions",
    metadata,
    _id(),
    _ref(),
    Column("step", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("by", Text, nullable=False),
    # The person behind `by`, whichever of their keys they used: separation of duties is between people, not keys.
    Column("person", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("refusal", Text),
    Column("sentence", Text, nullable=False),
    Column("signed", JSONB, nullable=False),
    _instant("at"),
    Column(
        "side",
        Text,
        Computed(
            "CASE WHEN verdict IN ('authentic', 'not_authentic', 'vouch') THEN 'verifies'"
            " WHEN verdict IN ('approve', 'narrow') THEN 'approves'"
            " WHEN verdict = 'uphold' THEN 'upholds' END",
            persisted=True,
        ),
    ),
    ExcludeConstraint(
        ("ref", "="),
        ("person", "="),
        ("side", "<>"),
        where=text("accepted"),
        name="ex_decisions_verifier_is_not_approver",
    ),
)
Index("ix_decisions_ref", decisions.c.ref)
Index(
    "uq_decisions_accepted_once",
    decisions.c.ref,
    decisions.c.nonce,
    unique=True,
    postgresql_where=text("accepted"),
)
Index(
    "uq_decisions_one_approval_a_person",
    decisions.c.ref,
    decisions.c.person,
    decisions.c.scope,
    unique=True,
    postgresql_where=text("accepted AND side = 'approves'"),
)

approved_scopes = Table(
    "approved_scopes",
    metadata,
    _ref(primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("review", Integer, nullable=False),
    Column("body", JSONB(none_as_null=True)),
    Column("approved_by", ARRAY(Text), nullable=False),
    _instant("at"),
    CheckConstraint("cardinality(approved_by) >= 1", name="approved_by_someone"),
)

snapshots = Table(
    "snapshots",
    metadata,
    _id(),
    _ref(),
    Column("object", Text, nullable=False),
    Column("media", ARRAY(Text), nullable=False),
    Column("records", Integer, nullable=False),
    _instant("taken_at"),
    _instant("purged_at", nullable=True),
    Column("certificate", Text),
    CheckConstraint("(purged_at IS NULL) = (certificate IS NULL)", name="purged_with_a_certificate"),
)
Index("ix_snapshots_ref", snapshots.c.ref)

accounts = Table(
    "accounts",
    metadata,
    Column("snapshot", BigInteger, ForeignKey("snapshots.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    _ref(),
    Column("number", Text),
    Column("email", Text),
    Column("language", Text, nullable=False),
)
Index("ix_accounts_ref", accounts.c.ref)

holds = Table(
    "holds",
    metadata,
    _ref(primary_key=True),
    _instant("since"),
    _instant("until"),
    Column("extended", Boolean, nullable=False, server_default="false"),
    _instant("purged_at", nullable=True),
    # Of a hold that is kept for a production order which its authority has confirmed: when a reviewer looks at it. A
    # trigger keeps it from being purged before a person has ended it.
    _instant("review_at", nullable=True),
    CheckConstraint("until > since", name="ends_after_it_begins"),
)

#: The requests that a hold serves, until each has ended. Triggers keep a claimed hold from being purged, and a purged
#: one from being claimed.
hold_claims = Table(
    "hold_claims",
    metadata,
    Column("ref", Text, ForeignKey("holds.ref"), primary_key=True),
    Column("by_ref", Text, ForeignKey("cases.ref"), primary_key=True),
    _instant("claimed_at"),
    _instant("released_at", nullable=True),
)

#: Each order not to tell a user, as it was received (N2). Only the request's own, number 1, can be corrected.
silence_orders = Table(
    "silence_orders",
    metadata,
    _ref(primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("message_id", Text, ForeignKey("messages.message_id"), nullable=False),
    _instant("until", nullable=True),
    Column("ordered", Boolean, nullable=False),
    _instant("at"),
    UniqueConstraint("ref", "message_id"),
    CheckConstraint("n >= 1", name="numbered_from_1"),
)

notices = Table(
    "notices",
    metadata,
    _ref(primary_key=True),
    Column("n", Integer, primary_key=True),
    _instant("delayed_until", nullable=True),
    Column("undated", Boolean, nullable=False, server_default="false"),
    _instant("told_at", nullable=True),
    _instant("objection_until", nullable=True),
    _instant("objected_at", nullable=True),
    _instant("given_up_at", nullable=True),
    # SHA-256 of the token in the link by which a restriction can be appealed (X3).
    Column("appeal_token", Text),
    UniqueConstraint("appeal_token"),
)

restrictions = Table(
    "restrictions",
    metadata,
    _ref(primary_key=True),
    Column("measure", Text, nullable=False),
    Column("territory", Text, nullable=False),
    Column("violation", Text),
    _instant("since"),
    _instant("until"),
    _instant("applied_at"),
    _instant("lifted_at", nullable=True),
    Column("lifted_for", Text),
    _one_of("lifted_for", LiftReason),
    CheckConstraint("(lifted_at IS NULL) = (lifted_for IS NULL)", name="lifted_for_a_reason"),
)

restricted_accounts = Table(
    "restricted_accounts",
    metadata,
    Column("ref", Text, ForeignKey("restrictions.ref"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("number", Text),
    Column("email", Text),
    Column("language", Text, nullable=False),
)

appeals = Table(
    "appeals",
    metadata,
    _id(),
    Column("ref", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("route", Text, nullable=False),
    Column("text", Text),
    _instant("made_at"),
    _instant("answered_at", nullable=True),
    Column("granted", Boolean),
    _one_of("route", AppealRoute),
    CheckConstraint("(answered_at IS NULL) = (granted IS NULL)", name="answered_somehow"),
    ForeignKeyConstraint(["ref", "n"], ["restricted_accounts.ref", "restricted_accounts.n"]),
)
Index("ix_appeals_ref", appeals.c.ref)

#: The primary key is the promise: at most one disclosure per approved scope, and none of an unapproved one.
productions = Table(
    "productions",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("package", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("records", Integer, nullable=False),
    Column("token_sha256", Text, nullable=False),
    _instant("made_at"),
    _instant("link_expires_at"),
    UniqueConstraint("token_sha256"),
    ForeignKeyConstraint(
        ["ref", "scope"], ["approved_scopes.ref", "approved_scopes.scope"], name="fk_productions_approved_scope"
    ),
)

#: Apart from `productions`, whose rows never change.
revoked_links = Table(
    "revoked_links",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    _instant("at"),
    ForeignKeyConstraint(["ref", "scope"], ["productions.ref", "productions.scope"]),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _ref(),
    Column("step", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("letter", JSONB(none_as_null=True)),
    Column("attachments", ARRAY(Text), nullable=False),
    _instant("written_at"),
    _instant("sent_at", nullable=True),
    _instant("returned_at", nullable=True),
    UniqueConstraint("message_id"),
)
Index("ix_outbox_ref", outbox.c.ref)

roster = Table(
    "roster",
    metadata,
    Column("id", Text, primary_key=True),
    # The id under which this person first came on the roster: a new key does not make a new person.
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    _instant("added_at"),
    _instant("revoked_at", nullable=True),
    UniqueConstraint("public_key"),
)
_valid = roster.c.revoked_at.is_(None)
Index("uq_roster_one_key_a_name", func.lower(roster.c.name), unique=True, postgresql_where=_valid)

reasons = Table(
    "reasons",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("text", Text),
)

agencies = Table(
    "agencies",
    metadata,
    Column("name", Text, primary_key=True),
    Column("country", Text, nullable=False),
    _instant("added_at"),
)

#: The numbers to call back on. `verified_by` is a roster id; null: the number came with the provider's own folder.
agency_numbers = Table(
    "agency_numbers",
    metadata,
    Column("agency", Text, ForeignKey("agencies.name"), primary_key=True),
    Column("number", Text, primary_key=True),
    Column("id", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("verified_by", Text, ForeignKey("roster.id")),
    _instant("verified_at"),
    _instant("retired_at", nullable=True),
)
Index("ix_agency_numbers_id", agency_numbers.c.id)

#: Addresses, or domains with all below them, that somebody else writes from. A block that has ended stays.
blocked_senders = Table(
    "blocked_senders",
    metadata,
    _id(),
    Column("sender", Text, nullable=False),
    _instant("since"),
    Column("by", Text, ForeignKey("roster.id"), nullable=False),
    Column("reason", Text, nullable=False),
    _instant("ended_at", nullable=True),
    Column("ended_by", Text, ForeignKey("roster.id")),
    Column("ended_for", Text),
    CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    CheckConstraint("(ended_at IS NULL) = (ended_for IS NULL)", name="ended_for_a_reason"),
)
Index(
    "uq_blocked_senders_sender",
    blocked_senders.c.sender,
    unique=True,
    postgresql_where=blocked_senders.c.ended_at.is_(None),
)

#: A domain belongs to one agency, or a look-alike could be listed beside the real one.
agency_domains = Table(
    "agency_domains",
    metadata,
    Column("domain", Text, primary_key=True),
    Column("agency", Text, ForeignKey("agencies.name"), nullable=False),
    Column("place", Integer, nullable=False),
    _instant("added_at"),
)

#: What the events are about, in full. A random salt keeps the hash from betraying what was erased to a guesser.
contents = Table(
    "contents",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("ref", Text, nullable=False),
    Column("salt", Text),
    Column("body", Text),
    CheckConstraint("(salt IS NULL) = (body IS NULL)", name="erased_whole"),
)
Index("ix_contents_ref", contents.c.ref)

#: The chain. The trigger fills `seq`, `prev` and `hash`. `detail` is `json`, not `jsonb`: its exact text is hashed.
events = Table(
    "events",
    metadata,
    Column("seq", BigInteger, FetchedValue(), primary_key=True, autoincrement=False),
    Column("ref", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("kind", Text, nullable=False),
    _instant("at"),
    Column("detail", JSON, nullable=False),
    Column("content_sha256", Text, ForeignKey("contents.sha256"), nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint(r"ref || step || kind || detail::text !~ '[\n\r]'", name="one_line_each"),
)
Index("ix_events_ref", events.c.ref, events.c.seq)

#: One row, kept by the trigger: the chain's end told a second time, so that a cut tail shows.
chain_head = Table(
    "chain_head",
    metadata,
    Column("one", Boolean, primary_key=True, server_default="true"),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("one", name="one_row"),
)
