"""The user's notice (N1, N2): never while a gag holds, exactly once after it, and never held back longer."""

from datetime import UTC, datetime, timedelta

from contract.ids import notice_id
from policy.statements import Refusal, Verdict
from policy.vocabulary import Outcome, Phase
from starter.samples import SampleProcess
from tests.world import JUST_BEFORE, LINH, MAREN, SENDER, STRANGER, World, eventually


async def gagged(world: World, silence: str, **values: object) -> str:
    """A produced request whose user must not be told yet."""
    ref = await world.mail(SampleProcess.SUBPOENA, silence=silence, **values)
    await world.verify(ref)
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    return ref


async def gag_end(world: World, ref: str, n: int = 1) -> datetime:
    """Until when the record says that account `n`'s user must not be told."""

    async def look() -> datetime | None:
        return next((notice.delayed_until for notice in (await world.case(ref)).notices if notice.n == n), None)

    end = await eventually(look, what="an end of the gag in the record")
    assert end is not None
    return end


async def test_N2_I4_a_gag_of_90_days_is_kept_to_the_second_and_then_the_user_is_told_once(world: World) -> None:
    ref = await gagged(world, "90 days")
    case = await world.case(ref)
    assert case.production is not None, "production does not wait for the gag"
    end = await gag_end(world, ref)
    assert end == case.envelope.received_at + timedelta(days=90)
    await world.until(end, seconds=JUST_BEFORE)
    assert not world.letters(MAREN)
    await world.until(end)
    await world.told(ref)
    letter = await world.letter("user_notice_after_gag", MAREN)
    assert letter.attachments, "with a copy of the request"
    told = (await world.case(ref)).notices[0].told_at
    assert told is not None
    assert timedelta(0) <= told - end < timedelta(seconds=1)
    await world.advance(days=30)
    assert len(world.letters(MAREN)) == 1


async def test_N2_a_gag_until_a_day_lasts_until_that_day_has_ended_everywhere(world: World) -> None:
    last = (world.clock.now() + timedelta(days=40)).date()
    ref = await gagged(world, f"until {last.isoformat()}")
    end = await gag_end(world, ref)
    assert end == datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1, hours=12)
    await world.until(end, seconds=JUST_BEFORE)
    assert not world.letters(MAREN)
    await world.until(end, seconds=1)
    await world.told(ref)
    assert len(world.letters(MAREN)) == 1


async def test_N2_I4_a_further_order_extends_the_gag_and_a_shorter_one_does_not_end_it(world: World) -> None:
    ref = await gagged(world, "30 days")
    first = await gag_end(world, ref)
    await world.advance(days=20)
    order = await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="60 days", reference=ref)
    assert order == ref
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="15 days", reference=ref)

    async def later() -> bool:
        return await gag_end(world, ref) > first + timedelta(days=40)

    await eventually(later, what="the later end in the record")
    second = await gag_end(world, ref)
    assert abs(second - first - timedelta(days=50)) < timedelta(seconds=30)
    await world.until(first, seconds=5)
    assert not world.letters(MAREN)
    await world.until(second, seconds=JUST_BEFORE)
    assert not world.letters(MAREN)
    await world.until(second)
    await world.told(ref)
    assert len(world.letters(MAREN)) == 1


async def test_N2_an_order_from_another_agency_extends_nothing(world: World) -> None:
    ref = await gagged(world, "30 days")
    end = await gag_end(world, ref)
    other = await world.mail(
        SampleProcess.NON_DISCLOSURE_ORDER,
        silence="300 days",
        reference=ref,
        sender=STRANGER,
    )
    assert other != ref
    await world.until(end)
    await world.told(ref)
    assert len(world.letters(MAREN)) == 1


async def undated(world: World) -> str:
    """A produced request whose gag has lost its end by a further order that states none."""
    ref = await gagged(world, "30 days")
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="yes", reference=ref)

    async def look() -> bool:
        return (await world.case(ref)).notices[0].undated

    await eventually(look, what="an order without an end in the record")
    return ref


