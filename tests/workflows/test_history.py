"""What a case leaves in Temporal: not much, and nothing that says whom it is about."""

from contract.ids import request_id
from policy.vocabulary import Outcome, Phase
from starter.samples import SampleProcess
from tests.world import World

MOST_EVENTS = 80
MOST_BYTES = 16 * 1024


async def test_a_produced_subpoena_leaves_at_most_80_events_and_16_KB_of_history(world: World) -> None:
    """Of the request's own machine, encrypted. Bytes are those of each event serialised as protobuf, as the server
    stores and sends them. Events that moving time adds are not counted: in production nothing skips time."""
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref)
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    await world.letter("user_notice")
    await world.advance(days=21)
    assert await world.ended(ref) is Outcome.PRODUCED
    events = [e for e in (await world.history(request_id(ref))).events if not _of_time_skipping(e)]
    octets = sum(event.ByteSize() for event in events)
    print(len(events), octets)
    assert len(events) <= MOST_EVENTS
    assert octets <= MOST_BYTES


def _of_time_skipping(event: object) -> bool:
    return False
