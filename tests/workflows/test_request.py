"""A request's life, told by what comes of it: what the agency gets, what the record says, what is never given."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contract.ids import notice_id, request_id
from policy.request import request_facts
from policy.scope import Narrowing
from policy.statements import Refusal, Verdict
from policy.vocabulary import Clause, DataClass, LegalProcess, Outcome, Phase
from starter.samples import SampleProcess, SampleRequest, document, sample_mail
from tests.package import package_of
from tests.replies import reply
from tests.world import EVERYTHING, JUST_BEFORE, LINH, MAREN, SENDER, World, handed_over


async def test_PR1_a_subpoena_is_answered_with_exactly_what_was_approved(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, response_due=date(2030, 1, 1))
    await world.verify(ref)
    await world.approve(ref)
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    await world.letter("user_notice")
    case = await world.case(ref)
    assert case.notices[0].objection_until == datetime(2030, 1, 1, tzinfo=UTC), "the due date, if it is later"
    await world.until(case.notices[0].objection_until)
    assert await world.ended(ref) is Outcome.PRODUCED
    case = await world.case(ref)
    package = await package_of(world, ref)
    assert case.production is not None
    assert package.classes == {DataClass.BASIC, DataClass.RECORDS}
    assert case.production.records == package.records
    assert [mail.name for mail in world.letters(SENDER)] == ["acknowledgement", "production_ready"]
    assert case.retain_until is not None
    kept = case.retain_until - case.production.made_at - timedelta(days=365 * 3)
    assert timedelta(0) <= kept < timedelta(minutes=1)


async def test_U4_a_warrant_gives_content_once_two_reviewers_approve_it(world: World) -> None:
    ref = await world.mail(SampleProcess.SEARCH_WARRANT, classes=EVERYTHING, silence="90 days")
    await world.verify(ref)
    await world.approve(ref, "rita")
    again = await world.sign(ref, Verdict.APPROVE, "rita")
    assert (again.accepted, again.refusal) == (False, Refusal.ALREADY_APPROVED)
    assert (await world.case(ref)).approved is None
    await world.approve(ref, "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED
    package = await package_of(world, ref)
    assert DataClass.CONTENT in package.classes
    case = await world.case(ref)
    assert set(case.approved_by) == {world.signers["rita"], world.signers["ravi"]}


async def test_U3_a_subpoena_for_content_cannot_be_approved_but_can_be_narrowed(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, classes=EVERYTHING, silence="until 2031-01-31")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    refused = await world.sign(ref, Verdict.APPROVE, "rita")
    assert (refused.accepted, refused.refusal) == (False, Refusal.EXCEEDS_PROCESS)
    assert refused.sentence.startswith("U3:")
    narrowing = Narrowing(classes=(DataClass.BASIC,), since=date(2026, 2, 1))
    assert (await world.sign(ref, Verdict.NARROW, "rita", narrowing=narrowing)).accepted
    assert await world.ended(ref) is Outcome.PRODUCED
    assert (await package_of(world, ref)).classes == {DataClass.BASIC}


async def test_R3_an_overbroad_request_is_rejected_with_its_clause_and_nobody_is_told(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (await world.sign(ref, Verdict.REJECT, "rita", reason="Name the days that matter.")).accepted
    assert await world.ended(ref) is Outcome.REJECTED
    letter = await world.letter("rejected", SENDER)
    assert "(R3)" in letter.body
    assert "Name the days that matter." in letter.body
    case = await world.case(ref)
    assert (case.snapshot, case.production, case.notices) == (None, None, ())
    assert not world.letters(MAREN)


async def test_S2_a_document_that_is_not_authentic_ends_the_case(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.phase(ref, Phase.VERIFICATION)
    assert (await world.sign(ref, Verdict.NOT_AUTHENTIC, "vera")).accepted
    assert await world.ended(ref) is Outcome.NOT_AUTHENTIC
    assert "(S2)" in (await world.letter("rejected", SENDER)).body


async def test_U2_a_question_goes_to_the_agency_and_the_case_waits_for_a_person(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="90 days")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (await world.sign(ref, Verdict.ASK, "rita", reason="Which of the two accounts?")).accepted
    assert "Which of the two accounts?" in (await world.letter("ask_more", SENDER)).body
    assert await world.running(request_id(ref))
    await world.approve(ref, "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_R4_what_is_missing_is_asked_for_once_and_an_amendment_lets_the_case_go_on(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, badge="", response_due=None, silence="90 days")
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == (Clause.R4,)
    assert "badge" in (await world.letter("items_missing", SENDER)).body
    await world.verify(ref)
    assert (await world.phase(ref, Phase.VERIFICATION)).missing == (Clause.R4,)
    soon = (world.clock.now() + timedelta(days=15)).date()
    await world.amend(ref, officer__badge="4471", response__due=soon.isoformat())
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    assert len(world.letters(SENDER, "items_missing")) == 1


async def test_R4_an_officer_who_writes_without_labels_is_not_asked_for_what_the_mail_tells(world: World) -> None:
    asked = SampleRequest(process=SampleProcess.SUBPOENA, agency="", identifiers=(("User email", MAREN),))
    body = """Please see the subpoena. It concerns a fraud; the clerk is clerk@northmarch.police.example.
