"""What a reviewer must not overlook: requests that get closer scrutiny, and parts that are answered in their own way.

G4: free exchange of ideas, privacy and safety. D4, U5: interception, which does not exist. C1: a user who consents.
PR3: testimony. A flag decides nothing: a person does, and where scrutiny is closer two do.
"""

from collections.abc import Iterator

from policy.book import PolicyBook
from policy.countries import HOME
from policy.facts import NOBODY
from policy.findings import Document, Reason
from policy.request import RequestFacts
from policy.topics import NAMES
from policy.vocabulary import Clause, DataClass, LegalProcess


def flags(facts: RequestFacts, book: PolicyBook) -> tuple[Reason, ...]:
    """Everything that the reviewer is shown, each with its clause."""
    certificate = _certificate(facts) if facts.process is LegalProcess.EPOC else ()
    return (*closer_look(facts, book), *_answered_otherwise(facts), *certificate)


def closer_look(facts: RequestFacts, book: PolicyBook) -> tuple[Reason, ...]:
    """Why this request gets closer scrutiny, so that two people approve it (G4); empty where it does not."""
    return tuple(Reason(clause=Clause.G4, detail=detail) for detail in _closer(facts, book))


def _closer(facts: RequestFacts, book: PolicyBook) -> Iterator[str]:
    for topic in facts.sensitive:
        yield f"it touches {NAMES[topic]}"
    if facts.country in book.countries.closer_scrutiny:
        yield f"requests from {facts.country} are looked at more closely"
    one_person = len(facts.identifiers) == 1 and DataClass.CONTENT in facts.requested
    if one_person and facts.country != HOME:
        yield "another state asks for what one person wrote or said"


def _answered_otherwise(facts: RequestFacts) -> Iterator[Reason]:
    if facts.live:
        detail = "it asks for interception, which cannot be done: narrow it to what is stored, or reject it by U5 or D4"
        yield Reason(clause=Clause.D4, detail=detail)
    if facts.consent:
        detail = "it says that the user consents: point them to the user (reject by C1), or go on by its legal process"
        yield Reason(clause=Clause.C1, detail=detail)
    if facts.testimony:
        yield Reason(clause=Clause.PR3, detail="it asks for testimony: records certify themselves (reject by PR3)")


def _certificate(facts: RequestFacts) -> Iterator[Reason]:
    """What a European certificate asks to be minded (Regulation (EU) 2023/1543; F2)."""
    said = []
    if facts.certificate.identifies and DataClass.RECORDS in facts.requested:
        said.append("records are asked for solely to identify the user: sign-ins alone are given (art. 3(10))")
    if facts.certificate.validated_later:
        said.append("nobody has validated it yet: in an emergency that may follow within 48 hours (art. 4(5))")
    if facts.notified not in (None, NOBODY) and not facts.certificate.urgent:
        said.append(
            "an enforcing authority is notified: unless that says before that it has no ground for refusal, nothing is "
            "given before the time for the answer is over, and nothing at all where it raises one (art. 10(2))"
        )
    if facts.confidential:
        said.append("nobody may tell the user yet; when they are told, its authority tells them (art. 13)")
    yield from (Reason(clause=Clause.F2, detail=detail) for detail in said)


def unread_language(facts: RequestFacts, documents: tuple[Document, ...], accepted: tuple[str, ...]) -> str | None:
    """The language (ISO 639) that keeps a request from being understood; None where it is in an accepted one (F4).

    The legal documents count, and the mail only where they do not say. Somebody who has read it says so by stating that
    the request's language is English, with the facts that they read.
    """
    if facts.language in accepted:
        return None
    written = [document.languages for document in documents if document.accepted and document.languages]
    if any(set(languages) & set(accepted) for languages in written):
        return None
    return written[0][0] if written else facts.language
