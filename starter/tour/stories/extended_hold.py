"""A preservation that is warned of, extended once, warned of again, and then destroyed with a certificate (P1-P4)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from activities.ports import CaseFile, ObjectMissing
from policy.vocabulary import Clause, DataClass, Outcome, Phase
from starter.samples import SampleProcess, SampleRequest
from starter.tour.people import GENUINE_LETTERHEAD, states
from starter.tour.world import Deviation, World

_LETTER = SampleRequest(
    process=SampleProcess.PRESERVATION_LETTER,
    sender="d.castle@sheriff.shelby.gov.example",
    agency="Shelby County Sheriff's Office",
    officer="Dana Castle",
    badge="1180",
    case_number="SCSO-26-3309",
    identifiers=(("User email", "saoirse.penn@example.com"),),
    classes=(DataClass.BASIC, DataClass.RECORDS, DataClass.CONTENT),
)
_EXTENSION = replace(_LETTER, process=SampleProcess.EXTENSION)
_HOLD_DAYS = 90


async def extended_hold(world: World) -> AsyncIterator[int]:
    """Ninety days, ninety more, and nothing is left."""
    mail = await world.send(replace(_LETTER, dated=world.clock.now()))
    await world.say("", "a preservation request arrives by mail", Clause.S1)
    ref = await world.acknowledged(mail)
    case = await world.in_phase(ref, Phase.HELD)
    snapshot = case.snapshot
    if snapshot is None or case.hold is None:
        raise Deviation(f"expected a snapshot and a hold in {ref}")
    first_end = case.hold.until
    world.require(
        first_end == case.envelope.received_at + timedelta(days=_HOLD_DAYS), f"{ref} to be held for {_HOLD_DAYS} days"
    )
    await world.letter(ref, "Preservation in effect")
    await world.say(ref, f"the records are copied and kept until {first_end:%Y-%m-%d %H:%M}", Clause.P1, Clause.P3)
    await states(world, "vera", ref, GENUINE_LETTERHEAD, Clause.P2)

    yield _HOLD_DAYS - 14
    await world.letter(ref, "Preservation ends in 14 days")
    await world.say(ref, "the agency is warned: 14 days left", Clause.P3)

    yield 80
    await world.send(replace(_EXTENSION, reference=ref, dated=world.clock.now()))
    await world.say(ref, "a formal extension request arrives by mail", Clause.P3)
    case = await world.reaches(ref, "to be extended", lambda case: case.hold is not None and case.hold.extended)
    end = case.hold.until if case.hold else first_end
    world.require(end == first_end + timedelta(days=_HOLD_DAYS), f"{ref} to be held {_HOLD_DAYS} days more")
    await world.letter(ref, "Preservation extended")
    await world.say(ref, f"extended, once, until {end:%Y-%m-%d %H:%M}", Clause.P3)

    for days_left in (14, 7):
        yield 2 * _HOLD_DAYS - days_left
        await world.letter(ref, f"Preservation ends in {days_left} days")
        if days_left == 14:
            await world.reaches(ref, "a second warning of 14 days", lambda case: _warnings(case) == [14, 14])
        await world.say(ref, f"the agency is warned: {days_left} days left", Clause.P3)

    yield 2 * _HOLD_DAYS
    case = await world.ends(ref, "preservation, extended", Outcome.PRESERVATION_EXPIRED)
    purged_at = case.hold.purged_at if case.hold else None
    world.require(purged_at is not None and purged_at >= end, f"{ref} to be destroyed at its end and not before")
    for sha256 in (snapshot.object, *snapshot.media):
        world.require(await _gone(world, sha256), f"object {sha256[:16]} of {ref} to be destroyed")
    certificate = await world.certificate(ref)
    await world.say(ref, f"no legal process came: the copy is destroyed; {certificate}", Clause.P3)


def _warnings(case: CaseFile) -> list[object]:
    return [event.detail["days_left"] for event in case.events if event.kind == "hold_warned"]


async def _gone(world: World, sha256: str) -> bool:
    try:
        await world.services.store.get(sha256)
    except ObjectMissing:
        return True
    return False
