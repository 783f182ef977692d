"""The tour's people: they sign statements with their own keys, and are told what became of each."""

from dataclasses import dataclass, replace

from activities.ports import CaseFile
from contract.signing import sign
from ledger.roster import Roster
from policy.addresses import domain_of
from policy.directory import number_id
from policy.scope import Narrowing
from policy.statements import Check, Refusal, Ruling, SignedStatement, Statement, Verdict
from policy.vocabulary import Clause, Role
from starter.amend import amend
from starter.desk import deliver, nonce, read_key, scope_before
from starter.machines import machine_of
from starter.reviewer import enrol
from starter.tour.world import World

PEOPLE = {"vera": (Role.VERIFIER,), "rita": (Role.REVIEWER,), "ravi": (Role.REVIEWER,), "rosa": (Role.REVIEWER,)}


@dataclass(frozen=True, slots=True)
class Said:
    """What a person states of a case."""

    verdict: Verdict
    grounds: tuple[Clause, ...] = ()
    checks: tuple[Check, ...] = ()
    narrowing: Narrowing | None = None
    reason: str | None = None


GENUINE = Said(Verdict.AUTHENTIC, checks=(Check.SIGNATURE_SEEN, Check.CALLED_BACK, Check.BADGE_CHECKED))
GENUINE_LETTERHEAD = replace(GENUINE, checks=(Check.SIGNATURE_SEEN, Check.LETTERHEAD_SEEN, Check.CALLED_BACK))
APPROVE = Said(Verdict.APPROVE)


async def gather_people(world: World) -> None:
    """Put the tour's people on the roster."""
    for name, roles in PEOPLE.items():
        await enrol(world.settings, name, roles)
        await world.say("", f"{name} joins the roster as {' and '.join(roles)}, with a key of {name}'s own")


async def signed(world: World, name: str, ref: str, said: Said) -> SignedStatement:
    """The statement, signed with the person's key, on the scope as it stands."""
    roster = Roster(world.services.engine)
    signer = await roster.by_name(name)
    if signer is None:
        raise LookupError(f"{name} is not on the roster")
    case = await world.case(ref)
    statement = Statement(
        ref=ref,
        by=signer.id,
        verdict=said.verdict,
        scope=scope_before(case).digest(),
        narrowing=said.narrowing,
        checks=said.checks,
        called=await _number(world, case) if Check.CALLED_BACK in said.checks else None,
        grounds=said.grounds,
        reason=await roster.keep_reason(said.reason) if said.reason else None,
        at=world.clock.now(),
        nonce=nonce(),
    )
    return sign(statement, read_key(world.settings, name))


async def _number(world: World, case: CaseFile) -> str:
    """The directory's number of the agency, as the tour's verifier calls it."""
    agency = (await world.services.casebook.directory()).agency_of(domain_of(case.envelope.sender))
    if agency is None:
        raise LookupError(f"the agency of {case.ref} is not in the directory")
    return number_id(agency.numbers[0])


async def states(world: World, name: str, ref: str, said: Said, *clauses: Clause) -> Ruling:
    """A statement that must be accepted."""
    ruling = await _ruled(world, name, ref, said)
    world.require(ruling.accepted, f"{name}'s {said.verdict} to be accepted, not refused: {ruling.sentence}")
    count = f", {ruling.approvals} of {ruling.approvals_needed} approvals" if ruling.approvals_needed > 1 else ""
    await world.say(ref, f"{name} signs: {_words(said.verdict)}{count}", *clauses)
    return ruling


async def refused(world: World, name: str, ref: str, said: Said, because: Refusal) -> None:
    """A statement that must be refused, for this reason."""
    ruling = await _ruled(world, name, ref, said)
    world.require(ruling.refusal is because, f"{name}'s {said.verdict} to be refused as {because}: {ruling}")
    await world.say(ref, f"{name} signs: {_words(said.verdict)}; refused: {ruling.sentence}")


async def forges(world: World, victim: str, ref: str, said: Said) -> None:
    """Somebody who reaches Temporal sends a statement in another's name, by signal: it must change nothing."""
    before = await world.case(ref)
    forged = (await signed(world, victim, ref, said)).model_copy(update={"signature": "A" * 86})
    machine = world.client.get_workflow_handle(machine_of(before))
    await machine.signal("decision", forged)
    case = await world.reaches(
        ref, "a forged decision to be recorded", lambda case: len(case.decisions) > len(before.decisions)
    )
    recorded = case.decisions[-1]
    world.require(
        not recorded.accepted and case.phase is before.phase and case.approved is None,
        f"the forged {said.verdict} to be refused, and {ref} to stay as it was",
    )
    await world.say(
        ref, f"a forged {_words(said.verdict)} in {victim}'s name comes by signal; refused: {recorded.sentence}"
    )


async def completes(world: World, name: str, ref: str, *values: str) -> None:
    """A person completes what is missing; each value is FIELD=VALUE."""
    for fact in await amend(world.settings, ref, values, name):
        await world.say(ref, f"{name} amends: {fact.field} is {fact.value}")


async def _ruled(world: World, name: str, ref: str, said: Said) -> Ruling:
    statement = await signed(world, name, ref, said)
    return await deliver(world.client, machine_of(await world.case(ref)), statement)


def _words(verdict: Verdict) -> str:
    return verdict.value.replace("_", " ")
