"""What the database itself enforces: the chain's trigger, append-only tables, and the application's few grants."""

from alembic import op

revision = "0002"
down_revision = "0001"

_APP = "dueprocess_app"

_APPEND_ONLY = ("events", "steps", "decisions", "productions")

#: What the application may do besides SELECT. Nothing may be deleted; updates are limited to these columns.
_INSERT = (
    "messages",
    "deliveries",
    "reference_counters",
    "cases",
    "steps",
    "facts",
    "documents",
    "decisions",
    "approved_scopes",
    "snapshots",
    "accounts",
    "holds",
    "notices",
    "productions",
    "outbox",
    "roster",
    "reasons",
    "agencies",
    "agency_domains",
    "contents",
    "events (ref, step, kind, at, detail, content_sha256)",
)
_UPDATE = {
    "messages": "header_message_id, sender, sender_domain, subject, peer, reading, state, ref, refused_for, settled_at",
    "deliveries": "destroyed_at",
    "reference_counters": "last",
    "cases": "phase, sender, reasons, missing, review, outcome, closed_at, retain_until, erased_at",
    "facts": "value",
    "documents": "name",
    "approved_scopes": "body",
    "snapshots": "purged_at, certificate",
    "accounts": "number, email",
    "holds": "until, extended, claimed_by, purged_at",
    "notices": "delayed_until, undated, told_at, objection_until, objected_at",
    "outbox": "letter, sent_at",
    "roster": "revoked_at",
    "reasons": "text",
    "contents": "salt, body",
}
_READ_ONLY = ("chain_head",)

# The row lock on chain_head makes one writer wait for the other. Under READ COMMITTED the waiter then sees the new
# head; under a stricter isolation it fails instead of forking the chain. A sequence would be numbered outside the lock.
_LINK = r"""
CREATE FUNCTION link_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head chain_head%ROWTYPE;
BEGIN
    SELECT * INTO STRICT head FROM chain_head FOR UPDATE;
    NEW.seq := head.seq + 1;
    NEW.prev := head.hash;
    NEW.hash := encode(sha256(convert_to(concat_ws(E'\n',
        NEW.seq, NEW.ref, NEW.step, NEW.kind, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        NEW.detail::text, NEW.content_sha256, NEW.prev), 'UTF8')), 'hex');
    UPDATE chain_head SET seq = NEW.seq, hash = NEW.hash;
    RETURN NEW;
END $$
"""

_FORBID = """
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is forbidden: the record is append-only', TG_OP, TG_TABLE_NAME;
END $$
"""

_ONLY_ERASE = """
CREATE FUNCTION only_erase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.body IS NOT NULL OR NEW.sha256 <> OLD.sha256 OR NEW.ref <> OLD.ref THEN
        RAISE EXCEPTION 'contents can be erased, not changed';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute("INSERT INTO chain_head (seq, hash) VALUES (0, repeat('0', 64))")
    for function in (_LINK, _FORBID, _ONLY_ERASE):
        op.execute(function)
    _trigger("link", "BEFORE INSERT ON events FOR EACH ROW", "events", "link_event")
    _trigger("only_erase", "BEFORE UPDATE ON contents FOR EACH ROW", "contents", "only_erase")
    _trigger("keep", "BEFORE DELETE OR TRUNCATE ON contents FOR EACH STATEMENT", "contents", "forbid_change")
    for table in _APPEND_ONLY:
        when = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
        _trigger("append_only", when, table, "forbid_change")
    for table in _INSERT:
        op.execute(f"GRANT INSERT {_columns_first(table)} TO {_APP}")
        op.execute(f"GRANT SELECT ON {table.split()[0]} TO {_APP}")
    for table in _READ_ONLY:
        op.execute(f"GRANT SELECT ON {table} TO {_APP}")
    for table, columns in _UPDATE.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {_APP}")


def _trigger(name: str, when: str, table: str, function: str) -> None:
    op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()")
    # ALWAYS: also where session_replication_role is set to replica, which would switch ordinary triggers off.
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def _columns_first(table: str) -> str:
    name, _, columns = table.partition(" ")
    return f"{columns} ON {name}"
