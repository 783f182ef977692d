"""What a case leaves in Temporal: not much, so that years of open cases stay cheap."""

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from contract.ids import request_id
from policy.vocabulary import Outcome, Phase
from starter.samples import SampleProcess
from tests.world import World

MOST_EVENTS = 80
MOST_BYTES = 16 * 1024

_OF_A_TEST = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
    }
)


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
    events: list[HistoryEvent] = [
        event for event in (await world.history(request_id(ref))).events if event.event_type not in _OF_A_TEST
    ]
    octets = sum(event.ByteSize() for event in events)
    assert (len(events) <= MOST_EVENTS, octets <= MOST_BYTES) == (True, True), f"{len(events)} events, {octets} bytes"
