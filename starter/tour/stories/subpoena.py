"""A subpoena without a gag: the user is told with a copy, the objection window runs out, the records are produced."""

from collections.abc import AsyncIterator
from datetime import date

from policy.statements import Refusal
from policy.vocabulary import Clause, Outcome, Phase
from starter.samples import SampleProcess, SampleRequest, document
from starter.tour.packages import fetch_package, link_is_dead
from starter.tour.people import APPROVE, GENUINE, forges, refused, states
from starter.tour.world import World

_USER = "maren.holt@example.com"
_DUE = 22


async def subpoena(world: World) -> AsyncIterator[int]:
    """From the mail to a verified package, and until its link has ended."""
    asked = SampleRequest(
        process=SampleProcess.SUBPOENA,
        identifiers=(("User email", _USER),),
        since=date(2026, 1, 1),
        until=date(2026, 12, 31),
        response_due=world.date(_DUE),
        dated=world.clock.now(),
    )
    mail = await world.send(asked)
    await world.say("", "a subpoena for basic data and records arrives by mail", Clause.S1)
    ref = await world.acknowledged(mail)
    await world.send_raw(mail, asked.sender)
    await world.say(ref, "the same mail arrives again: it is the same request")

    await world.in_phase(ref, Phase.VERIFICATION)
    await states(world, "vera", ref, GENUINE, Clause.S2)
    await forges(world, "rita", ref, APPROVE)
    await refused(world, "vera", ref, APPROVE, Refusal.WRONG_ROLE)
    await states(world, "rita", ref, APPROVE, Clause.U2, Clause.U3)

    notice = await world.letter(ref, "A government request", to=_USER)
    world.require(list(notice.attachments.values()) == [document(asked)], "the notice to carry a copy of the subpoena")
    told = await world.reaches(ref, "the user to be told", lambda case: any(n.told_at for n in case.notices))
    until = told.notices[0].objection_until
    world.require(until is not None, "an objection window (N1)")
    await world.say(
        ref, f"the user is told, with a copy of the request; objections until {until:%Y-%m-%d %H:%M}", Clause.N1
    )

    yield _DUE - 2
    world.require((await world.case(ref)).production is None, f"{ref} to produce nothing while its window is open")
    await world.say(ref, "the window is still open: nothing is produced", Clause.N1)

    yield _DUE
    case = await world.ends(ref, "subpoena, no gag", Outcome.PRODUCED)
    world.require(
        case.production is not None and until is not None and case.production.made_at >= until,
        f"{ref} to be produced only after its objection window",
    )
    package = await fetch_package(world, ref, asked.sender)
    world.require({"D1", "D2"} == package.classes, f"classes D1 and D2 in the package of {ref}")

    yield 76
    await link_is_dead(world, package)
    await world.say(ref, "the link in the letter has ended", Clause.PR1)