Please respond by 1 March 2030.

Regards,
Det. Jordan Moreno, badge 4471
10 Court Street, Springfield, IL 62701
202-555-0101
"""
    message_id = f"<prose@{SENDER.rpartition('@')[2]}>"
    raw = reply(body, "A subpoena", sender=f"Jordan Moreno <{SENDER}>", pdf=document(asked), message_id=message_id)
    ref = (await world.send(raw)).ref
    assert ref is not None
    await world.phase(ref, Phase.VERIFICATION)
    case = await world.case(ref)
    assert case.missing == ()
    assert [mail.name for mail in world.letters(SENDER)] == ["acknowledgement"]
    facts = request_facts(case.facts)
    assert (facts.officer_email, facts.agency_name) == (SENDER, "Springfield Police Department")
    assert not any(fact.value.startswith("clerk@") for fact in case.facts), "another agency is not whom it is about"


async def test_R1_an_account_that_does_not_exist_is_a_different_end_from_one_without_records(world: World) -> None:
    nobody = await world.mail(SampleProcess.SUBPOENA, identifiers=(("User email", "no.such.person@example.com"),))
    quiet = await world.mail(
        SampleProcess.SUBPOENA,
        identifiers=(("User email", "quietus.marlowe@example.net"),),
        classes=(DataClass.RECORDS,),
    )
    for ref in (nobody, quiet):
        await world.verify(ref)
        await world.approve(ref)
    assert await world.ended(nobody) is Outcome.ACCOUNT_NOT_FOUND
    assert await world.ended(quiet) is Outcome.NO_RESPONSIVE_RECORDS
    assert {mail.name for mail in world.letters(SENDER)} >= {"account_not_found", "no_responsive_records"}
    assert not [mail for mail in world.letters() if mail.to != SENDER]


async def test_N1_an_objection_brings_the_case_back_and_the_earlier_approval_no_longer_counts(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref, "rita")
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    old = await world.signed(ref, Verdict.APPROVE, "ravi")
    await world.advance(days=3)
    await world.object(ref)
    case = await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (case.review, case.approved, case.production) == (2, None, None)
    stale = await world.state(ref, old)
    assert (stale.accepted, stale.refusal) == (False, Refusal.STALE_SCOPE)
    await world.advance(days=2)
    await world.approve(ref, "rita")
    assert await world.ended(ref) is Outcome.PRODUCED
    assert len(world.letters(MAREN)) == 1, "the user has been told before"


async def test_N1_an_objection_after_the_window_changes_nothing(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref)
    case = await world.phase(ref, Phase.OBJECTION_WINDOW)
    await world.letter("user_notice")
    case = await world.case(ref)
    closes = case.notices[0].objection_until
    assert closes is not None
    await world.until(closes, seconds=JUST_BEFORE)
    assert await world.running(notice_id(ref, 1))
    assert (await world.case(ref)).production is None
    await world.until(closes)
    assert await world.ended(ref) is Outcome.PRODUCED
    produced = (await world.case(ref)).production
    assert produced is not None
    assert produced.made_at >= closes


async def test_a_request_withdrawn_in_the_objection_window_is_not_answered(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref)
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    assert (await world.sign(ref, Verdict.WITHDRAW, "ravi")).accepted
    assert await world.ended(ref) is Outcome.WITHDRAWN
    assert (await world.case(ref)).production is None
    await world.letter("withdrawn_confirmed", SENDER)
    assert not world.letters(SENDER, "production_ready")


async def test_N1_two_accounts_are_told_each_by_itself_and_one_package_answers_both(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, identifiers=(("User email", MAREN), ("User email", LINH)))
    await world.verify(ref)
    await world.approve(ref)
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    assert await world.running(notice_id(ref, 1))
    assert await world.running(notice_id(ref, 2))
    await world.letter("user_notice", MAREN)
    await world.letter("user_notice", LINH)
    await world.advance(days=21)
    assert await world.ended(ref) is Outcome.PRODUCED
    assert len(world.letters(SENDER, "production_ready")) == 1


@pytest.mark.parametrize("process", [LegalProcess.SUBPOENA, LegalProcess.COURT_ORDER])
async def test_S2_nothing_is_reviewed_before_a_person_has_seen_the_signature(
    world: World, process: LegalProcess
) -> None:
    ref = await world.mail(SampleProcess(process.value))
    await world.phase(ref, Phase.VERIFICATION)
    unseen = await world.state(ref, await world.signed(ref, Verdict.AUTHENTIC, "vera", checks=()))
    assert (unseen.accepted, unseen.refusal) == (False, Refusal.CHECKS_MISSING)
    early = await world.sign(ref, Verdict.APPROVE, "rita")
    assert (early.accepted, early.refusal) == (False, Refusal.WRONG_PHASE)
    assert (await world.case(ref)).phase is Phase.VERIFICATION


async def test_I1_a_request_sent_twice_is_one_request(world: World) -> None:
    raw = sample_mail(world.sample(SampleProcess.SUBPOENA))
    first = await world.send(raw)
    message_id, new = await world.desk.keep(raw, handed_over(raw))
    assert not new
    assert await world.desk.case_of(message_id) == first.ref
    assert not await world.desk.waiting()
