"""What operators and auditors ask of the whole record."""

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.record import HoldStarted, SnapshotPurged
from ledger.mailroom import Mailroom
from ledger.reports import Reports, RequiredObject
from policy.findings import Reason
from policy.vocabulary import Clause, Outcome, Phase, RequestKind
from tests.ledger.build import (
    NOW,
    approved,
    casebook,
    closed,
    completed,
    entry,
    facts_read,
    letter,
    opened,
    produced,
    received,
    sha,
    snapshot_taken,
)


async def test_cases_are_listed_and_filtered(engine: AsyncEngine) -> None:
    record, reports = casebook(engine), Reports(engine)
    one, two = await opened(engine, "one"), await opened(engine, "two", RequestKind.PRESERVATION)
    await record.commit(entry(one, "close", closed(Outcome.REJECTED), phase=Phase.CLOSED))
    first, second = await reports.cases()
    assert (first.ref, first.phase, first.outcome, first.closed_at) == (one, Phase.CLOSED, Outcome.REJECTED, NOW)
    assert (second.ref, second.kind, second.outcome) == (two, RequestKind.PRESERVATION, None)
    assert [line.ref for line in await reports.cases(phase=Phase.CLOSED)] == [one]
    assert [line.ref for line in await reports.cases(kind=RequestKind.PRESERVATION)] == [two]
    assert [line.ref for line in await reports.cases(only_open=True)] == [two]
    assert await reports.open_cases() == {two: Phase.RECEIVED}


async def test_I3_every_object_that_the_record_relies_on_is_listed(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    await received(engine, "waiting")
    await Mailroom(engine).refuse(
        await received(engine, "refused"), (Reason(clause=Clause.S1, detail="not official"),), NOW
    )
    await record.commit(entry(ref, "receive", facts_read(), approved(ref), letters=(letter(),)))
    await record.commit(
        entry(ref, "hold", snapshot_taken(media=(sha("film"),)), HoldStarted(until=closed().retain_until))
    )
    await record.commit(entry(ref, "certificate", await completed(engine)))
    await record.commit(entry(ref, "produce", produced(ref, certificates=(sha("completed"),))))
    expected = {
        RequiredObject(sha("raw waiting"), "message", None),
        RequiredObject(sha("raw request"), "message", ref),
        RequiredObject(sha("warrant"), "document", ref),
        RequiredObject(sha("enclosed"), "attachment", ref),
        RequiredObject(sha("completed"), "completed certificate", ref),
        RequiredObject(sha("package"), "production", ref),
    }
    copied = {RequiredObject(sha("snapshot"), "snapshot", ref), RequiredObject(sha("film"), "recording", ref)}
    assert set(await Reports(engine).objects()) == expected | copied

    await record.commit(entry(ref, "purge", SnapshotPurged(objects=(sha("snapshot"),), certificate=sha("certificate"))))
    certificate = RequiredObject(sha("certificate"), "certificate", ref)
    assert set(await Reports(engine).objects()) == expected | {certificate}


async def test_a_link_leads_to_its_production_and_no_other(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    await record.commit(entry(ref, "decide", approved(ref)))
    await record.commit(entry(ref, "produce", produced(ref, "secret")))
    found = await Reports(engine).link(sha("secret"))
    assert found
    assert (found.ref, found.production.package) == (ref, sha("package"))
    assert await Reports(engine).link(sha("guess")) is None
