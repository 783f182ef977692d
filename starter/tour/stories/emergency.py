"""An emergency: called back, narrowed and approved by two people, disclosed at once, and what is owed afterwards."""

from collections.abc import AsyncIterator

from contract.ids import followup_id
from policy.scope import Narrowing
from policy.statements import Check, Refusal, Verdict
from policy.vocabulary import Clause, DataClass, Outcome, Phase
from starter.samples import SampleEmergency
from starter.tour.letters import Received
from starter.tour.packages import fetch_package
from starter.tour.people import Said, refused, states
from starter.tour.world import World

_USER = "linh.tranova@example.org"
_CALLED_BACK = Said(Verdict.AUTHENTIC, checks=(Check.CALLED_BACK, Check.BADGE_CHECKED))
_RECORDS = Narrowing(classes=(DataClass.RECORDS,))
_BELIEF = "The recording is convincing, and the duty officer confirmed that a patrol waits for an address."
_JUDGED_DAY, _REMINDED_DAY, _TOLD_DAY = 1, 3, 90


async def emergency(world: World) -> AsyncIterator[int]:
    """Minutes for the disclosure, months for what it leaves to be done (E1, E2)."""
    asked = SampleEmergency(
        identifiers=(("User email", _USER),),
        classes=(DataClass.RECORDS, DataClass.CONTENT),
        case_number="SPD-2026-04502",
        dated=world.clock.now(),
    )
    mail = await world.send(asked)
    await world.say("", "an emergency request arrives by mail, without a document", Clause.E2)
    ref = await world.acknowledged(mail)
    page = await _called(world, ref, 1)
    world.require("authentic --called-back" in page.body and asked.officer not in page.body, "a call with no case data")
    await world.say(ref, f"whoever is on call is called by mail to {page.to}", Clause.E1)

    await world.in_phase(ref, Phase.VERIFICATION)
    await refused(world, "vera", ref, Said(Verdict.AUTHENTIC), Refusal.CHECKS_MISSING)
    await states(world, "vera", ref, _CALLED_BACK, Clause.G1, Clause.E1)
    await world.in_phase(ref, Phase.LEGAL_REVIEW)
    await _called(world, ref, 2)
    narrowed = Said(Verdict.NARROW, narrowing=_RECORDS)
    await refused(world, "rita", ref, narrowed, Refusal.NO_REASON)
    narrowed = Said(Verdict.NARROW, narrowing=_RECORDS, reason=_BELIEF)
    await states(world, "rita", ref, narrowed, Clause.E1)
    await _called(world, ref, 3)
    await states(world, "ravi", ref, narrowed, Clause.E1)

    await world.ends(ref, "emergency", Outcome.PRODUCED)
    package = await fetch_package(world, ref, asked.sender)
    world.require(package.classes == {"D2"}, f"records alone in the package of {ref}, as it was narrowed")
    await world.say(ref, "disclosed at once, without legal process; nobody was told before", Clause.E1)

    yield _JUDGED_DAY
    judged = Said(Verdict.GENUINE, reason="The agency reports that the children were found unharmed.")
    await states(world, "rita", ref, judged, Clause.E1)

    yield _REMINDED_DAY
    await world.letter(ref, "Legal process owed", to=asked.sender)
    await world.say(ref, "the agency is asked for the legal process that it owes", Clause.E1)
    waived = Said(Verdict.WAIVE_PROCESS, reason="The prosecutor writes that no charge is brought.")
    await states(world, "ravi", ref, waived, Clause.E1)
    await world.client.get_workflow_handle(followup_id(ref)).result()

    yield _TOLD_DAY - 1
    world.require(world.letterbox.find(ref, "", to=_USER) is None, f"the user of {ref} not to be told yet")

    yield _TOLD_DAY
    case = await world.reaches(ref, "the user to be told of the emergency", lambda c: any(n.told_at for n in c.notices))
    notice = await world.letter(ref, "", to=_USER)
    world.require(not notice.attachments, "nothing that names whoever was in danger")
    await world.say(ref, "the user is told, in Vietnamese", Clause.N1, at=case.notices[0].told_at)


async def _called(world: World, ref: str, times: int) -> Received:
    """The latest call to whoever is on call, once there have been so many."""

    async def look() -> Received | None:
        to_them = (letter for letter in world.letterbox.all() if letter.to == world.settings.on_call_address)
        calls = {letter.message_id: letter for letter in to_them if letter.subject.endswith(ref)}
        return list(calls.values())[-1] if len(calls) >= times else None

    return await world.until(f"call {times} for {ref}", look)
