"""Messages that a signal names: what they are is read from the record. A signal by itself has no authority."""

from datetime import datetime

from activities.ports import CaseFile, CaseLedger, MessageNotFound
from intake.reading import MessageReading
from policy.directory import AgencyDirectory
from policy.emergency import settles
from policy.facts import FactField, SourceKind
from policy.frozen import Frozen
from policy.request import request_facts
from policy.sender import judge_sender
from policy.statements import Verdict
from policy.triage import CONFIRMABLE, Destination, Kept, Mail, NamedCase, Route, route, takes_facts
from policy.vocabulary import RequestKind, SenderVerdict


class Arrival(Frozen):
    """A message that was routed to a case: what was read in it, and when it was answered 250 (UTC).

    `answered`: it answers one of our letters in the case, or one of its mails.
    """

    reading: MessageReading
    received_at: datetime
    answered: bool = False


async def owed_process(ledger: CaseLedger, case: CaseFile, message_id: str) -> Arrival | None:
    """The message, if it brings the legal process that the case's own agency owes after an emergency (E1)."""
    if case.kind is not RequestKind.EMERGENCY:
        return None
    arrival = await _named(ledger, case, message_id)
    if arrival is None or not settles(case.envelope.sender, arrival.reading.author or "", arrival.reading.facts):
        return None
    return arrival if mail_of(arrival.reading, await ledger.directory()).proven else None


async def arrival_for(ledger: CaseLedger, case: CaseFile, message_id: str, to: Destination) -> Arrival | None:
    """The message, if it is one that the rules bring to this case in this way; None for anything else.

    Whoever reaches Temporal can signal; only a message that is proven to come from the case's own agency, or that a
    verifier vouched for, and that names the case, can lengthen its hold (P3) or its gag (N2), or withdraw it.
    """
    arrival = await _named(ledger, case, message_id)
    if arrival is None or arrival.reading.author is None:
        return None
    vouched = vouched_for(case, message_id)
    named = named_case(case, arrival.reading, answered=arrival.answered, vouched=vouched)
    if route(mail_of(arrival.reading, await ledger.directory()), (named,)) != Route(to=to, ref=case.ref):
        return None
    return arrival


async def _named(ledger: CaseLedger, case: CaseFile, message_id: str) -> Arrival | None:
    """The message, if there is one that concerns the case and does not wait there for a person."""
    try:
        reading = await ledger.reading(message_id)
        received_at = await ledger.received_at(message_id)
    except MessageNotFound:
        return None
    waits = any(mail.message_id == message_id for mail in case.mail)
    answered = case.ref in await ledger.answered(reading.in_reply_to)
    if waits or not (answered or case.ref in reading.references):
        return None
    return Arrival(reading=reading, received_at=received_at, answered=answered)


def mail_of(reading: MessageReading, directory: AgencyDirectory) -> Mail:
    """What triage looks at in a message; its sender is judged by what was established when it was read."""
    judged = judge_sender(reading.author, reading.author_domain, directory, reading.authentication)
    return Mail(
        author=reading.author or "",
        purpose=request_facts(reading.facts).purpose,
        proven=judged.proven,
        listed=judged.verdict is SenderVerdict.ACCEPT,
        has_document=any(document.accepted for document in reading.documents),
        brings_process=has_process(reading),
        automatic=reading.automatic,
    )


def named_case(
    case: CaseFile,
    reading: MessageReading,
    *,
    answered: bool,
    vouched: bool = False,
    same_id: bool = False,
    same_documents: bool = False,
) -> NamedCase:
    """A case as triage looks at it, for one message that concerns it."""
    return NamedCase(
        ref=case.ref,
        kind=case.kind,
        sender=case.envelope.sender,
        is_open=case.outcome is None,
        takes_facts=takes_facts(case.phase, case.missing, request_facts(case.facts), request_facts(reading.facts)),
        has_process=has_process(case),
        verified=is_authentic(case),
        untold=any(notice.told_at is None and notice.given_up_at is None for notice in case.notices),
        in_force=case.restriction is not None and case.restriction.lifted_at is None,
        answered=answered,
        same_id=same_id,
        same_documents=same_documents,
        vouched=vouched,
    )


def is_authentic(case: CaseFile) -> bool:
    """Whether a verifier has found the document genuine (S2)."""
    return any(d.accepted and d.signed.statement.verdict is Verdict.AUTHENTIC for d in case.decisions)


def vouched_for(case: CaseFile, message_id: str) -> bool:
    """Whether a verifier has vouched for this very message in this case (G1)."""
    statements = (decision.signed.statement for decision in case.decisions if decision.accepted)
    return any(s.verdict is Verdict.VOUCH and s.message == message_id for s in statements)


def unconfirmed_before(case: CaseFile, instant: datetime) -> tuple[str, ...]:
    """The messages received before this instant (UTC) that would count if a verifier vouched for them."""
    return tuple(m.message_id for m in case.mail if m.why in CONFIRMABLE and m.received_at < instant)


def has_returned_letter(case: CaseFile) -> bool:
    """Whether a letter to the agency came back, and no person has looked at that yet."""
    return any(mail.why is Kept.RETURNED for mail in case.mail)


def has_process(about: CaseFile | MessageReading) -> bool:
    """Whether a document states the legal process."""
    return any(fact.field is FactField.PROCESS and fact.source.kind is SourceKind.PDF for fact in about.facts)
