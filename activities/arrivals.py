"""Messages that a signal names: what they are is read from the record. A signal by itself has no authority."""

from datetime import datetime

from activities.ports import CaseFile, CaseLedger, MessageNotFound
from intake.reading import MessageReading
from policy.frozen import Frozen
from policy.request import request_facts
from policy.triage import Destination, NamedCase, Route, route


class Arrival(Frozen):
    """A message that was routed to a case: what was read in it, and when it was answered 250 (UTC)."""

    reading: MessageReading
    received_at: datetime


async def arrival_for(ledger: CaseLedger, case: CaseFile, message_id: str, to: Destination) -> Arrival | None:
    """The message, if it is one that the rules bring to this case in this way; None for anything else.

    Whoever reaches Temporal can signal; only a message that came by mail, from the case's own agency, and names the
    case, can lengthen its hold (P3) or its gag (N2).
    """
    try:
        reading = await ledger.reading(message_id)
        received_at = await ledger.received_at(message_id)
    except MessageNotFound:
        return None
    if reading.author is None or case.ref not in reading.references:
        return None
    named = (NamedCase(ref=case.ref, kind=case.kind, sender=case.envelope.sender),)
    if route(request_facts(reading.facts).purpose, reading.author, named) != Route(to=to, ref=case.ref):
        return None
    return Arrival(reading=reading, received_at=received_at)