async def test_N2_an_order_without_an_end_is_dated_by_a_person_before_anything_is_approved(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="yes")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    refused = await world.sign(ref, Verdict.APPROVE, "rita")
    assert (refused.accepted, refused.refusal) == (False, Refusal.NO_END)
    end = world.clock.now() + timedelta(days=10)
    assert (await world.sign(ref, Verdict.DATE_GAG, "rita", until=end)).accepted
    await world.approve(ref, "rita")
    assert await world.ended(ref) is Outcome.PRODUCED
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    await world.until(end, seconds=JUST_BEFORE)
    assert not world.letters(MAREN)
    await world.until(end)
    await world.told(ref)
    assert len(world.letters(MAREN)) == 1


async def test_N2_N3_an_order_without_an_end_that_is_set_aside_lets_the_user_object_first(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="yes")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (await world.sign(ref, Verdict.TELL_USER, "rita", reason="No court is named.")).accepted
    refusal = await world.letter("silence_refused", SENDER)
    assert "No court is named." in refusal.body
    assert "(N3)" in refusal.body
    await world.approve(ref, "rita")
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    assert (await world.case(ref)).production is None
    assert len(world.letters(MAREN, "user_notice")) == 1


async def test_N2_a_further_order_without_an_end_goes_to_a_person_who_gives_it_one(world: World) -> None:
    ref = await undated(world)
    await world.advance(days=400)
    assert not world.letters(MAREN)
    past = await world.sign(ref, Verdict.DATE_GAG, "rita", notice=1, until=world.clock.now() - timedelta(days=1))
    assert (past.accepted, past.refusal) == (False, Refusal.NO_END)
    end = world.clock.now() + timedelta(days=10)
    assert (await world.sign(ref, Verdict.DATE_GAG, "rita", notice=1, until=end)).accepted
    await world.until(end, seconds=JUST_BEFORE)
    assert not world.letters(MAREN)
    await world.until(end)
    await world.told(ref)
    assert len(world.letters(MAREN)) == 1


async def test_N2_a_reviewer_can_set_an_order_aside_and_the_order_before_it_still_holds(world: World) -> None:
    ref = await undated(world)
    by_verifier = await world.signal(ref, await world.signed(ref, Verdict.TELL_USER, "vera"), notice=1)
    assert (by_verifier.accepted, by_verifier.refusal) == (False, Refusal.WRONG_ROLE)
    assert (await world.signal(ref, await world.signed(ref, Verdict.TELL_USER, "rita"), notice=1)).accepted
    end = (await world.case(ref)).envelope.received_at + timedelta(days=30)
    await world.until(end, seconds=JUST_BEFORE)
    assert not world.letters(MAREN)
    await world.until(end)
    await world.told(ref)
    assert len(world.letters(MAREN)) == 1


async def test_N2_two_gagged_accounts_have_a_notice_each(world: World) -> None:
    ref = await gagged(world, "30 days", identifiers=(("User email", MAREN), ("User email", LINH)))
    await world.shown(notice_id(ref, 2), Phase.GAGGED)
    await world.until(await gag_end(world, ref, 2), seconds=JUST_BEFORE)
    assert not [mail for mail in world.letters() if mail.to != SENDER]
    await world.advance(seconds=3)
    for n in (1, 2):
        await world.told(ref, n)
    assert sorted(mail.to for mail in world.letters() if mail.to != SENDER) == sorted([MAREN, LINH])


async def test_N2_I4_an_order_that_arrives_before_the_user_is_told_is_kept(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="60 days", reference=ref)
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    assert not world.letters(MAREN)
    await world.until(await gag_end(world, ref))
    await world.told(ref)
    assert [mail.name for mail in world.letters(MAREN)] == ["user_notice_after_gag"]


async def test_N2_I4_a_shorter_order_during_the_review_ends_no_longer_one(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="90 days")
    end = (await world.case(ref)).envelope.received_at + timedelta(days=90)
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="10 days", reference=ref)
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    assert await gag_end(world, ref) == end
    await world.until(end, seconds=JUST_BEFORE)
    assert not world.letters(MAREN)


