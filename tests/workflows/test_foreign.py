"""Requests from abroad, each through its whole life: what its channel allows, by when, and who is told (F1-F3)."""

from datetime import timedelta

from contract.ids import preservation_id, request_id
from policy.statements import Check, Refusal, Verdict
from policy.vocabulary import Clause, Outcome, Phase
from starter.samples import SampleProcess, sample_mail
from tests.package import package_of
from tests.world import EVERYTHING, JUST_BEFORE, MAREN, World

CONSTABLE = "a.reid@northmarch.police.example"
PROSECUTOR = "k.vogt@lka.musterland.example"
MOUNTIE = "s.roy@prairie.gc.example"


async def test_F2_a_direct_order_from_the_united_kingdom_gives_content_once_its_target_was_checked(
    world: World,
) -> None:
    ref = await world.mail(
        SampleProcess.CLOUD_ACT_ORDER, sender=CONSTABLE, classes=EVERYTHING, silence="90 days", response_due=None
    )
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == (), "seven days are its own clock, so it need not name a date"
    unchecked = await world.sign(ref, Verdict.AUTHENTIC, "vera")
    assert (unchecked.refusal, unchecked.sentence[:3]) == (Refusal.CHECKS_MISSING, "F2:")
    checks = (Check.SIGNATURE_SEEN, Check.TARGET_CHECKED)
    checked = await world.signed(ref, Verdict.AUTHENTIC, "vera", checks=checks)
    assert (await world.state(ref, checked)).accepted
    await world.approve(ref, "rita", "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED
    assert (await package_of(world, ref)).classes == set(EVERYTHING)


async def test_F2_a_production_certificate_is_copied_at_once_and_its_authority_tells_the_user(world: World) -> None:
    ref = await world.mail(SampleProcess.EPOC, sender=PROSECUTOR, badge="", response_due=None, urgent=True)
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == ()
    assert case.snapshot is not None, "copied before anyone has looked at it"
    described = await world.client.get_workflow_handle(request_id(ref)).describe()
    shown = {pair.key.name: pair.value for pair in described.typed_search_attributes}
    assert shown["CaseJurisdiction"] == "eu"
    assert shown["CaseDeadline"] == case.envelope.received_at + timedelta(hours=8)
    await world.verify(ref)
    await world.approve(ref, "rita", "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED
    assert not world.letters(MAREN)
    assert (await world.case(ref)).notices == ()


async def test_P3_a_preservation_certificate_runs_60_days_and_30_more(world: World) -> None:
    ref = await world.mail(SampleProcess.EPOC_PR, sender=PROSECUTOR)
    case = await world.phase(ref, Phase.HELD)
    assert case.hold is not None
    first = case.envelope.received_at + timedelta(days=60)
    assert case.hold.until == first
    await world.verify(ref)
    await world.until(first, seconds=JUST_BEFORE)
    extension = world.sample(SampleProcess.EXTENSION, sender=PROSECUTOR, reference=ref)
    await world.send(sample_mail(extension))
    await world.letter("preservation_extended", PROSECUTOR)
    extended = (await world.case(ref)).hold
    assert extended is not None
    assert extended.until == first + timedelta(days=30)
    await world.until(extended.until)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED
    assert not await world.running(preservation_id(ref))


async def test_F2_content_under_local_law_is_told_its_channels_and_never_given(world: World) -> None:
    ref = await world.mail(SampleProcess.LOCAL_ORDER, sender=MOUNTIE, classes=EVERYTHING[2:])
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == (Clause.F2,)
    letter = await world.letter("items_missing", MOUNTIE)
    assert "under a mutual legal assistance treaty" in " ".join(letter.body.split())
    await world.verify(ref)
    assert (await world.sign(ref, Verdict.REJECT, "rita", reason="Please use the treaty.")).accepted
    assert await world.ended(ref) is Outcome.REJECTED


async def test_F3_an_order_under_local_law_can_be_answered_with_records_by_two_people(world: World) -> None:
    ref = await world.mail(SampleProcess.LOCAL_ORDER, sender=MOUNTIE, silence="90 days")
    await world.verify(ref)
    await world.approve(ref, "rita")
    assert (await world.case(ref)).approved is None
    await world.approve(ref, "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED
