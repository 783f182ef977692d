"""A sender is blocked: nothing goes on for it before a verifier has called back, whatever was approved before (S1)."""

from datetime import datetime, timedelta

from contract.ids import preservation_id, request_id, restriction_id
from policy.statements import Refusal, Verdict
from policy.vocabulary import LiftReason, Outcome, Phase, Queue, SenderVerdict
from starter.samples import SampleProcess, sample_mail
from tests.world import EVERYTHING, JUST_BEFORE, MAREN, SENDER, World

BELIEF = "The platoon commander confirmed by telephone that the child is with an armed man."


async def test_S1_a_request_blocked_before_its_review_is_verified_again(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="90 days")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert await world.block(SENDER) == [ref]
    await world.shown(request_id(ref), Phase.VERIFICATION)
    assert (await world.case(ref)).frozen_at is not None
    assert not (await world.sign(ref, Verdict.APPROVE, "rita")).accepted
    await world.verify(ref)
    assert (await world.phase(ref, Phase.LEGAL_REVIEW)).frozen_at is None
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_S1_an_approval_given_before_the_block_does_not_count_after_it(world: World) -> None:
    ref = await world.mail(SampleProcess.SEARCH_WARRANT, classes=EVERYTHING, silence="90 days")
    await world.verify(ref)
    await world.approve(ref, "rita")
    await world.block(SENDER, wakes=False)
    refused = await world.sign(ref, Verdict.APPROVE, "ravi")
    assert (refused.accepted, refused.refusal) == (False, Refusal.FROZEN)
    await world.shown(request_id(ref), Phase.VERIFICATION)  # The refusal told the machine, which nothing had woken.
    await world.verify(ref)
    await world.approve(ref, "ravi")
    assert (await world.case(ref)).approved is None, "rita approved what nobody had verified since"
    await world.approve(ref, "rita")
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_S1_a_verifier_who_calls_before_the_machine_has_heard_of_the_block_brings_it_back(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="90 days")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await world.block(SENDER, wakes=False)
    early = await world.sign(ref, Verdict.AUTHENTIC, "vera")
    assert (early.accepted, early.refusal) == (False, Refusal.FROZEN)
    await world.shown(request_id(ref), Phase.VERIFICATION)
    await world.verify(ref)
    assert (await world.phase(ref, Phase.LEGAL_REVIEW)).frozen_at is None


async def test_S1_E1_an_emergency_is_frozen_between_its_two_approvals(world: World) -> None:
    ref = await world.emergency()
    await world.verify(ref)
    await world.approve(ref, "rita", reason=BELIEF)
    assert await world.block(SENDER) == [ref]
    await world.shown(request_id(ref), Phase.VERIFICATION)
    assert not (await world.sign(ref, Verdict.APPROVE, "ravi", reason=BELIEF)).accepted
    await world.verify(ref)
    await world.approve(ref, "ravi", reason=BELIEF)
    assert (await world.case(ref)).production is None, "rita approved what nobody had verified since"
    await world.approve(ref, "rita", reason=BELIEF)
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_S1_X1_a_restriction_in_force_is_put_before_a_verifier_and_one_nobody_asked_for_ends_at_once(
    world: World,
) -> None:
    real, forged = await restricted(world), await restricted(world)
    assert sorted(await world.block(SENDER)) == sorted([real, forged])
    for ref in (real, forged):
        await world.turn_of(restriction_id(ref), Queue.VERIFIER)
    assert (await world.sign(real, Verdict.AUTHENTIC, "vera")).accepted
    assert (await world.case(real)).frozen_at is None
    await world.turn_of(restriction_id(real), Queue.CLOCK)
    again = await world.sign(real, Verdict.NOT_AUTHENTIC, "vera")
    assert (again.accepted, again.refusal) == (False, Refusal.WRONG_PHASE)
    assert (await world.sign(forged, Verdict.NOT_AUTHENTIC, "vera")).accepted
    assert await world.ended(forged) is Outcome.RESTRICTION_LIFTED
    lifted = (await world.case(forged)).restriction
    assert lifted is not None
    assert lifted.lifted_for is LiftReason.NOT_AUTHENTIC
    assert await world.letter_of(forged, "restriction_ended_user")
    assert "restriction_ended" not in [mail.name for mail in world.letters(SENDER)], (
        "nothing goes to the blocked mailbox"
    )
    assert await world.running(restriction_id(real))


async def test_S1_P3_letters_to_a_blocked_mailbox_wait_until_a_verifier_has_called(world: World) -> None:
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER)
    await world.shown(preservation_id(ref), Phase.HELD)
    await world.letter_of(ref, "preservation_started")
    await world.block(SENDER)
    await world.advance(days=77)
    assert "preservation_warning" not in [mail.name for mail in world.letters(SENDER)]
    assert [event.kind for event in (await world.case(ref)).events].count("hold_warned") == 1
    assert (await world.sign(ref, Verdict.AUTHENTIC, "vera")).accepted
    await world.letter_of(ref, "preservation_warning")


async def restricted(world: World) -> str:
    ref = await world.mail(SampleProcess.RESTRICTION)
    await world.verify(ref)
    await world.approve(ref, "rita", "ravi")
    await world.letter_of(ref, "restricted_notice")
    await world.shown(restriction_id(ref), Phase.RESTRICTED)
    return ref


async def window_open(world: World) -> tuple[str, datetime]:
    """A request whose user has been told, and when the user can object no longer."""
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref)
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    await world.letter("user_notice")
    until = (await world.case(ref)).notices[0].objection_until
    assert until is not None
    return ref, until


async def test_S1_N1_a_request_blocked_in_the_objection_window_is_approved_anew_and_its_user_told_once(
    world: World,
) -> None:
    ref, until = await window_open(world)
    assert await world.block(SENDER) == [ref]
    await world.shown(request_id(ref), Phase.VERIFICATION)
    await world.verify(ref)
    await world.approve(ref)
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    assert (await world.case(ref)).production is None
    await world.until(until)
    assert await world.ended(ref) is Outcome.PRODUCED
    assert len(world.letters(MAREN, "user_notice")) == 1


async def test_S1_N1_the_record_stops_a_production_of_which_no_signal_told_the_machine(world: World) -> None:
    ref, until = await window_open(world)
    assert await world.block(SENDER, wakes=False) == [ref]
    await world.until(until)
    await world.shown(request_id(ref), Phase.VERIFICATION)
    case = await world.case(ref)
    assert (case.production, case.outcome) == (None, None)
    await world.verify(ref)
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    assert len(world.letters(MAREN, "user_notice")) == 1


async def test_S1_a_request_that_the_officer_knows_nothing_of_ends(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await world.block(SENDER.partition("@")[2])
    await world.shown(request_id(ref), Phase.VERIFICATION)
    assert (await world.sign(ref, Verdict.NOT_AUTHENTIC, "vera")).accepted
    assert await world.ended(ref) is Outcome.NOT_AUTHENTIC


async def test_S1_P3_a_hold_of_a_blocked_sender_is_not_extended_and_ends_when_it_ends(world: World) -> None:
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER)
    case = await world.phase(ref, Phase.HELD)
    assert case.hold is not None
    assert case.snapshot is not None
    assert await world.block(SENDER) == [ref]
    await world.until(case.hold.until - timedelta(days=3))
    await world.send(sample_mail(world.sample(SampleProcess.EXTENSION, reference=ref)))
    await world.shown(preservation_id(ref), Phase.HELD)
    kept = await world.case(ref)
    assert kept.hold is not None
    assert (kept.hold.extended, kept.hold.until, len(kept.mail)) == (False, case.hold.until, 1)
    assert (await world.rule_on_mail(ref, Verdict.SET_ASIDE)).accepted
    await world.until(case.hold.until, seconds=JUST_BEFORE)
    assert await world.services.store.get(case.snapshot.object)
    await world.until(case.hold.until)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED


async def test_S1_what_was_given_is_given_and_later_mail_is_held(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="90 days")
    await world.verify(ref)
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    assert await world.block(SENDER) == []
    later = await world.mail(SampleProcess.SUBPOENA)
    await world.shown(request_id(later), Phase.VERIFICATION)
    assert (await world.case(later)).sender is SenderVerdict.HOLD
    assert not (await world.sign(later, Verdict.APPROVE, "rita")).accepted
