"""While a court is asked no clock runs, nobody is told, nothing is destroyed; then what time was left is left (N3)."""

from datetime import timedelta

from contract.ids import notice_id, preservation_id
from policy.statements import Refusal, Verdict
from policy.vocabulary import Outcome, Phase
from starter.machines import machine_of
from starter.samples import SampleProcess
from tests.world import JUST_BEFORE, MAREN, World, eventually

WHY = "A motion to quash has been filed with the district court."
SOON = timedelta(seconds=30)


async def suspend(world: World, ref: str, notice: int | None = None) -> None:
    assert (ruling := await world.sign(ref, Verdict.SUSPEND, "rita", notice=notice, reason=WHY)).accepted, ruling
    await world.shown(machine_of(await world.case(ref), notice), Phase.SUSPENDED)


async def resume(world: World, ref: str, notice: int | None = None) -> None:
    assert (ruling := await world.sign(ref, Verdict.RESUME, "rita", notice=notice, reason=WHY)).accepted, ruling


async def test_N1_N3_an_objection_window_keeps_what_time_it_had_left(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref)
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    await world.client.get_workflow_handle(notice_id(ref, 1)).signal("clocks_changed")  # A signal alone stops nothing.
    first = (await world.case(ref)).notices[0].objection_until
    assert first is not None
    no_reason = await world.sign(ref, Verdict.SUSPEND, "rita")
    assert (no_reason.accepted, no_reason.refusal) == (False, Refusal.NO_REASON)
    await suspend(world, ref)
    asked_at = world.clock.now()
    await world.shown(notice_id(ref, 1), Phase.SUSPENDED)
    await world.advance(days=30)
    assert (await world.case(ref)).production is None
    # Time is skipped for the notice only, so the request's own clock has not moved.
    signed = await world.signed(ref, Verdict.RESUME, "rita", reason=WHY, at=asked_at)
    assert (await world.state(ref, signed)).accepted
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    until = (await world.case(ref)).notices[0].objection_until
    assert until is not None
    assert abs(until - first - timedelta(days=30)) < SOON
    await world.until(until, seconds=JUST_BEFORE)
    assert (await world.case(ref)).production is None
    await world.until(until)
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_N2_N3_nobody_is_told_while_the_order_of_silence_is_challenged_and_once_when_that_is_over(
    world: World,
) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="30 days")
    await world.verify(ref)
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    await suspend(world, ref, 1)
    await world.advance(days=60)
    assert not world.letters(MAREN)
    await resume(world, ref, 1)
    await world.told(ref)
    assert [letter.name for letter in world.letters(MAREN)] == ["user_notice_after_gag"]


async def test_N3_nothing_is_approved_or_closed_as_unanswered_meanwhile(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, response_due=None)
    await world.phase(ref, Phase.VERIFICATION)
    await world.advance(days=50)
    await suspend(world, ref)
    refused = await world.sign(ref, Verdict.AUTHENTIC, "vera")
    assert (refused.accepted, refused.refusal) == (False, Refusal.WRONG_PHASE)
    await world.advance(days=100)
    assert (await world.case(ref)).outcome is None
    await resume(world, ref)
    await world.phase(ref, Phase.VERIFICATION)
    await world.advance(days=9)
    assert (await world.case(ref)).outcome is None
    await world.advance(days=1)
    assert await world.ended(ref) is Outcome.UNANSWERED


async def test_N3_P3_a_hold_is_not_destroyed_meanwhile_and_is_never_made_shorter(world: World) -> None:
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER)
    case = await world.phase(ref, Phase.HELD)
    assert case.hold is not None
    assert case.snapshot is not None
    await world.until(case.hold.until - timedelta(days=10))
    await suspend(world, ref)
    await world.advance(days=100)
    assert await world.services.store.get(case.snapshot.object)
    await resume(world, ref)
    await world.shown(preservation_id(ref), Phase.HELD)

    async def later() -> timedelta:
        hold = (await world.case(ref)).hold
        assert hold is not None
        return hold.until - case.hold.until if case.hold else timedelta(0)

    moved = await eventually(later, bool, "a later end in the record")
    assert abs(moved - timedelta(days=100)) < SOON
    await world.until(case.hold.until + moved, seconds=JUST_BEFORE)
    assert await world.services.store.get(case.snapshot.object)
    await world.until(case.hold.until + moved)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED
