"""Cases as the mailroom and the machines leave them in the record, at a moment that stands still."""

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import ObjectStore
from activities.record import Change, DecisionRecorded, Entry, FactsRead, ItemsMissing
from intake.message import fingerprint, read_message
from ledger.casebook import Casebook
from ledger.mailroom import Mailroom
from ledger.roster import Roster
from policy.book import current_book
from policy.facts import Fact, FactField, Source, SourceKind
from policy.findings import Reason
from policy.request import request_facts
from policy.scope import scope_of
from policy.statements import Refusal, SignedStatement, Statement, Verdict
from policy.vocabulary import Clause, Phase, RequestKind, Role, SenderVerdict
from starter.samples import SampleRequest, sample_mail

RECEIVED = datetime(2026, 11, 2, 15, 4, tzinfo=UTC)
ANA = "Ana Ferreira"
_ANA_KEY = "A" * 43
_UNITED_STATES = Fact(field=FactField.AGENCY_COUNTRY, value="US", source=Source(kind=SourceKind.DIRECTORY))


async def bring_in(engine: AsyncEngine, store: ObjectStore, request: SampleRequest, pdf: bytes | None = None) -> str:
    """A sample mail, from its bytes to an open case whose facts are in the record; returns the reference. `pdf` takes
    the place of the request's own document."""
    raw = sample_mail(request, pdf)
    read = read_message(raw)
    for octets in (raw, *read.attachments.values()):
        await store.put(octets)
    mailroom, reading = Mailroom(engine), read.reading
    message_id, _ = await mailroom.receive(fingerprint(raw), hashlib.sha256(raw).hexdigest(), RECEIVED)
    await mailroom.read(message_id, reading)
    kind = RequestKind.PRESERVATION if "preservation" in request.process else RequestKind.DISCLOSURE
    ref = await mailroom.open_case(message_id, kind, current_book().edition, RECEIVED)
    read_in = FactsRead(
        message_id=message_id,
        sender=SenderVerdict.ACCEPT,
        reasons=(Reason(clause=Clause.S1, detail="the domain is listed"),),
        facts=(*reading.facts, _UNITED_STATES),
        documents=reading.documents,
    )
    await add(engine, ref, "receive", read_in, ItemsMissing(clauses=()), phase=Phase.VERIFICATION)
    return ref


async def add(engine: AsyncEngine, ref: str, step: str, *changes: Change, phase: Phase | None = None) -> None:
    at = RECEIVED + timedelta(minutes=1)
    assert await Casebook(engine, "provider.example").commit(
        Entry(ref=ref, step=step, at=at, phase=phase, changes=changes)
    )


async def ana(engine: AsyncEngine) -> str:
    """Puts Ana on the roster; returns her roster id."""
    return (await Roster(engine).add(ANA, _ANA_KEY, [Role.REVIEWER], RECEIVED)).id


async def refused_approval(engine: AsyncEngine, ref: str, by: str, reason: str) -> DecisionRecorded:
    """An approval that went beyond its process, as it was recorded."""
    case = await Casebook(engine, "provider.example").case(ref)
    statement = Statement(
        ref=ref,
        by=by,
        verdict=Verdict.APPROVE,
        scope=scope_of(ref, request_facts(case.facts)).digest(),
        grounds=(Clause.U3,),
        reason=await Roster(engine).keep_reason(reason),
        at=RECEIVED,
        nonce="0123456789abcdef",
    )
    return DecisionRecorded(
        signed=SignedStatement(statement=statement, signature="c2ln"),
        accepted=False,
        refusal=Refusal.EXCEEDS_PROCESS,
        sentence="U3: a subpoena never compels content",
    )
