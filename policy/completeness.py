"""What a request must say, and what is still missing, each with its clause (R1, R2, R4, P2)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from policy.book import PolicyBook
from policy.findings import Document, Reason
from policy.request import Identifier, IdentifierKind, RequestFacts
from policy.vocabulary import Clause, LegalProcess

_PO_BOX = re.compile(r"\b(?:p\.?\s*o\.?\s*box|post\s+office\s+box)\b", re.IGNORECASE)


def missing_for_disclosure(
    facts: RequestFacts, documents: tuple[Document, ...], received_at: datetime, book: PolicyBook
) -> tuple[Reason, ...]:
    """What a request for data still lacks. Empty means complete; it does not mean valid, which people decide (U1)."""
    return tuple(_disclosure(facts, documents, received_at, book))


def missing_for_preservation(facts: RequestFacts, documents: tuple[Document, ...]) -> tuple[Reason, ...]:
    """What a preservation request still lacks (P2). Letterhead and signature are for a person's eyes."""
    return tuple(_preservation(facts, documents))


def _disclosure(
    facts: RequestFacts, documents: tuple[Document, ...], received_at: datetime, book: PolicyBook
) -> Iterator[Reason]:
    yield from _document(documents)
    if facts.process is None or facts.process is LegalProcess.PRESERVATION_LETTER:
        yield Reason(clause=Clause.U1, detail="the legal process: subpoena, court order or search warrant")
    yield from _identifier(facts.identifiers)
    if not facts.requested:
        yield Reason(clause=Clause.R2, detail="which information is asked for")
    if facts.relation is None:
        yield Reason(clause=Clause.R2, detail="how the information relates to the investigation")
    for value, what in (
        (facts.agency_name, "the agency's name"),
        (facts.officer_name, "the agent's name"),
        (facts.officer_badge, "the agent's badge or id number"),
        (facts.officer_email, "the agent's employer-issued email address"),
        (facts.officer_phone, "the agent's telephone number with extension"),
        (facts.officer_address, "the agent's postal address"),
    ):
        if value is None:
            yield Reason(clause=Clause.R4, detail=what)
    if facts.officer_address is not None and _PO_BOX.search(facts.officer_address):
        yield Reason(clause=Clause.R4, detail="a postal address that is not a PO box")
    yield from _response_date(facts, received_at, book)


def _preservation(facts: RequestFacts, documents: tuple[Document, ...]) -> Iterator[Reason]:
    yield from _document(documents)
    if facts.officer_name is None:
        yield Reason(clause=Clause.P2, detail="the officer's name")
    if facts.officer_email is None:
        yield Reason(clause=Clause.P2, detail="a valid government email address")
    yield from _identifier(facts.identifiers)


def _document(documents: tuple[Document, ...]) -> Iterator[Reason]:
    if not any(document.accepted for document in documents):
        yield Reason(clause=Clause.S2, detail="the signed legal document as a PDF attachment with readable text")


def _identifier(identifiers: tuple[Identifier, ...]) -> Iterator[Reason]:
    if not identifiers:
        yield Reason(clause=Clause.R1, detail="at least one identifier of a user, an account or a meeting")
    for identifier in identifiers:
        if identifier.kind is IdentifierKind.MEETING and (identifier.host is None or identifier.at is None):
            yield Reason(clause=Clause.R1, detail="the host's email and the date and time of the meeting")


def _response_date(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> Iterator[Reason]:
    if facts.response_due is None:
        yield Reason(clause=Clause.R4, detail="the response date asked for")
    elif facts.response_due < (received_at + timedelta(days=book.response_days)).date():
        yield Reason(
            clause=Clause.R4,
            detail=f"a response date at least {book.response_days} days after the request was received",
        )
