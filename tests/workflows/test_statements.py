"""Statements that must change nothing: each is refused with a reason, by update and by signal, and kept on record."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.ids import request_id
from contract.signing import sign
from policy.statements import Refusal, Ruling, SignedStatement, Verdict
from policy.vocabulary import Phase, Role
from starter.samples import SampleProcess
from tests.world import World

Bad = Callable[[World, str], Awaitable[SignedStatement]]


async def forged(world: World, ref: str) -> SignedStatement:
    honest = await world.signed(ref, Verdict.APPROVE, "rita")
    return sign(honest.statement, Ed25519PrivateKey.generate())


async def unsigned(world: World, ref: str) -> SignedStatement:
    honest = await world.signed(ref, Verdict.APPROVE, "rita")
    return honest.model_copy(update={"signature": ""})


async def altered(world: World, ref: str) -> SignedStatement:
    honest = await world.signed(ref, Verdict.REJECT, "rita")
    return honest.model_copy(update={"statement": honest.statement.model_copy(update={"verdict": Verdict.APPROVE})})


async def unknown(world: World, ref: str) -> SignedStatement:
    return await world.signed(ref, Verdict.APPROVE, "rita", by="r-0000000000000000")


async def wrong_role(world: World, ref: str) -> SignedStatement:
    return await world.signed(ref, Verdict.APPROVE, "vera")


async def stale(world: World, ref: str) -> SignedStatement:
    return await world.signed(ref, Verdict.APPROVE, "rita", scope="0" * 64)


async def other_case(world: World, ref: str) -> SignedStatement:
    return await world.signed(ref, Verdict.APPROVE, "rita", ref="DP-2026-999999")


async def from_the_future(world: World, ref: str) -> SignedStatement:
    return await world.signed(ref, Verdict.APPROVE, "rita", at=world.clock.now() + timedelta(hours=1))


async def repeated(world: World, ref: str) -> SignedStatement:
    used = next(d for d in (await world.case(ref)).decisions if d.accepted)
    return used.signed


async def own_verification(world: World, ref: str) -> SignedStatement:
    return await world.signed(ref, Verdict.APPROVE, "both")


async def without_grounds(world: World, ref: str) -> SignedStatement:
    return await world.signed(ref, Verdict.REJECT, "rita", grounds=())


BAD: dict[Bad, Refusal] = {
    forged: Refusal.BAD_SIGNATURE,
    unsigned: Refusal.BAD_SIGNATURE,
    altered: Refusal.BAD_SIGNATURE,
    unknown: Refusal.UNKNOWN_SIGNER,
    wrong_role: Refusal.WRONG_ROLE,
    stale: Refusal.STALE_SCOPE,
    other_case: Refusal.WRONG_CASE,
    from_the_future: Refusal.FROM_THE_FUTURE,
    repeated: Refusal.REPEATED,
    own_verification: Refusal.VERIFIED_IT,
    without_grounds: Refusal.NO_GROUNDS,
}


@pytest.mark.parametrize("way", ["update", "signal"])
async def test_G3_a_bad_statement_changes_nothing_and_is_kept_with_its_reason(world: World, way: str) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="90 days")
    await world.verify(ref, by="both")
    await world.phase(ref, Phase.LEGAL_REVIEW)
    wrong: dict[str, Ruling] = {}
    for make, refusal in BAD.items():
        before = await world.case(ref)
        signed = await make(world, ref)
        ruling = await (world.state(ref, signed) if way == "update" else world.signal(ref, signed))
        after = await world.case(ref)
        kept = after.decisions[len(before.decisions) :]
        as_it_must = (
            (ruling.accepted, ruling.refusal) == (False, refusal)
            and ruling.sentence
            and [(d.accepted, d.sentence) for d in kept] == [(False, ruling.sentence)]
            and (after.phase, after.approved, after.snapshot) == (before.phase, None, None)
        )
        if not as_it_must:
            wrong[make.__name__] = ruling
    assert not wrong
    assert await world.running(request_id(ref))
    await world.approve(ref, "rita")


async def test_a_revoked_signer_decides_nothing(world: World) -> None:
    from ledger.roster import Roster

    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await Roster(world.services.engine).revoke(world.signers["rita"], world.clock.now())
    ruling = await world.sign(ref, Verdict.APPROVE, "rita")
    assert (ruling.accepted, ruling.refusal) == (False, Refusal.SIGNER_REVOKED)


async def test_I1_of_two_reviewers_who_race_one_approval_discloses_once(world: World) -> None:
    import asyncio

    await world.join("rosa", [Role.REVIEWER])
    refs = [await world.mail(SampleProcess.SUBPOENA, silence="90 days") for _ in range(3)]
    for ref in refs:
        await world.verify(ref)
        await world.phase(ref, Phase.LEGAL_REVIEW)
        people = ("rita", "ravi", "rosa")
        signed = [await world.signed(ref, Verdict.APPROVE, name) for name in people]
        rulings = await asyncio.gather(*(world.state(ref, each) for each in signed), return_exceptions=True)
        accepted = [ruling for ruling in rulings if isinstance(ruling, Ruling) and ruling.accepted]
        assert len(accepted) == 1, rulings
        await world.ended(ref)
        events = [event.kind for event in (await world.case(ref)).events]
        assert (events.count("scope_approved"), events.count("production_made")) == (1, 1)
