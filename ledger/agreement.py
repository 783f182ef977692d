"""Whether the tables still say what the chain says.

The chain proves the events; the activities read the tables. Someone who edits a decision's row leaves the chain whole,
so what counts most is compared with the content that the chain binds. Erased cases have no content left to compare.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, cast, func, select, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.tables import (
    approved_scopes,
    cases,
    completed_certificates,
    contents,
    decisions,
    events,
    facts,
    outbox,
    productions,
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A table that holds more, less or other than the chain recorded for a case."""

    table: str
    ref: str


async def disagreements(engine: AsyncEngine) -> Sequence[Disagreement]:
    """Compare decisions, approvals, completed certificates, productions, facts, letters and outcomes with the chain.
    Verify the chain first."""
    found: list[Disagreement] = []
    async with engine.connect() as plain:
        # One snapshot, so that what is added meanwhile is not taken for a disagreement.
        connection = await plain.execution_options(isolation_level="REPEATABLE READ")
        for table, held, told in _comparisons():
            found += [Disagreement(table, ref) for ref in await connection.scalars(_differing(held, told))]
    return found


def _comparisons() -> Iterator[tuple[str, Select[Any], Select[Any]]]:
    """By table: what it holds, and what the chain says that it should; the same columns, the reference first."""
    body = cast(contents.c.body, JSONB)

    d = decisions.c
    yield (
        "decisions",
        select(d.ref, d.step, d.signed, func.to_jsonb(d.accepted)),
        _told("decision_recorded", events.c.step, body["signed"], body["accepted"]),
    )
    a = approved_scopes.c
    yield (
        "approved_scopes",
        select(a.ref, a.body, func.to_jsonb(a.approved_by)),
        _told("scope_approved", body["scope"], body["approved_by"]),
    )
    c = completed_certificates.c
    yield (
        "completed_certificates",
        select(c.ref, c.form, c.object, c.by),
        _told("certificate_completed", *(body[name].astext for name in ("form", "completed", "by"))),
    )
    p, names = productions.c, ("scope", "package", "token_sha256")
    yield (
        "productions",
        select(p.ref, p.scope, p.package, p.token_sha256),
        _told("production_made", *(body[name].astext for name in names)),
    )
    f, fact = (
        facts.c,
        func.jsonb_array_elements(body["facts"], type_=JSONB).column_valued("fact", joins_implicitly=True),
    )
    yield (
        "facts",
        select(f.ref, f.step, f.field, f.value, f.source, f.confidence),
        _told(
            "facts_%",
            events.c.step,
            *(fact["field"].astext, fact["value"].astext, fact["source"], fact["confidence"].astext),
        ),
    )
    o = outbox.c
    yield (
        "outbox",
        select(o.ref, o.step, o.message_id, o.letter),
        _told("letter_written", events.c.step, body["message_id"].astext, body["letter"]),
    )
    yield (
        "cases",
        select(cases.c.ref, cases.c.outcome).where(cases.c.outcome.is_not(None)),
        _told("case_closed", body["outcome"].astext),
    )


def _told(kind: str, *columns: Any) -> Select[Any]:
    told = select(events.c.ref, *columns).join_from(events, contents, contents.c.sha256 == events.c.content_sha256)
    return told.where(events.c.kind.like(kind))


def _differing(held: Select[Any], told: Select[Any]) -> Select[Any]:
    extra, absent = held.except_all(told).subquery(), told.except_all(held).subquery()
    either = union_all(select(extra.c.ref), select(absent.c.ref)).subquery()
    erased = select(cases.c.ref).where(cases.c.erased_at.is_not(None))
    return select(either.c.ref).where(either.c.ref.not_in(erased)).distinct().order_by(either.c.ref)
