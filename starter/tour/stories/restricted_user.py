"""A request to suspend an account: narrowed to what is necessary, told, appealed by link, lifted by itself (X1-X3)."""

import asyncio
import re
from collections.abc import AsyncIterator
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from gateways.provider import Act, ProviderAccess
from ledger.engine import make_engine
from policy.scope import Narrowing
from policy.statements import Refusal, Verdict
from policy.vocabulary import Clause, Measure, Outcome, Phase
from starter.samples import SampleProcess, SampleRequest, SampleRestriction
from starter.tour.people import APPROVE, GENUINE, Said, refused, states
from starter.tour.world import World

_USER = "t.okonjo@example.net"
_LAST_DAY = 79
_ENOUGH = Said(Verdict.NARROW, narrowing=Narrowing(measure=Measure.LIMIT_PARTICIPATION))
_UPHOLD = Said(Verdict.UPHOLD, reason="The order names this account, and the period that it sets has not ended.")


async def restricted_user(world: World) -> AsyncIterator[int]:
    """No more than is necessary, within the agency's jurisdiction, and never for ever (X2)."""
    asked = SampleRequest(
        process=SampleProcess.RESTRICTION,
        sender="r.alvarez@fcca.gov.example",
        agency="Federal Cyber Crimes Agency",
        officer="Rosa Alvarez",
        badge="FC-2207",
        case_number="FCCA-2026-1177",
        identifiers=(("User email", _USER),),
        restriction=SampleRestriction(measure="suspend the account", territory="US-CO"),
        relation="In meetings the user sells access to stolen accounts; the order forbids them to hold such meetings.",
        since=world.date(0),
        until=world.date(_LAST_DAY),
        dated=world.clock.now(),
    )
    mail = await world.send(asked)
    await world.say("", "a request arrives to suspend a user's account", Clause.X1)
    ref = await world.acknowledged(mail)
    await world.in_phase(ref, Phase.VERIFICATION)
    await states(world, "vera", ref, GENUINE, Clause.X1)
    await refused(world, "rita", ref, APPROVE, Refusal.UNNECESSARY)
    for name in ("rita", "ravi"):
        await states(world, name, ref, _ENOUGH, Clause.X2)

    notice = await world.letter(ref, "About your access", to=_USER)
    world.require(len(notice.attachments) == 1, "the notice to carry a copy of the request")
    here, elsewhere = await _let_in(world, "US-CO"), await _let_in(world, "VN")
    world.require(not here and elsewhere, f"the user of {ref} to be kept out in Colorado, and nowhere else")
    await world.say(ref, "the user is told, and cannot join from Colorado; elsewhere they can", Clause.X2, Clause.X3)

    link = re.search(r"https?://\S+/appeal/\S+", notice.body)
    world.require(link is not None, "a link in the notice by which to appeal")
    address = link[0] if link else ""
    await asyncio.to_thread(_open, address)
    world.require(not (await world.case(ref)).appeals, "looking at the page to change nothing")
    await asyncio.to_thread(_open, address, "I only taught a course. Please look again.")
    await world.in_phase(ref, Phase.APPEALED)
    await world.say(ref, "the user appeals by the link in the notice", Clause.X3)
    await refused(world, "rita", ref, _UPHOLD, Refusal.APPROVED_IT)
    await states(world, "rosa", ref, _UPHOLD, Clause.X3)
    await world.letter(ref, "Your appeal", to=_USER)

    yield _LAST_DAY + 1
    await world.ends(ref, "restricted, appealed", Outcome.RESTRICTION_EXPIRED)
    world.require(await _let_in(world, "US-CO"), f"the user of {ref} to be let in again")
    await world.letter(ref, "Your access is restored", to=_USER)
    await world.say(ref, "lifted by itself at its end; the user and the agency are told", Clause.X2, Clause.X3)


async def _let_in(world: World, territory: str) -> bool:
    """Whether the service lets the user join a meeting now, from this territory."""
    engine = make_engine(world.settings.provider_database_url.get_secret_value())
    try:
        return await ProviderAccess(engine).allows(Act.JOIN, _USER, territory, world.clock.now())
    finally:
        await engine.dispose()


def _open(address: str, appeal: str | None = None) -> None:
    """Open the page as a browser does, or send its form."""
    form = urlencode({"why": appeal}).encode() if appeal else None
    with urlopen(Request(address, data=form)) as answer:  # noqa: S310 - our own page
        answer.read()
