"""Signals from whoever reaches Temporal and is nobody else: none may move a clock, a gag or a claim."""

from contract.ids import notice_id, preservation_id, request_id
from contract.messages import MailArrived
from policy.statements import Verdict
from policy.vocabulary import Outcome, Phase
from starter.samples.mail import sample_mail
from starter.samples.request import SampleProcess
from tests.world import World, eventually


async def _held(world: World) -> str:
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER)
    await world.phase(ref, Phase.HELD)
    return ref


async def test_P3_a_hold_is_not_extended_by_a_signal_that_names_no_extension_request(world: World) -> None:
    ref = await _held(world)
    hold = world.client.get_workflow_handle(preservation_id(ref))
    letter = (await world.case(ref)).envelope.message_id
    for message_id in ("0" * 64, letter):
        await hold.signal("extension_requested", MailArrived(message_id=message_id))
    before = (await world.case(ref)).hold
    assert before is not None
    await world.until(before.until, seconds=-8)
    assert (await world.case(ref)).hold == before
    await world.until(before.until)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED


async def test_P3_another_cases_extension_request_extends_nothing_here(world: World) -> None:
    ref, other = await _held(world), await _held(world)
    message_id = await world.keep(sample_mail(world.sample(SampleProcess.EXTENSION, reference=other)))
    assert (await world.send_on(message_id)).ref == other
    await world.client.get_workflow_handle(preservation_id(ref)).signal(
        "extension_requested", MailArrived(message_id=message_id)
    )

    async def extended() -> bool:
        return bool((hold := (await world.case(other)).hold) and hold.extended)

    await eventually(extended)
    await world.advance(days=91)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED


async def test_P3_a_claim_that_the_record_does_not_know_keeps_nothing(world: World) -> None:
    ref = await _held(world)
    await world.client.get_workflow_handle(preservation_id(ref)).signal("claim_changed")
    await world.advance(days=91)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED


async def test_N2_a_gag_is_not_lengthened_by_a_signal_that_names_no_order(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="30 days")
    await world.verify(ref)
    await world.approve(ref, "rita")
    assert await world.ended(ref) is Outcome.PRODUCED
    notice = world.client.get_workflow_handle(notice_id(ref, 1))
    for message_id in ("0" * 64, (await world.case(ref)).envelope.message_id):
        await notice.signal("gag_ordered", MailArrived(message_id=message_id))
    await world.advance(days=31)
    await world.told(ref)
    assert (await world.case(ref)).notices[0].told_at is not None


async def test_N1_a_notice_that_is_ended_from_outside_brings_the_case_back_and_is_given_anew(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref, "rita")
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    await world.client.get_workflow_handle(notice_id(ref, 1)).terminate("somebody at the Web UI")
    case = await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (case.review, case.production) == (2, None)
    await world.shown(request_id(ref), Phase.LEGAL_REVIEW)
    assert (await world.sign(ref, Verdict.APPROVE, "rita")).accepted
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    assert len(world.letters(name="user_notice")) == 1, "told once, whatever happens to the machine"
