"""A search warrant for content with a gag of 90 days: two approvers, produced at once, the user told when it ends."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

from policy.statements import Refusal
from policy.vocabulary import Clause, DataClass, Outcome, Phase
from starter.samples import SampleProcess, SampleRequest
from starter.tour.packages import fetch_package
from starter.tour.people import APPROVE, GENUINE, refused, states
from starter.tour.world import World

_USER = "linh.tranova@example.org"
_GAG_DAYS = 90
#: The notice is written when the gag's timer fires; a loaded machine may take a moment to do so.
_PROMPTLY = timedelta(minutes=1)


async def gagged_warrant(world: World) -> AsyncIterator[int]:
    """The gag holds back the user's notice and not the production (N2, U4)."""
    asked = SampleRequest(
        process=SampleProcess.SEARCH_WARRANT,
        sender="r.alvarez@fcca.gov.example",
        agency="Federal Cyber Crimes Agency",
        officer="Rosa Alvarez",
        badge="FC-2207",
        case_number="FCCA-2026-0881",
        identifiers=(("User email", _USER),),
        classes=(DataClass.BASIC, DataClass.RECORDS, DataClass.CONTENT),
        since=date(2026, 1, 1),
        until=date(2026, 12, 31),
        silence=f"{_GAG_DAYS} days",
        response_due=world.date(22),
        dated=world.clock.now(),
    )
    mail = await world.send(asked)
    await world.say("", "a search warrant for content arrives, with a non-disclosure order of 90 days", Clause.S1)
    ref = await world.acknowledged(mail)

    await world.in_phase(ref, Phase.VERIFICATION)
    await states(world, "vera", ref, GENUINE, Clause.S2)
    await states(world, "rita", ref, APPROVE, Clause.U4)
    await refused(world, "rita", ref, APPROVE, Refusal.ALREADY_APPROVED)
    await states(world, "ravi", ref, APPROVE, Clause.U4)

    case = await world.ends(ref, "warrant, 90-day gag", Outcome.PRODUCED)
    package = await fetch_package(world, ref, asked.sender)
    world.require({"D1", "D2", "D3"} == package.classes, f"classes D1 to D3 in the package of {ref}")
    case = await world.reaches(ref, "its gag to be recorded", lambda c: any(n.delayed_until for n in c.notices))
    gag_ends = case.notices[0].delayed_until
    world.require(
        gag_ends == case.envelope.received_at + timedelta(days=_GAG_DAYS),
        f"the gag of {ref} to end {_GAG_DAYS} days, to the second, after receipt (N2)",
    )
    await world.say(
        ref, f"produced at once; the user is told only when the gag ends, {gag_ends:%Y-%m-%d %H:%M}", Clause.N2
    )

    yield _GAG_DAYS - 1
    world.require(
        world.letterbox.find(ref, "", to=_USER) is None, f"the user of {ref} not to be told on day {_GAG_DAYS - 1}"
    )
    await world.say(ref, "one day before the gag ends: the user has not been told", Clause.N2)

    yield _GAG_DAYS
    case = await world.reaches(ref, "the user to be told after the gag", lambda c: any(n.told_at for n in c.notices))
    told_at = case.notices[0].told_at
    world.require(
        gag_ends is not None and told_at is not None and gag_ends <= told_at < gag_ends + _PROMPTLY,
        f"the user of {ref} to be told exactly when the gag ends",
    )
    notice = await world.letter(ref, "", to=_USER)
    world.require(len(notice.attachments) == 1, "the notice to carry a copy of the warrant")
    await world.say(
        ref, "the gag has ended: the user is told, in Vietnamese, with a copy", Clause.N1, Clause.N2, at=told_at
    )
