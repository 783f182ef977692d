"""An extension near the end, not formal, or while the hold serves process; and a hold that is ended meanwhile (P3)."""

from datetime import timedelta

from activities.ports import Hold
from activities.record import Entry, HoldClaimed
from contract.ids import preservation_id
from policy.statements import Verdict
from policy.vocabulary import Outcome, Phase, Queue
from starter.caseview import view_of
from starter.samples import SampleProcess, sample_mail
from tests.world import SENDER, World, eventually


async def held(world: World) -> str:
    """A preservation whose records have been copied."""
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER)
    await world.phase(ref, Phase.HELD)
    return ref


async def hold_of(world: World, ref: str) -> Hold:
    hold = (await world.case(ref)).hold
    assert hold is not None
    return hold


async def looked_at_closely(world: World, ref: str) -> list[str]:
    """What `dueprocess show` says under that heading."""
    view = view_of(await world.case(ref), {}, {}, None, world.clock.now())
    return [reason.detail for reason in view.scrutiny if "extension" in reason.detail]


async def test_P3_an_extension_that_is_not_formal_is_asked_for_again_and_in_the_last_days_a_person_looks(
    world: World,
) -> None:
    ref = await held(world)
    await world.verify(ref)
    first = await hold_of(world, ref)
    await world.until(first.until - timedelta(days=3))
    await world.turn_of(preservation_id(ref), Queue.CLOCK)
    informal = sample_mail(world.sample(SampleProcess.EXTENSION, reference=ref), b"please extend it")
    assert (await world.send(informal)).ref == ref
    asked = " ".join((await world.letter("extension_incomplete", SENDER)).body.split())
    assert "letterhead" in asked
    assert f"{first.until:%H:%M} UTC" in asked
    assert await hold_of(world, ref) == first
    assert await world.mail(SampleProcess.EXTENSION, reference=ref) == ref
    await world.letter("preservation_extended", SENDER)
    extended = await hold_of(world, ref)
    assert (extended.until, extended.extended) == (first.until + timedelta(days=90), True)
    await world.turn_of(preservation_id(ref), Queue.VERIFIER)
    assert len(await looked_at_closely(world, ref)) == 1
    await world.verify(ref)
    await world.turn_of(preservation_id(ref), Queue.CLOCK)
    assert await looked_at_closely(world, ref) == []
    assert not world.letters(SENDER, "extension_refused")


async def test_P3_an_extension_is_answered_while_the_hold_serves_process(world: World) -> None:
    early, late = await held(world), await held(world)
    first = await hold_of(world, early)
    await world.advance(days=80)
    warrants = [await world.mail(SampleProcess.SUBPOENA, reference=ref) for ref in (early, late)]
    for ref in (early, late):
        await world.phase(ref, Phase.CLAIMED)
    assert await world.mail(SampleProcess.EXTENSION, reference=early) == early
    await world.letter_of(early, "preservation_extended")
    assert (await hold_of(world, early)).until == first.until + timedelta(days=90)
    await world.advance(days=12)
    assert await world.mail(SampleProcess.EXTENSION, reference=late) == late
    refused = " ".join((await world.letter_of(late, "extension_refused")).body.split())
    assert f"serves {warrants[1]}, and stays preserved" in refused, "nobody is told that nothing is held"
    for warrant in warrants:
        await world.verify(warrant)
        assert (await world.sign(warrant, Verdict.WITHDRAW, "rita")).accepted
        assert await world.ended(warrant) is Outcome.WITHDRAWN
    assert await world.ended(late) is Outcome.PRESERVATION_EXPIRED
    await world.phase(early, Phase.HELD)
    assert await world.running(preservation_id(early)), "its end is the extended one"


async def test_P2_P3_a_hold_that_is_ended_while_process_claims_it_ends_so_when_the_process_has(world: World) -> None:
    """The claim is in the record before the machine has heard of it: the copy is not destroyed, nor the order lost."""
    ref = await held(world)
    subpoena = await world.mail(SampleProcess.SUBPOENA)
    now = world.clock.now()
    claim = HoldClaimed(by_ref=subpoena, process_received_at=now)
    await world.services.casebook.commit(Entry(ref=ref, step=f"claimed-by-{subpoena}", at=now, changes=(claim,)))
    assert (await world.sign(ref, Verdict.NOT_AUTHENTIC, "vera")).accepted
    await world.shown(preservation_id(ref), Phase.CLAIMED)
    assert (await hold_of(world, ref)).purged_at is None
    await world.verify(subpoena)
    assert (await world.sign(subpoena, Verdict.REJECT, "rita")).accepted
    assert await world.ended(subpoena) is Outcome.REJECTED
    await world.client.get_workflow_handle(preservation_id(ref)).signal("claim_changed")

    async def purged() -> bool:
        return (await hold_of(world, ref)).purged_at is not None

    await eventually(purged)
    assert await world.ended(ref) is Outcome.NOT_AUTHENTIC
