"""What a European preservation order keeps once a production order is confirmed: until it has come, and never without a
person (P3; Regulation (EU) 2023/1543, art. 11)."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

from activities.ports import Hold
from contract.ids import preservation_id
from policy.book import policy_book
from policy.statements import Refusal, Verdict
from policy.triage import Kept
from policy.vocabulary import Outcome, Phase, Queue
from starter.caseview import view_of
from starter.deadlines import DeadlineKind, DeadlineState
from starter.samples import SampleProcess, sample_mail
from tests.world import JUST_BEFORE, MAREN, SENDER, World, eventually

PROSECUTOR = "k.vogt@lka.musterland.example"
OTHER = "a.weber@lka.musterland.example"
REVIEW = timedelta(days=policy_book("2026-11").confirmed_review_days)
STILL = "The authority says that its order is being translated."


async def held(world: World) -> tuple[str, datetime]:
    """A European preservation order that a verifier has found genuine, and when its 60 days are over."""
    ref = await world.mail(SampleProcess.EPOC_PR, sender=PROSECUTOR)
    await world.verify(ref)
    return ref, (await hold_of(world, ref)).until


async def hold_of(world: World, ref: str) -> Hold:
    hold = (await world.case(ref)).hold
    assert hold is not None
    return hold


def confirmation(world: World, ref: str, sender: str = PROSECUTOR) -> bytes:
    return sample_mail(world.sample(SampleProcess.CONFIRMATION, sender=sender, reference=ref))


async def confirmed(world: World) -> tuple[str, datetime]:
    """The same, kept on for a production order; and when a reviewer looks at it first."""
    ref, until = await held(world)
    await world.until(until - timedelta(days=20))
    assert (await world.send(confirmation(world, ref))).ref == ref
    await world.letter_of(ref, "preservation_confirmed")
    review_at = (await hold_of(world, ref)).review_at
    assert review_at is not None
    return ref, review_at


async def test_P3_what_is_confirmed_a_moment_before_the_end_is_kept_and_at_the_end_it_is_gone(world: World) -> None:
    in_time, until = await held(world)
    too_late, end = await held(world)
    await world.until(until, seconds=-30)
    await world.keep(confirmation(world, in_time), until - timedelta(seconds=1))
    await world.keep(confirmation(world, too_late), end)
    await world.until(max(until, end), seconds=1)
    for waiting in await world.desk.waiting():
        await world.desk.send_on(world.client, waiting)
    assert await world.ended(too_late) is Outcome.PRESERVATION_EXPIRED
    await world.letter_of(in_time, "preservation_confirmed")
    kept = await hold_of(world, in_time)
    assert (kept.until, kept.purged_at) == (until, None)
    assert kept.review_at == until - timedelta(seconds=1) + REVIEW
    await world.turn_of(preservation_id(in_time), Queue.VERIFIER)  # It came in the last days: somebody sees the form.
    await world.advance(days=5)
    assert await world.running(preservation_id(in_time))
    assert (await hold_of(world, in_time)).purged_at is None


async def test_P3_a_confirmed_hold_is_put_before_a_reviewer_who_keeps_it_or_ends_it(world: World) -> None:
    ref, review_at = await confirmed(world)
    await world.turn_of(preservation_id(ref), Queue.CLOCK)
    assert (await world.sign(ref, Verdict.KEEP, "rita")).refusal is Refusal.NO_REASON
    await world.until(review_at, seconds=JUST_BEFORE)
    await world.turn_of(preservation_id(ref), Queue.CLOCK)
    await world.until(review_at, seconds=1)
    await world.turn_of(preservation_id(ref), Queue.REVIEWER)
    await world.advance(days=100)
    assert (await hold_of(world, ref)).purged_at is None, "nobody's silence destroys it"
    assert not world.letters(PROSECUTOR, "preservation_warning"), "there is no end to warn of"

    assert (await world.sign(ref, Verdict.KEEP, "vera", reason=STILL)).refusal is Refusal.WRONG_ROLE
    assert (await world.sign(ref, Verdict.KEEP, "rita", reason=STILL)).accepted
    await world.turn_of(preservation_id(ref), Queue.CLOCK)
    again = (await hold_of(world, ref)).review_at
    assert again is not None
    assert timedelta(0) <= again - world.clock.now() - REVIEW + timedelta(minutes=1) < timedelta(minutes=2)
    await world.until(again, seconds=1)
    await world.turn_of(preservation_id(ref), Queue.REVIEWER)
    assert (await world.sign(ref, Verdict.WITHDRAW, "rita")).accepted
    assert await world.ended(ref) is Outcome.WITHDRAWN
    assert (await hold_of(world, ref)).purged_at is not None


async def test_P3_the_production_order_claims_a_confirmed_hold_long_after_its_days_and_then_a_reviewer_looks(
    world: World,
) -> None:
    ref, review_at = await confirmed(world)
    await world.until(review_at + timedelta(days=40))
    order = await world.mail(SampleProcess.EPOC, sender=PROSECUTOR, reference=ref, response_due=None)
    await world.shown(preservation_id(ref), Phase.CLAIMED)
    assert (await hold_of(world, ref)).claims == (order,)
    assert await world.mail(SampleProcess.EXTENSION, sender=PROSECUTOR, reference=ref) == ref

    async def told() -> set[str]:
        return {mail.message_id for mail in world.letters(PROSECUTOR, "preservation_confirmed")}

    await eventually(told, lambda found: len(found) == 2, "the answer that it needs no extension")
    assert not world.letters(PROSECUTOR, "extension_refused"), "nobody is told that nothing is held"
    await world.verify(order)
    await world.approve(order, "rita", "ravi")
    assert await world.ended(order) is Outcome.PRODUCED
    await world.turn_of(preservation_id(ref), Queue.REVIEWER)
    assert (await hold_of(world, ref)).purged_at is None, "another order may have been confirmed"
    assert (await world.sign(ref, Verdict.WITHDRAW, "rita")).accepted
    assert await world.ended(ref) is Outcome.WITHDRAWN


async def test_P3_S1_only_its_own_agency_confirms_by_proven_mail_and_only_what_a_certificate_has_preserved(
    world: World,
) -> None:
    ref, until = await held(world)
    assert (await world.send(confirmation(world, ref, SENDER))).ref != ref, "another agency's word opens a case"
    unproven = await world.send_unproven(confirmation(world, ref, OTHER))
    assert unproven.ref == ref
    assert (await hold_of(world, ref)).review_at is None
    assert (await world.rule_on_mail(ref, Verdict.VOUCH)).accepted
    await world.letter_of(ref, "preservation_confirmed")
    assert (await hold_of(world, ref)).until == until

    letter = await world.mail(SampleProcess.PRESERVATION_LETTER)
    await world.verify(letter)
    await world.send(confirmation(world, letter, SENDER))
    assert "European preservation order" in " ".join((await world.letter_of(letter, "extension_refused")).body.split())
    assert (await hold_of(world, letter)).review_at is None
    informal = world.sample(SampleProcess.CONFIRMATION, sender=PROSECUTOR, reference=ref)
    await world.send(sample_mail(informal, b"we have issued one"))
    assert "on its form" in " ".join((await world.letter_of(ref, "extension_incomplete")).body.split())


async def test_P3_N3_the_clock_of_a_confirmed_hold_stands_still_while_a_court_is_asked(world: World) -> None:
    ref, review_at = await confirmed(world)
    assert (await world.sign(ref, Verdict.SUSPEND, "rita", reason="The court of Musterland is asked.")).accepted
    await world.shown(preservation_id(ref), Phase.SUSPENDED)
    await world.advance(days=60)
    assert (await world.sign(ref, Verdict.RESUME, "rita", reason="The order stands.")).accepted
    await world.shown(preservation_id(ref), Phase.HELD)
    await eventually(lambda: hold_of(world, ref), lambda hold: hold.review_at != review_at)
    left = (await hold_of(world, ref)).review_at
    assert left is not None
    assert abs(left - review_at - timedelta(days=60)) < timedelta(minutes=1)


async def test_P3_the_clocks_of_a_confirmed_hold_are_shown(world: World) -> None:
    ref, review_at = await confirmed(world)
    view = view_of(await world.case(ref), {}, {}, None, world.clock.now())
    clocks = {deadline.kind: deadline for deadline in view.deadlines}
    assert clocks[DeadlineKind.HOLD].state is DeadlineState.STOPPED
    assert clocks[DeadlineKind.HOLD_REVIEW].at == review_at
    assert clocks[DeadlineKind.HOLD_REVIEW].state is DeadlineState.RUNNING
    assert not world.letters(MAREN)


async def test_P3_that_a_preservation_is_no_longer_necessary_waits_for_a_reviewer_and_destroys_nothing(
    world: World,
) -> None:
    ref, _ = await confirmed(world)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"], mail["Message-ID"] = PROSECUTOR, f"Re: {ref}", "<over@lka.musterland.example>"
    mail.set_content(f"Dear colleagues,\n\nThe preservation is no longer necessary. Your reference: {ref}.\n")
    assert (await world.send(mail.as_bytes())).ref == ref
    (waiting,) = (await world.case(ref)).mail
    assert waiting.why is Kept.HOLD_WITHDRAWN
    assert (await hold_of(world, ref)).purged_at is None
    assert (await world.sign(ref, Verdict.WITHDRAW, "rita")).accepted
    assert await world.ended(ref) is Outcome.WITHDRAWN
