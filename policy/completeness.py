"""What a request must say, and what is still missing, each with its clause (R1, R2, R4, P2, E2, X1; F1, F2)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import assert_never

from policy.book import PolicyBook
from policy.channels import content_channels, languages, obstacle, respond_by
from policy.countries import HOME
from policy.emergency import SUBJECT, has_subject
from policy.epoc import lacking
from policy.findings import Document, Reason
from policy.measures import restrictable
from policy.process import compels
from policy.request import Identifier, IdentifierKind, RequestFacts
from policy.scrutiny import unread_language
from policy.vocabulary import Clause, LegalProcess, Measure, RequestKind

_PO_BOX = re.compile(r"\b(?:p\.?\s*o\.?\s*box|post\s+office\s+box)\b", re.IGNORECASE)


def missing_items(
    kind: RequestKind, facts: RequestFacts, documents: tuple[Document, ...], received_at: datetime, book: PolicyBook
) -> tuple[Reason, ...]:
    """What a request of this kind still lacks."""
    match kind:
        case RequestKind.PRESERVATION:
            return missing_for_preservation(facts, documents, received_at, book)
        case RequestKind.EMERGENCY:
            return missing_for_emergency(facts)
        case RequestKind.RESTRICTION:
            return missing_for_restriction(facts, documents, received_at, book)
        case RequestKind.DISCLOSURE:
            return missing_for_disclosure(facts, documents, received_at, book)
        case _:
            assert_never(kind)


def missing_for_disclosure(
    facts: RequestFacts, documents: tuple[Document, ...], received_at: datetime, book: PolicyBook
) -> tuple[Reason, ...]:
    """What a request for data still lacks. Empty means complete; it does not mean valid, which people decide (U1).

    Of a request that nobody could read yet nothing else is said (F4); one that asks for nothing but interception or a
    witness lacks nothing that could help it (D4, PR3).
    """
    if unread_language(facts, documents, languages(facts, received_at, book)) is not None:
        return (_IN_ENGLISH,)
    if (facts.live and not facts.requested) or (facts.testimony and not facts.requested and not facts.identifiers):
        return ()
    return tuple(_disclosure(facts, documents, received_at, book))


def missing_for_preservation(
    facts: RequestFacts, documents: tuple[Document, ...], received_at: datetime, book: PolicyBook
) -> tuple[Reason, ...]:
    """What a preservation request still lacks (P2). Letterhead and signature are for a person's eyes.

    Of one that nobody could read yet it is said whether it names anybody, for what is named is held at once (F4, R1).
    """
    if unread_language(facts, documents, languages(facts, received_at, book)) is not None:
        return (_IN_ENGLISH, *_identifier(facts.identifiers))
    return tuple(_preservation(facts, documents, received_at, book))


_IN_ENGLISH = Reason(clause=Clause.F4, detail="the request in English, or with a translation into English")


def missing_for_emergency(facts: RequestFacts) -> tuple[Reason, ...]:
    """What an emergency request still lacks (E2). It needs no document: an official address is enough (G1)."""
    return tuple(_emergency(facts))


def missing_from_emergency(subject: str, facts: RequestFacts) -> tuple[Reason, ...]:
    """What a message that may be about an emergency lacks to be an emergency request, its subject line first (E2)."""
    named = has_subject(subject)
    line = () if named else (Reason(clause=Clause.E2, detail=f"the subject line {SUBJECT}"),)
    return (*line, *_emergency(facts))


def missing_for_restriction(
    facts: RequestFacts, documents: tuple[Document, ...], received_at: datetime, book: PolicyBook
) -> tuple[Reason, ...]:
    """What a request to restrict access still lacks (X1: legally valid, properly scoped, detailed enough)."""
    if unread_language(facts, documents, languages(facts, received_at, book)) is not None:
        return (_IN_ENGLISH,)
    return tuple(_restriction(facts, documents))


def _disclosure(
    facts: RequestFacts, documents: tuple[Document, ...], received_at: datetime, book: PolicyBook
) -> Iterator[Reason]:
    yield from _document(documents)
    yield from _process(facts, received_at, book)
    yield from _identifier(facts.identifiers)
    if not facts.requested:
        yield Reason(clause=Clause.R2, detail="which information is asked for")
    if facts.relation is None:
        yield Reason(clause=Clause.R2, detail="how the information relates to the investigation")
    certificate = facts.process is LegalProcess.EPOC
    for value, what in (
        (facts.agency_name, "the agency's name"),
        (facts.officer_name, "the agent's name"),
        # The form of the regulation's Annex I has no place for one: the authority stands for its officers.
        (facts.officer_badge or certificate or None, "the agent's badge or id number"),
        (facts.officer_email, "the agent's employer-issued email address"),
        (facts.officer_phone, "the agent's telephone number with extension"),
        (facts.officer_address, "the agent's postal address"),
    ):
        if value is None:
            yield Reason(clause=Clause.R4, detail=what)
    if facts.officer_address is not None and _PO_BOX.search(facts.officer_address):
        yield Reason(clause=Clause.R4, detail="a postal address that is not a PO box")
    if respond_by(facts, received_at, book) is None:
        yield from _response_date(facts, received_at, book)


def _process(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> Iterator[Reason]:
    """A process that asks for data, by a channel that is open to the country (U1; F1, F2)."""
    blocked = obstacle(facts.process, facts.country, received_at, book)
    if facts.process in (None, LegalProcess.PRESERVATION_LETTER, LegalProcess.EPOC_PR):
        if facts.consent:
            detail = "the legal process, unless the user who consents gives you the information themselves"
            yield Reason(clause=Clause.C1, detail=detail)
        elif facts.country == HOME:
            yield Reason(clause=Clause.U1, detail="the legal process: subpoena, court order or search warrant")
        else:
            yield Reason(clause=Clause.F1, detail="the legal process, and the provision of law that it rests on")
    elif blocked is not None:
        yield blocked
    elif facts.country != HOME and facts.requested and not set(facts.requested) & compels(facts.process, facts.country):
        channels = content_channels(facts.country, received_at, book)
        yield Reason(clause=Clause.F2, detail=f"for content, a channel that reaches it: {channels}")
    elif facts.process is LegalProcess.EPOC:
        yield from lacking(facts.certificate, facts.requested, facts.notified)


def _preservation(
    facts: RequestFacts, documents: tuple[Document, ...], received_at: datetime, book: PolicyBook
) -> Iterator[Reason]:
    yield from _document(documents)
    if (blocked := obstacle(facts.process, facts.country, received_at, book)) is not None:
        yield blocked
    if facts.officer_name is None:
        yield Reason(clause=Clause.P2, detail="the officer's name")
    if facts.officer_email is None:
        yield Reason(clause=Clause.P2, detail="a valid government email address")
    yield from _identifier(facts.identifiers)


def _emergency(facts: RequestFacts) -> Iterator[Reason]:
    danger = facts.emergency
    for value, what in (
        (facts.agency_name, "the agency's name"),
        (facts.officer_name, "the agent's name"),
        (facts.officer_badge, "the agent's badge or id number"),
        (facts.officer_email, "the agent's employer-issued email address"),
        (danger.nature, "the nature of the emergency, in detail"),
        (danger.known, "how the emergency is known, with links or logs"),
        (danger.person, "the person at risk"),
        (danger.when, "the deadline for the data, or the time at which harm will come"),
        (facts.requested or None, "the specific data asked for"),
        (danger.averts, "how that data helps avert the harm"),
    ):
        if value is None:
            yield Reason(clause=Clause.E2, detail=what)
    yield from _identifier(facts.identifiers)


def _restriction(facts: RequestFacts, documents: tuple[Document, ...]) -> Iterator[Reason]:
    yield from _document(documents)
    for value, what in (
        (facts.agency_name, "the agency's name"),
        (facts.officer_name, "the agent's name"),
        (facts.officer_email, "the agent's official email address"),
        (facts.measure, "which restriction is asked for: of one meeting, or of one user's hosting or joining"),
        (facts.territory, "the territory in which it is to hold, within the agency's jurisdiction"),
        (facts.basis, "the provision of law, or the order, on which it rests"),
        (facts.relation, "what has happened, in enough detail to see why the restriction is necessary"),
    ):
        if value is None:
            yield Reason(clause=Clause.X1, detail=what)
    yield from _identifier(facts.identifiers)
    if facts.identifiers and not any(restrictable(i.kind, m) for i in facts.identifiers for m in Measure):
        yield Reason(
            clause=Clause.R1,
            detail="an email address, an account number or a meeting: a display name or an IP address can be several "
            "people's",
        )


def _document(documents: tuple[Document, ...]) -> Iterator[Reason]:
    if not any(document.accepted for document in documents):
        yield Reason(clause=Clause.S2, detail="the signed legal document as a PDF attachment with readable text")


def _identifier(identifiers: tuple[Identifier, ...]) -> Iterator[Reason]:
    if not identifiers:
        yield Reason(clause=Clause.R1, detail="at least one identifier of a user, an account or a meeting")
    meetings = [identifier for identifier in identifiers if identifier.kind is IdentifierKind.MEETING]
    lacking = [meeting for meeting in meetings if meeting.host is None or meeting.at is None]
    if lacking:
        # Counted and not named: a letter quotes nothing of a request that nobody has verified yet.
        which = (
            f"{len(lacking)} of the {len(meetings)} meetings, beside the id of each" if meetings[1:] else "the meeting"
        )
        yield Reason(clause=Clause.R1, detail=f"the host's email and the date and time of {which}")


def _response_date(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> Iterator[Reason]:
    if facts.response_due is None:
        yield Reason(clause=Clause.R4, detail="the response date asked for")
    elif facts.response_due < (received_at + timedelta(days=book.response_days)).date():
        yield Reason(
            clause=Clause.R4,
            detail=f"a response date at least {book.response_days} days after the request was received",
        )
