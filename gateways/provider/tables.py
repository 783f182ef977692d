"""The embedded provider's own database: who its users are, and what they did and stored, and what is kept from them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
_Instant = DateTime(timezone=True)

accounts = Table(
    "accounts",
    metadata,
    Column("number", Text, primary_key=True),
    Column("owner_email", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("billing_name", Text, nullable=False),
    Column("billing_address", Text, nullable=False),
    Column("payment_method", Text, nullable=False, comment="Its kind; never a card number (D1)"),
)

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_number", Text, ForeignKey("accounts.number"), nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("deleted_at", _Instant, comment="Once set, nothing of the user can be retrieved (D5)"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("at", _Instant, nullable=False),
    Column("ip", Text, nullable=False),
    Column("city", Text, nullable=False, comment="Approximate, from the address"),
    Column("client", Text, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("first_seen_at", _Instant, nullable=False),
    Column("udid", Text, nullable=False),
    Column("mac", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("os", Text, nullable=False),
    Column("microphone", Text, nullable=False),
)

meetings = Table(
    "meetings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", BigInteger, nullable=False, comment="What people call the meeting id; hosts use it again"),
    Column("host_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("topic", Text, nullable=False),
    Column("scheduled_at", _Instant, nullable=False),
    Column("started_at", _Instant, nullable=False),
    Column("ended_at", _Instant, nullable=False),
    Column("registration_url", Text),
)

participants = Table(
    "participants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meeting_id", Integer, ForeignKey("meetings.id"), nullable=False),
    Column("user_id", Integer, ForeignKey("users.id"), comment="None: a guest without an account"),
    Column("label", Text, nullable=False, comment="As the participant typed it"),
    Column("ip", Text, nullable=False),
    Column("connection", Text, nullable=False),
    Column("joined_at", _Instant, nullable=False),
    Column("left_at", _Instant, nullable=False),
)

chat_messages = Table(
    "chat_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("recipient_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("sent_at", _Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("deleted_at", _Instant),
)

access_rules = Table(
    "access_rules",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("ref", Text, nullable=False, comment="The case that it was applied for; each lifts its own"),
    Column("user_id", Integer, ForeignKey("users.id"), comment="Whom it restricts, or"),
    Column("meeting_id", Integer, ForeignKey("meetings.id"), comment="which meeting"),
    Column("measure", Text, nullable=False),
    Column("territory", Text, nullable=False, comment="ISO 3166, or everywhere"),
    Column("since", _Instant, nullable=False),
    Column("until", _Instant, nullable=False, comment="From then on it restricts nobody, lifted or not"),
    Column("applied_at", _Instant, nullable=False),
    Column("lifted_at", _Instant),
    UniqueConstraint("ref", "user_id", "meeting_id", postgresql_nulls_not_distinct=True),
    CheckConstraint("num_nonnulls(user_id, meeting_id) = 1"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meeting_id", Integer, ForeignKey("meetings.id"), nullable=False),
    Column("recorded_at", _Instant, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("video", LargeBinary, nullable=False, comment="MPEG-4; empty once deleted"),
    Column("deleted_at", _Instant),
)