async def test_N2_an_order_of_the_review_counts_from_its_own_receipt(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.advance(days=50)
    ordered_at = world.clock.now()
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="60 days", reference=ref)
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    assert timedelta(0) <= await gag_end(world, ref) - ordered_at - timedelta(days=60) < timedelta(seconds=30)


async def test_N1_a_gag_that_ends_during_the_review_leaves_the_user_time_to_object(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="30 days")
    await world.verify(ref)
    await world.advance(days=40)
    await world.approve(ref)
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    assert (await world.case(ref)).production is None
    assert len(world.letters(MAREN, "user_notice")) == 1


async def test_N2_a_reviewer_states_that_every_order_was_lifted_and_the_user_is_told_at_once(world: World) -> None:
    ref = await gagged(world, "90 days")
    no_reason = await world.sign(ref, Verdict.LIFT_GAG, "rita", notice=1)
    assert (no_reason.accepted, no_reason.refusal) == (False, Refusal.NO_REASON)
    set_aside = await world.sign(ref, Verdict.TELL_USER, "rita", notice=1)
    assert set_aside.accepted
    assert not world.letters(MAREN), "an order with an end is not set aside by that"
    why = "The district court lifted the order on the provider's motion."
    assert (await world.sign(ref, Verdict.LIFT_GAG, "rita", notice=1, reason=why)).accepted
    await world.told(ref)
    assert [mail.name for mail in world.letters(MAREN)] == ["user_notice_after_gag"]


async def test_N2_one_of_several_orders_is_dated_or_lifted_while_the_others_hold(world: World) -> None:
    ref = await gagged(world, "90 days")
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="30 days", reference=ref)
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="yes", reference=ref)
    await eventually(lambda: world.case(ref), lambda case: case.notices[0].undated, "the third order in the record")
    received = (await world.case(ref)).envelope.received_at
    lifted = "The first court lifted its order."
    assert (await world.sign(ref, Verdict.LIFT_GAG, "rita", notice=1, order=1, reason=lifted)).accepted
    again = await world.sign(ref, Verdict.LIFT_GAG, "rita", notice=1, order=1, reason=lifted)
    assert (again.refusal, again.sentence) == (Refusal.NOT_THAT_ORDER, "N2: order 1 is lifted already")
    end = world.clock.now() + timedelta(days=10)
    assert (await world.sign(ref, Verdict.DATE_GAG, "rita", notice=1, order=3, until=end)).accepted

    second = (await world.case(ref)).orders[1].until
    assert second is not None
    assert received + timedelta(days=30) <= second < received + timedelta(days=31)
    await world.until(second, seconds=JUST_BEFORE)
    assert not world.letters(MAREN), "the second order holds"
    await world.until(second)
    await world.told(ref)
    assert [mail.name for mail in world.letters(MAREN)] == ["user_notice_after_gag"]


async def test_N2_nothing_is_approved_before_each_order_without_an_end_is_ruled_on(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="yes")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="yes", reference=ref)
    await eventually(lambda: world.case(ref), lambda case: len(case.orders) == 2, "both orders in the record")
    assert (await world.sign(ref, Verdict.TELL_USER, "rita", order=1, reason="No court is named.")).accepted
    assert (await world.sign(ref, Verdict.APPROVE, "rita")).refusal is Refusal.NO_END
    end = world.clock.now() + timedelta(days=20)
    assert (await world.sign(ref, Verdict.DATE_GAG, "rita", order=2, until=end)).accepted
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    assert await gag_end(world, ref) == end


async def test_N2_a_request_that_is_corrected_to_order_no_silence_leaves_a_later_order_in_force(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="90 days")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="10 days", reference=ref)
    await eventually(lambda: world.case(ref), lambda case: len(case.orders) == 2, "the further order in the record")
    await world.amend(ref, "vera", gag="no")
    await eventually(lambda: world.case(ref), lambda case: len(case.orders) == 1, "the correction in the record")
    further = (await world.case(ref)).orders[0].until
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    assert await gag_end(world, ref) == further
