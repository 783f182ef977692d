"""Messages that a signal names: what they are is read from the record. A signal by itself has no authority."""

from datetime import datetime

from activities.ports import CaseFile, CaseLedger, MessageNotFound
from intake.reading import MessageReading
from policy.emergency import settles
from policy.frozen import Frozen
from policy.request import request_facts
from policy.triage import Destination, NamedCase, Route, route
from policy.vocabulary import RequestKind


class Arrival(Frozen):
    """A message that was routed to a case: what was read in it, and when it was answered 250 (UTC)."""

    reading: MessageReading
    received_at: datetime


async def owed_process(ledger: CaseLedger, case: CaseFile, message_id: str) -> Arrival | None:
    """The message, if it brings the legal process that the case's own agency owes after an emergency (E1)."""
    if case.kind is not RequestKind.EMERGENCY:
        return None
    arrival = await _named(ledger, case, message_id)
    if arrival is None or not settles(case.envelope.sender, arrival.reading.author or "", arrival.reading.facts):
        return None
    return arrival


async def arrival_for(ledger: CaseLedger, case: CaseFile, message_id: str, to: Destination) -> Arrival | None:
    """The message, if it is one that the rules bring to this case in this way; None for anything else.

    Whoever reaches Temporal can signal; only a message that came by mail, from the case's own agency, and names the
    case, can lengthen its hold (P3) or its gag (N2).
    """
    arrival = await _named(ledger, case, message_id)
    if arrival is None or arrival.reading.author is None:
        return None
    author, facts = arrival.reading.author, request_facts(arrival.reading.facts)
    named = (NamedCase(ref=case.ref, kind=case.kind, sender=case.envelope.sender),)
    if route(facts.purpose, author, named) != Route(to=to, ref=case.ref):
        return None
    return arrival


async def _named(ledger: CaseLedger, case: CaseFile, message_id: str) -> Arrival | None:
    """The message, if there is one and it names the case."""
    try:
        reading = await ledger.reading(message_id)
        received_at = await ledger.received_at(message_id)
    except MessageNotFound:
        return None
    return Arrival(reading=reading, received_at=received_at) if case.ref in reading.references else None
