"""Ruling on a statement, and being asked again about the same step: the answer must be the one on the record."""

from activities.deciding import Deciding
from contract.ids import request_id
from contract.messages import DecideInput
from ledger.roster import Roster
from policy.statements import Refusal, Verdict
from policy.vocabulary import Phase, Role
from starter.samples.request import SampleProcess
from tests.world import EVERYTHING, World, eventually


async def _asked(world: World, step: str) -> tuple[Deciding, DecideInput]:
    """A verifier's statement on a request that waits for it, as its machine would bring it."""
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.shown(request_id(ref), Phase.VERIFICATION)
    signed = await world.signed(ref, Verdict.AUTHENTIC, "vera")
    question = DecideInput(
        signed=signed,
        step=step,
        ref=ref,
        phase=Phase.VERIFICATION,
        at=world.clock.now(),
    )
    return Deciding(world.services.casebook), question


async def test_a_step_that_accepted_a_statement_accepts_it_again(world: World) -> None:
    deciding, question = await _asked(world, "decision-1")
    first = await deciding.decide(question)
    assert first.accepted
    assert await deciding.decide(question) == first
    assert len((await world.case(question.ref)).decisions) == 1


async def test_a_step_that_refused_a_replay_refuses_it_again(world: World) -> None:
    deciding, question = await _asked(world, "decision-1")
    assert (await deciding.decide(question)).accepted
    replay = question.model_copy(update={"step": "decision-2"})
    first = await deciding.decide(replay)
    assert first.refusal is Refusal.REPEATED
    assert await deciding.decide(replay) == first
    assert [d.accepted for d in (await world.case(question.ref)).decisions] == [True, False]


async def test_a_step_that_the_record_forbade_is_refused_again(world: World) -> None:
    """The same person under a second key passes the rules, which know keys; the record knows people."""
    deciding, question = await _asked(world, "decision-1")
    assert (await deciding.decide(question)).accepted
    await Roster(world.services.engine).revoke(world.signers["vera"], world.clock.now())
    await world.join("vera", (Role.REVIEWER,))
    signed = await world.signed(question.ref, Verdict.APPROVE, "vera")
    approval = question.model_copy(update={"step": "decision-2", "signed": signed, "phase": Phase.LEGAL_REVIEW})
    first = await deciding.decide(approval)
    assert not first.accepted
    assert await deciding.decide(approval) == first
    assert (await world.case(question.ref)).approved is None


async def test_U4_an_approval_waits_in_vain_once_its_signer_is_off_the_roster(world: World) -> None:
    ref = await world.mail(SampleProcess.SEARCH_WARRANT, classes=EVERYTHING)
    await world.verify(ref)
    await world.approve(ref, "rita")
    await Roster(world.services.engine).revoke(world.signers["rita"], world.clock.now())
    assert (await world.sign(ref, Verdict.APPROVE, "ravi")).approvals == 1
    assert (await world.case(ref)).approved is None
    await world.join("ruth", (Role.REVIEWER,))
    assert (await world.sign(ref, Verdict.APPROVE, "ruth")).settled
    await eventually(lambda: world.case(ref), lambda case: case.approved is not None)
    assert set((await world.case(ref)).approved_by) == {world.signers["ravi"], world.signers["ruth"]}


async def test_a_step_accepts_again_what_was_signed_by_who_was_taken_off_the_roster_since(world: World) -> None:
    """A worker may die between the record and its answer: what is complete in the record stays complete."""
    deciding, question = await _asked(world, "decision-1")
    assert (await deciding.decide(question)).accepted
    signed = await world.signed(question.ref, Verdict.APPROVE, "rita")
    update = {"step": "decision-2", "signed": signed, "phase": Phase.LEGAL_REVIEW, "at": world.clock.now()}
    approval = question.model_copy(update=update)
    first = await deciding.decide(approval)
    assert first.settled
    await Roster(world.services.engine).revoke(world.signers["rita"], world.clock.now())
    assert await deciding.decide(approval) == first
