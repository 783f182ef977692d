"""A court order without the officer's badge number: a person completes it after a call, and a reviewer narrows it."""

from collections.abc import AsyncIterator
from datetime import date

from policy.scope import Narrowing
from policy.statements import Verdict
from policy.vocabulary import Clause, DataClass, Outcome, Phase
from starter.samples import SampleProcess, SampleRequest
from starter.tour.packages import fetch_package
from starter.tour.people import GENUINE, Said, completes, states
from starter.tour.world import World

_USER = "bashir.elowen@example.org"
_DUE = 22


async def incomplete_order(world: World) -> AsyncIterator[int]:
    """What is missing is named by clause; what is given is no more than was approved."""
    asked = SampleRequest(
        process=SampleProcess.COURT_ORDER,
        sender="s.lund@pfis.gov.example",
        agency="Postal Fraud Inspection Service",
        officer="Sam Lund",
        badge="",
        case_number="PFIS-26-0093",
        identifiers=(("User email", _USER),),
        since=date(2026, 1, 1),
        until=date(2026, 12, 31),
        response_due=world.date(_DUE),
        dated=world.clock.now(),
    )
    mail = await world.send(asked)
    await world.say("", "a court order arrives that lacks the officer's badge number", Clause.S1)
    ref = await world.acknowledged(mail)
    case = await world.in_phase(ref, Phase.VERIFICATION)
    world.require(case.missing == (Clause.R4,), f"{ref} to lack what R4 asks for, and nothing else")
    letter = await world.letter(ref, "More needed", to=asked.sender)
    world.require("badge" in letter.body, "the letter to name the badge number")
    await world.say(ref, "the agency is asked for what is missing: the badge number", Clause.R4)
    await completes(world, "vera", ref, "officer.badge=PF-512")
    await world.reaches(ref, "to be complete", lambda case: not case.missing)
    await states(world, "vera", ref, GENUINE, Clause.S2)
    await world.in_phase(ref, Phase.LEGAL_REVIEW)
    narrowed = Narrowing(classes=(DataClass.BASIC,))
    await states(world, "ravi", ref, Said(Verdict.NARROW, narrowing=narrowed), Clause.R3, Clause.U3)
    await world.letter(ref, "A government request", to=_USER)
    await world.say(ref, "the user is told, with a copy of the order", Clause.N1)

    yield _DUE
    await world.ends(ref, "court order, amended", Outcome.PRODUCED)
    package = await fetch_package(world, ref, asked.sender)
    world.require({"D1"} == package.classes, f"basic data (D1) and nothing else in the package of {ref}")
