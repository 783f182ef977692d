"""A subpoena that asks for content of eleven people without a period: no approval can go through; rejected (R3, U3)."""

from collections.abc import AsyncIterator

from activities.receiving import breadth
from policy.statements import Refusal, Verdict
from policy.vocabulary import Clause, DataClass, Outcome, Phase
from starter.samples import SampleProcess, SampleRequest
from starter.tour.people import APPROVE, GENUINE, Said, refused, states
from starter.tour.world import World

_PEOPLE = tuple(("User email", f"member{number:02}@example.com") for number in range(1, 12))


async def overbroad(world: World) -> AsyncIterator[int]:
    """What is too broad is not processed, and the agency hears why."""
    asked = SampleRequest(
        process=SampleProcess.SUBPOENA,
        sender="p.quill@da.riverton.gov.example",
        agency="Office of the District Attorney of Riverton",
        officer="Parker Quill",
        badge="DA-031",
        case_number="RVT-2026-118",
        identifiers=_PEOPLE,
        classes=(DataClass.RECORDS, DataClass.CONTENT),
        since=None,
        until=None,
        response_due=world.date(22),
        dated=world.clock.now(),
    )
    mail = await world.send(asked)
    await world.say("", "a subpoena arrives for records and content of eleven people, without a period", Clause.S1)
    ref = await world.acknowledged(mail)
    case = await world.in_phase(ref, Phase.VERIFICATION)
    for flag in breadth(case, case.policy_version).flags:
        await world.say(ref, f"flagged for the reviewer: it {flag.detail}", flag.clause)
    await states(world, "vera", ref, GENUINE, Clause.S2)
    await refused(world, "rita", ref, APPROVE, Refusal.EXCEEDS_PROCESS)
    await refused(world, "rita", ref, Said(Verdict.REJECT), Refusal.NO_GROUNDS)
    reason = "Please name the people whose part in the offence is known, and the days that matter."
    await states(world, "rita", ref, Said(Verdict.REJECT, grounds=(Clause.R3,), reason=reason), Clause.R3, Clause.G3)
    await world.ends(ref, "overbroad subpoena", Outcome.REJECTED)
    letter = await world.letter(ref, "Not processed", to=asked.sender)
    world.require("R3" in letter.body and reason[:40] in letter.body, "the letter to give the clause and the reason")
    await world.say(ref, "the agency is told the grounds, and the reviewer's own words", Clause.G3)
    return
    yield
