"""The record as the activities use it: one step once, one case in one read, letters owed until they are sent."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import CaseLedger, CaseNotFound, Conflict, MessageNotFound
from activities.record import (
    Entry,
    FactsAmended,
    HoldClaimed,
    HoldConfirmed,
    HoldExtended,
    HoldReleased,
    HoldReviewSet,
    HoldStarted,
    HoldWarned,
    ItemsMissing,
    NoticeDelayed,
    ObjectionMade,
    ReviewReopened,
    SilenceOrdered,
    SnapshotPurged,
    UserTold,
)
from ledger.chain import verify
from ledger.tables import messages, silence_orders
from policy.facts import Fact, FactField, Source, SourceKind
from policy.findings import Reason
from policy.request import request_facts
from policy.statements import Refusal, Verdict
from policy.vocabulary import Clause, Outcome, Phase, RequestKind, SenderVerdict
from tests.ledger.build import (
    CANARY,
    NOW,
    approved,
    casebook,
    closed,
    decision,
    entry,
    facts_read,
    letter,
    opened,
    produced,
    reading,
    received,
    scope,
    sha,
    snapshot_taken,
)

_DAYS = timedelta(days=1)


def test_the_casebook_keeps_the_port(engine: AsyncEngine) -> None:
    port: CaseLedger = casebook(engine)
    assert port


async def test_a_new_case_has_its_message_and_nothing_else(engine: AsyncEngine) -> None:
    case = await casebook(engine).case(await opened(engine))
    assert (case.ref, case.kind, case.phase) == ("DP-2026-000001", RequestKind.DISCLOSURE, Phase.RECEIVED)
    assert case.envelope.message_id == sha("request")
    assert case.envelope.object == sha("raw request")
    assert case.envelope.sender == CANARY
    assert case.envelope.received_at == NOW
    assert (case.facts, case.hold, case.production, case.outcome) == ((), None, None, None)
    assert [event.kind for event in case.events] == ["case_opened"]


async def test_everything_that_is_committed_comes_back(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    read = facts_read()
    amended = Fact(field=FactField.CASE_NUMBER, value="C-2", source=Source(kind=SourceKind.PERSON, by="r-1"))
    authentic, approval = (
        decision(ref, "r-1", Verdict.AUTHENTIC, nonce="a"),
        decision(ref, "r-2", Verdict.APPROVE, nonce="b"),
    )
    await record.commit(entry(ref, "receive", read, ItemsMissing(clauses=(Clause.R4,)), phase=Phase.VERIFICATION))
    sign = Reason(clause=Clause.R3, detail="it asks for everybody")
    later = {"reasons": (*read.reasons, sign), "facts": (), "documents": ()}
    reply = read.model_copy(update=later)
    await record.commit(entry(ref, "reply", reply))
    await record.commit(entry(ref, "amend", FactsAmended(by="r-1", facts=(amended,), signature="s")))
    await record.commit(entry(ref, "decide-1", authentic))
    await record.commit(entry(ref, "decide-2", approval, approved(ref)))
    await record.commit(entry(ref, "copy", snapshot_taken(media=(sha("film"),))))
    await record.commit(entry(ref, "delay-1", NoticeDelayed(n=1, until=NOW + 90 * _DAYS)))
    await record.commit(entry(ref, "delay-2", NoticeDelayed(n=2, until=None)))
    await record.commit(entry(ref, "tell-1", UserTold(n=1, objection_until=NOW + 7 * _DAYS)))
    await record.commit(entry(ref, "object-1", ObjectionMade(n=1)))
    await record.commit(entry(ref, "produce", produced(ref), phase=Phase.PRODUCTION))
    await record.commit(entry(ref, "close", closed(), phase=Phase.CLOSED))

    case = await record.case(ref)
    assert case.phase is Phase.CLOSED
    assert case.sender is SenderVerdict.HOLD
    assert case.reasons == (*read.reasons, sign)
    assert case.facts == (*read.facts, amended)
    assert request_facts(case.facts).case_number == "C-2"
    assert case.documents == read.documents
    assert case.missing == (Clause.R4,)
    assert [recorded.signed for recorded in case.decisions] == [authentic.signed, approval.signed]
    assert case.approved == scope(ref)
    assert case.approved_by == ("r-0000000000000001",)
    assert case.snapshot
    assert case.snapshot.accounts[0].email == CANARY
    assert case.snapshot.media == (sha("film"),)
    first, second = case.notices
    assert (first.delayed_until, first.told_at, first.objected_at) == (NOW + 90 * _DAYS, NOW, NOW)
    assert second.undated
    assert case.production
    assert (case.production.package, case.production.made_at) == (sha("package"), NOW)
    assert (case.outcome, case.retain_until) == (Outcome.PRODUCED, NOW + 365 * _DAYS)
    assert (await verify(engine)).intact


async def test_a_step_is_added_once_even_ten_times_at_once(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    step = entry(ref, "receive", facts_read(), letters=(letter(),))
    assert sorted(await asyncio.gather(*(record.commit(step) for _ in range(10)))) == [False] * 9 + [True]
    case = await record.case(ref)
    assert len(case.facts) == 2
    assert [event.kind for event in case.events] == ["case_opened", "facts_read", "letter_written"]
    assert len(await record.owed(ref, "receive")) == 1


async def test_a_step_that_the_record_refuses_adds_nothing_and_may_be_tried_otherwise(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    told = UserTold(n=1, objection_until=None)
    await record.commit(entry(ref, "tell", told))
    before = await record.case(ref)
    with pytest.raises(Conflict, match="N1"):
        await record.commit(entry(ref, "again", HoldWarned(days_left=7), told, phase=Phase.CLOSED, letters=(letter(),)))
    assert await record.case(ref) == before
    assert await record.commit(entry(ref, "again", HoldWarned(days_left=7)))


async def test_of_two_mails_with_one_pdf_the_case_has_one_document(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    await received(engine, "reply")
    await record.commit(entry(ref, "receive", facts_read()))
    await record.commit(entry(ref, "reply", facts_read("reply")))
    assert [document.sha256 for document in (await record.case(ref)).documents] == [sha("warrant")]


async def test_reopening_the_review_ends_its_approval(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    await record.commit(entry(ref, "decide", approved(ref)))
    await record.commit(entry(ref, "reopen", ReviewReopened(round=2), phase=Phase.LEGAL_REVIEW))
    case = await record.case(ref)
    assert (case.review, case.approved, case.approved_by) == (2, None, ())
    await record.commit(entry(ref, "decide-2", approved(ref, review=2)))
    assert (await record.case(ref)).approved == scope(ref, review=2)


async def test_N2_only_the_requests_own_order_of_silence_can_be_corrected(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    own = SilenceOrdered(n=1, message_id=sha("request"), until=None)
    await record.commit(entry(ref, "receive", own))
    await record.commit(entry(ref, "amend", own.model_copy(update={"until": NOW + 90 * _DAYS})))
    assert [order.until for order in (await record.case(ref)).orders] == [NOW + 90 * _DAYS]
    await record.commit(entry(ref, "amend-again", own.model_copy(update={"ordered": False})))
    assert (await record.case(ref)).orders == ()


async def test_N2_a_further_order_stays_as_it_was_received(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    order = SilenceOrdered(n=2, message_id=sha("request"), until=NOW + 90 * _DAYS)
    await record.commit(entry(ref, "order-1", order))
    with pytest.raises(Conflict, match="N2"):
        await record.commit(entry(ref, "order-2", order.model_copy(update={"until": NOW})))
    with pytest.raises(IntegrityError, match="stays as it was received"):
        async with engine.begin() as connection:
            await connection.execute(update(silence_orders).values(until=NOW))
    assert [order.until for order in (await record.case(ref)).orders] == [NOW + 90 * _DAYS]


async def test_P3_a_hold_is_extended_once(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine, kind=RequestKind.PRESERVATION)
    await record.commit(entry(ref, "hold", HoldStarted(until=NOW + 90 * _DAYS)))
    extended = HoldExtended(until=NOW + 180 * _DAYS, message_id=sha("request"))
    await record.commit(entry(ref, "extend", extended))
    hold = (await record.case(ref)).hold
    assert hold
    assert (hold.since, hold.until, hold.extended) == (NOW, NOW + 180 * _DAYS, True)
    again = extended.model_copy(update={"until": NOW + 270 * _DAYS})
    with pytest.raises(Conflict, match="P3"):
        await record.commit(entry(ref, "extend-again", again))
    with pytest.raises(Conflict, match="P3"):
        await record.commit(entry(ref, "hold-again", HoldStarted(until=NOW + 90 * _DAYS)))


async def test_P3_a_claim_and_a_purge_that_race_cannot_both_win(engine: AsyncEngine) -> None:
    record, other = casebook(engine), await opened(engine, "warrant")
    for number in range(8):
        ref = await opened(engine, f"letter {number}", RequestKind.PRESERVATION)
        hold = HoldStarted(until=NOW + 90 * _DAYS)
        await record.commit(entry(ref, "hold", snapshot_taken(f"snapshot {number}"), hold))
        claim = entry(ref, f"claimed-by-{other}", HoldClaimed(by_ref=other, process_received_at=NOW))
        purge = entry(ref, "purge", SnapshotPurged(objects=(sha("snapshot"),), certificate=sha("certificate")))
        ended = await asyncio.gather(record.commit(claim), record.commit(purge), return_exceptions=True)
        assert {type(one) for one in ended} == {bool, Conflict}
        kept = (await record.case(ref)).hold
        assert kept
        assert (not kept.claims) != (kept.purged_at is None)


async def test_P3_a_hold_serves_several_requests_and_is_not_purged_before_the_last_has_ended(
    engine: AsyncEngine,
) -> None:
    record, ref = casebook(engine), await opened(engine, "letter")
    refs = [await opened(engine, f"warrant {number}") for number in range(3)]
    await record.commit(entry(ref, "hold", snapshot_taken(), HoldStarted(until=NOW + 90 * _DAYS)))
    for by_ref in refs:
        await record.commit(entry(ref, f"claimed-by-{by_ref}", HoldClaimed(by_ref=by_ref, process_received_at=NOW)))
    for left in (refs, refs[1:], refs[2:]):
        case = await record.case(ref)
        assert case.hold
        assert case.hold.claims == tuple(left)
        with pytest.raises(Conflict, match="P3"):
            await record.commit(entry(ref, "purge", SnapshotPurged(objects=(), certificate=sha("certificate"))))
        await record.commit(entry(ref, f"release-{left[0]}", HoldReleased(by_ref=left[0])))
    await record.commit(entry(ref, "purge", SnapshotPurged(objects=(), certificate=sha("certificate"))))


async def test_P3_a_confirmed_hold_is_purged_only_after_a_person_has_ended_it(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine, "letter")
    await record.commit(entry(ref, "hold", snapshot_taken(), HoldStarted(until=NOW + 60 * _DAYS)))
    with pytest.raises(Conflict, match="P3"):
        await record.commit(entry(ref, "review-0", HoldReviewSet(review_at=NOW)))
    confirmed = HoldConfirmed(review_at=NOW + 30 * _DAYS, message_id=sha("confirmation"))
    await record.commit(entry(ref, "extension-1", confirmed))
    await record.commit(entry(ref, "review-1", HoldReviewSet(review_at=NOW + 60 * _DAYS)))
    kept = (await record.case(ref)).hold
    assert kept
    assert (kept.until, kept.review_at) == (NOW + 60 * _DAYS, NOW + 60 * _DAYS)
    purge = SnapshotPurged(objects=(), certificate=sha("certificate"))
    with pytest.raises(Conflict, match="is ended by a person alone"):
        await record.commit(entry(ref, "early", purge))
    await record.commit(entry(ref, "ended", decision(ref, "r-1", Verdict.WITHDRAW, nonce="1")))
    await record.commit(entry(ref, "purge", purge))


async def test_P3_a_hold_that_is_given_back_counts_again(engine: AsyncEngine) -> None:
    record, ref, other = casebook(engine), await opened(engine, "letter"), await opened(engine, "warrant")
    await record.commit(entry(ref, "hold", snapshot_taken(), HoldStarted(until=NOW + 90 * _DAYS)))
    await record.commit(entry(ref, "claim", HoldClaimed(by_ref=other, process_received_at=NOW)))
    with pytest.raises(Conflict, match="P3"):
        await record.commit(entry(ref, "wrong", HoldReleased(by_ref=ref)))
    with pytest.raises(Conflict, match="P3: a hold that a request has claimed is not purged"):
        await record.commit(entry(ref, "early", SnapshotPurged(objects=(), certificate=sha("certificate"))))
    await record.commit(entry(ref, "resume", HoldReleased(by_ref=other)))
    await record.commit(entry(ref, "purge", SnapshotPurged(objects=(), certificate=sha("certificate"))))
    with pytest.raises(Conflict, match="P3: there is no hold here to claim, or it is purged"):
        await record.commit(entry(ref, "late", HoldClaimed(by_ref=ref, process_received_at=NOW)))
    case = await record.case(ref)
    assert case.hold
    assert case.hold.purged_at == NOW
    assert case.snapshot, "what was destroyed stays named, so that a purge cut short can be finished"


async def test_P3_bytes_that_another_snapshot_needs_are_told(engine: AsyncEngine) -> None:
    record, one, two = casebook(engine), await opened(engine, "one"), await opened(engine, "two")
    film, mine = sha("film"), sha("one's own")
    await record.commit(entry(one, "copy", snapshot_taken("first", media=(film, mine))))
    await record.commit(entry(two, "copy", snapshot_taken("second", media=(film,))))
    assert await record.used_elsewhere(one, [sha("first"), film, mine]) == {film}
    await record.commit(entry(two, "purge", SnapshotPurged(objects=(), certificate=sha("certificate"))))
    assert await record.used_elsewhere(one, [sha("first"), film, mine]) == frozenset()


async def test_P3_bytes_that_are_being_destroyed_are_looked_for_when_they_are_gone(engine: AsyncEngine) -> None:
    """Either the purge sees who else relies on them, or whoever would rely on them sees that they are gone."""
    record, one, two = casebook(engine), await opened(engine, "one"), await opened(engine, "two")
    there = {sha("film")}

    async def stored() -> None:
        if sha("film") not in there:
            raise LookupError

    await record.commit(entry(one, "copy", snapshot_taken("first", media=(sha("film"),))))
    copying = entry(two, "copy", snapshot_taken("second", media=(sha("film"),)))
    async with record.destroying(one, sha("film")) as unneeded:
        assert unneeded
        copied = asyncio.create_task(record.commit(copying, stored))
        assert not (await asyncio.wait({copied}, timeout=0.3))[0], "it waits"
        there.clear()
    with pytest.raises(LookupError):
        await copied
    assert (await record.case(two)).snapshot is None
    there.add(sha("film"))
    assert await record.commit(copying, stored), "copied again"
    async with record.destroying(one, sha("film")) as unneeded:
        assert not unneeded


async def test_a_letter_is_owed_until_it_is_sent_under_one_message_id(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    await record.commit(entry(ref, "notice:1", letters=(letter("acknowledgement"), letter("items_missing"))))
    await record.commit(entry(ref, "other", letters=(letter(),)))
    first, second = await record.owed(ref, "notice:1")
    assert first.message_id == "<dp-2026-000001.notice=3a1.1.acknowledgement@provider.example>"
    assert second.message_id == "<dp-2026-000001.notice=3a1.2.items_missing@provider.example>"
    assert first.letter == letter("acknowledgement")
    await asyncio.gather(*(record.sent(first.id, NOW) for _ in range(5)))
    assert await record.owed(ref, "notice:1") == [second]
    kinds = [event.kind for event in (await record.case(ref)).events]
    assert kinds.count("letter_sent") == 1


async def test_a_reading_comes_back_as_it_was(engine: AsyncEngine) -> None:
    await received(engine, "m")
    assert await casebook(engine).reading(sha("m")) == reading("m")


async def test_what_does_not_exist_is_said_not_to(engine: AsyncEngine) -> None:
    record = casebook(engine)
    with pytest.raises(CaseNotFound):
        await record.case("DP-2026-000009")
    with pytest.raises(CaseNotFound):
        await record.commit(Entry(ref="DP-2026-000009", step="s", at=NOW, changes=()))
    with pytest.raises(MessageNotFound):
        await record.reading(sha("nothing"))
    assert await record.signer("r-0000000000000000") is None
    assert await record.reason(sha("nothing")) is None


async def test_G1_a_sender_is_known_once_another_request_of_theirs_was_found_authentic(engine: AsyncEngine) -> None:
    book = casebook(engine)
    first, second = await opened(engine, "first"), await opened(engine, "second")
    refused = decision(first, "r-000000000000000v", Verdict.AUTHENTIC, nonce="n1", refusal=Refusal.CHECKS_MISSING)
    await book.commit(entry(first, "decision-1", refused))
    assert not await book.known_sender(second)
    await book.commit(entry(first, "decision-2", decision(first, "r-000000000000000v", Verdict.AUTHENTIC, nonce="n2")))
    assert await book.known_sender(second)
    assert not await book.known_sender(first), "by another request, not by itself"
    async with engine.begin() as connection:
        await connection.execute(update(messages).where(messages.c.ref == second).values(sender="b@other.gov.example"))
    assert not await book.known_sender(second), "another address of the same agency is another sender"
