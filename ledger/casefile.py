"""The whole of one case in one statement, and so as of one instant."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.ports import CaseFile, CaseNotFound
from ledger.tables import (
    MailState,
    accounts,
    appeals,
    approved_scopes,
    cases,
    completed_certificates,
    decisions,
    documents,
    events,
    facts,
    hold_claims,
    holds,
    kept_mail,
    messages,
    notices,
    productions,
    restricted_accounts,
    restrictions,
    revoked_links,
    silence_orders,
    snapshots,
)

#: A row as JSON: instants are ISO strings in UTC, as every connection of the record runs in UTC.
_Json = dict[str, Any]


def _rows(table: Table, *order: ColumnElement[Any], where: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
    """All rows of the case in a table, as one JSON array."""
    row = func.to_jsonb(table.table_valued())
    found = select(func.coalesce(func.jsonb_agg(aggregate_order_by(row, *order)), func.jsonb_build_array()))
    found = found.where(table.c.ref == cases.c.ref)
    if where is not None:
        found = found.where(where)
    return found.correlate(cases).scalar_subquery().label(table.name)


def _kept_mail() -> ColumnElement[Any]:
    """The mail that waits with the case, with what its envelope says."""
    seen = func.jsonb_build_object("sender", messages.c.sender, "subject", messages.c.subject)
    row = func.to_jsonb(kept_mail.table_valued()).op("||")(seen)
    order = (kept_mail.c.received_at, kept_mail.c.message_id)
    found = select(func.coalesce(func.jsonb_agg(aggregate_order_by(row, *order)), func.jsonb_build_array()))
    found = found.join_from(kept_mail, messages, messages.c.message_id == kept_mail.c.message_id)
    found = found.where(kept_mail.c.ref == cases.c.ref, kept_mail.c.state == MailState.WAITING.value)
    return found.correlate(cases).scalar_subquery().label(kept_mail.name)


def _query() -> Select[Any]:
    opener = func.to_jsonb(messages.table_valued()) - "reading"
    return select(
        func.to_jsonb(cases.table_valued()).label("case"),
        opener.label("message"),
        _rows(facts, facts.c.id, where=facts.c.value.is_not(None)),
        _rows(documents, documents.c.id),
        _rows(decisions, decisions.c.id),
        _rows(approved_scopes, approved_scopes.c.at),
        _rows(snapshots, snapshots.c.id),
        _rows(accounts, accounts.c.n),
        _rows(holds, holds.c.ref),
        _rows(hold_claims, hold_claims.c.ref),
        _rows(silence_orders, silence_orders.c.n, where=silence_orders.c.ordered),
        _rows(notices, notices.c.n),
        _kept_mail(),
        _rows(completed_certificates, completed_certificates.c.id),
        _rows(productions, productions.c.made_at),
        _rows(restrictions, restrictions.c.ref),
        _rows(restricted_accounts, restricted_accounts.c.n),
        _rows(appeals, appeals.c.id),
        _rows(revoked_links, revoked_links.c.at),
        _rows(events, events.c.seq),
    ).join_from(cases, messages, cases.c.message_id == messages.c.message_id)


_CASE = _query()


async def read_case(connection: AsyncConnection, ref: str) -> CaseFile:
    """Everything known of a case. What has been erased is absent, or empty where a text is expected.

    Raises:
        CaseNotFound: there is no such case.
    """
    row = (await connection.execute(_CASE.where(cases.c.ref == ref))).mappings().first()
    if row is None:
        raise CaseNotFound(f"no case bears the reference {ref}")
    case: _Json = row["case"]
    approved = _approved(row["approved_scopes"], case["review"])
    return CaseFile.model_validate(
        {
            **_pick(case, "ref", "kind", "phase", "policy_version", "sender", "reasons", "missing", "review"),
            "frozen_at": case["frozen_at"],
            **_pick(case, "outcome", "retain_until"),
            "envelope": _envelope(row["message"]),
            "facts": [_pick(fact, "field", "value", "source", "confidence") for fact in row["facts"]],
            "documents": _documents(row["documents"]),
            "decisions": [_pick(d, "step", "signed", "accepted", "sentence", "at") for d in row["decisions"]],
            "approved": approved and approved["body"],
            "approved_by": approved["approved_by"] if approved else (),
            "snapshot": _snapshot(row["snapshots"], row["accounts"]),
            "hold": _hold(row["holds"], row["hold_claims"]),
            "orders": [_pick(order, "n", "message_id", "until", "at") for order in row["silence_orders"]],
            "notices": [_without(notice, "ref", "appeal_token") for notice in row["notices"]],
            "mail": [
                _pick(mail, "message_id", "why", "proven", "received_at")
                | {"sender": mail["sender"] or "", "subject": mail["subject"] or ""}
                for mail in row["kept_mail"]
            ],
            "certificates": [_pick(c, "form", "object", "by", "at") for c in row["completed_certificates"]],
            "production": _production(row["productions"], row["revoked_links"]),
            "restriction": _restriction(row["restrictions"], row["restricted_accounts"]),
            "appeals": [_without(a, "id", "ref") | {"text": a["text"] or ""} for a in row["appeals"]],
            "events": [_without(event, "content_sha256", "prev") for event in row["events"]],
        }
    )


def _pick(row: _Json, *names: str) -> _Json:
    return {name: row[name] for name in names}


def _without(row: _Json, *names: str) -> _Json:
    return {name: value for name, value in row.items() if name not in names}


def _hold(rows: list[_Json], claims: list[_Json]) -> _Json | None:
    """The hold, and the requests that it serves now, in the order in which they claimed it."""
    if not rows:
        return None
    open_claims = sorted((c["claimed_at"], c["by_ref"]) for c in claims if c["released_at"] is None)
    return _pick(rows[0], "since", "until", "extended", "purged_at", "review_at") | {
        "claims": [ref for _, ref in open_claims]
    }


def _envelope(message: _Json) -> _Json:
    kept = _pick(message, "message_id", "object", "header_message_id", "received_at")
    return kept | {"sender": message["sender"] or "", "subject": message["subject"] or ""}


def _documents(rows: list[_Json]) -> list[_Json]:
    """Each document once, however many messages brought it."""
    once: dict[str, _Json] = {}
    for row in rows:
        once.setdefault(row["sha256"], row)
    return [
        _without(row, "id", "ref", "message_id", "taken_at")
        | {"name": row["name"] or "", "accepted": row["accepted"] or row["taken_by"] is not None}
        for row in once.values()
    ]


def _approved(scopes: list[_Json], review: int) -> _Json | None:
    """The latest approval of the review that is current: reopening a review ends the approvals before it."""
    return next((scope for scope in reversed(scopes) if scope["review"] == review and scope["body"]), None)


def _production(rows: list[_Json], revoked: list[_Json]) -> _Json | None:
    """The latest production, and since when its link is revoked, if it is."""
    if not rows:
        return None
    latest = rows[-1]
    revoked_at = next((link["at"] for link in revoked if link["scope"] == latest["scope"]), None)
    return _without(latest, "ref", "token_sha256") | {"revoked_at": revoked_at}


def _snapshot(rows: list[_Json], owners: list[_Json]) -> _Json | None:
    if not rows:
        return None
    latest = rows[-1]
    mine = [a for a in owners if a["snapshot"] == latest["id"] and a["number"] is not None]
    accounts_of = [_pick(account, "n", "number", "email", "language") for account in mine]
    return _pick(latest, "object", "media", "taken_at") | {"accounts": accounts_of}


def _restriction(rows: list[_Json], owners: list[_Json]) -> _Json | None:
    if not rows:
        return None
    applied = rows[0]
    known = [_pick(a, "n", "number", "email", "language") for a in owners if a["email"] is not None]
    return _pick(applied, "since", "until", "lifted_at", "lifted_for") | {
        "restriction": _pick(applied, "measure", "territory", "violation"),
        "accounts": known,
    }
