"""Blocking a sender and what it stops happen in one transaction; the record decides which came first (S1)."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import Conflict
from activities.record import DecisionRecorded
from ledger.blocking import Blocking
from ledger.roster import Roster
from policy.statements import Check, Verdict
from policy.vocabulary import Phase, Role
from tests.ledger.build import NOW, approved, casebook, closed, decision, entry, opened, produced

_WHY = "the officer says that the mailbox is stolen"


async def person(engine: AsyncEngine) -> str:
    return (await Roster(engine).add("Dora Example", "A" * 43, [Role.VERIFIER], NOW)).id


async def sender_of(engine: AsyncEngine, ref: str) -> str:
    return (await casebook(engine).case(ref)).envelope.sender


async def test_S1_a_block_freezes_the_open_cases_of_that_address_and_no_other(engine: AsyncEngine) -> None:
    blocking, record, by = Blocking(engine), casebook(engine), await person(engine)
    ref, over = await opened(engine), await opened(engine, "over")
    await record.commit(entry(over, "close", closed()))
    sender = await sender_of(engine, ref)
    assert await blocking.block("nobody@" + sender.partition("@")[2], by, _WHY, NOW) == []
    assert await blocking.block(sender, by, _WHY, NOW) == [ref]
    assert (await record.case(ref)).frozen_at == NOW
    assert (await record.case(over)).frozen_at is None
    with pytest.raises(Conflict, match="blocked already"):
        await blocking.block(sender, by, _WHY, NOW)
    assert (block := (await record.directory()).block_on(sender)) is not None
    assert block.sender == sender


async def test_S1_a_domain_is_blocked_with_all_below_it_and_unblocking_frees_no_case(engine: AsyncEngine) -> None:
    blocking, record, by = Blocking(engine), casebook(engine), await person(engine)
    ref = await opened(engine)
    above = (await sender_of(engine, ref)).partition("@")[2].partition(".")[2]
    assert await blocking.block(above, by, _WHY, NOW) == [ref]
    assert await blocking.unblock(above, by, "the mail system was rebuilt", NOW)
    assert not await blocking.unblock(above, by, "again", NOW)
    assert (await record.directory()).blocked == ()
    assert await blocking.frozen(above) == [ref], "each waits until a person has called"


async def test_S1_I2_a_frozen_case_discloses_nothing_that_was_approved_before(engine: AsyncEngine) -> None:
    record, by, ref = casebook(engine), await person(engine), await opened(engine)
    await record.commit(entry(ref, "decide", approved(ref), phase=Phase.LEGAL_REVIEW))
    await Blocking(engine).block(await sender_of(engine, ref), by, _WHY, NOW)
    case = await record.case(ref)
    assert (case.approved, case.phase, case.review) == (None, Phase.VERIFICATION, 2)
    with pytest.raises(Conflict, match="S1: the sender is blocked"):
        await record.commit(entry(ref, "produce", produced(ref)))
    assert (await record.case(ref)).production is None


async def test_S1_a_disclosure_is_made_before_the_block_or_not_at_all(engine: AsyncEngine) -> None:
    record, by = casebook(engine), await person(engine)
    for number in range(8):
        ref = await opened(engine, f"request {number}")
        sender = await sender_of(engine, ref)
        await record.commit(entry(ref, "decide", approved(ref), phase=Phase.LEGAL_REVIEW))
        made, frozen = await asyncio.gather(
            record.commit(entry(ref, "produce", produced(ref, f"link {number}"), phase=Phase.PRODUCTION)),
            Blocking(engine).block(sender, by, _WHY, NOW),
            return_exceptions=True,
        )
        assert not isinstance(frozen, BaseException), frozen
        case = await record.case(ref)
        if case.production is not None:
            assert (made, ref in frozen, case.frozen_at) == (True, False, None)
        else:
            assert isinstance(made, Conflict)
            assert (ref in frozen, case.frozen_at) == (True, NOW)
        await Blocking(engine).unblock(sender, by, _WHY, NOW)


async def test_S1_only_a_finding_with_a_call_ends_the_freeze(engine: AsyncEngine) -> None:
    record, by, ref = casebook(engine), await person(engine), await opened(engine)
    await Blocking(engine).block(await sender_of(engine, ref), by, _WHY, NOW)

    def found(nonce: str, check: Check) -> DecisionRecorded:
        made = decision(ref, "r-1", Verdict.AUTHENTIC, nonce=nonce)
        stated = made.signed.statement.model_copy(update={"checks": (check,)})
        return made.model_copy(update={"signed": made.signed.model_copy(update={"statement": stated}), "review": 2})

    with pytest.raises(Conflict, match="look at the case again"):
        await record.commit(entry(ref, "old", decision(ref, "r-1", Verdict.AUTHENTIC, nonce="before")))
    await record.commit(entry(ref, "one", found("a", Check.SIGNATURE_SEEN)))
    assert (await record.case(ref)).frozen_at is not None
    await record.commit(entry(ref, "two", found("b", Check.CALLED_BACK)))
    assert (await record.case(ref)).frozen_at is None


async def test_S1_what_was_given_is_listed_and_its_link_can_be_revoked(engine: AsyncEngine) -> None:
    record, by, ref = casebook(engine), await person(engine), await opened(engine)
    blocking, sender = Blocking(engine), await sender_of(engine, ref)
    await record.commit(entry(ref, "decide", approved(ref)))
    await record.commit(entry(ref, "produce", produced(ref), phase=Phase.PRODUCTION))
    assert await blocking.block(sender, by, _WHY, NOW) == [], "what is given is given"
    (given,) = await blocking.given(sender)
    assert (given.ref, given.revoked_at, given.fetched) == (ref, None, 0)
    assert await blocking.revoke_links([given], by, NOW) == 1
    (given,) = await blocking.given(sender)
    assert given.revoked_at == NOW
    assert await blocking.revoke_links([given], by, NOW) == 0
    assert await blocking.given("nobody@elsewhere.gov.example") == []
