"""What a reviewer must not overlook: requests that get closer scrutiny, and parts that are answered in their own way.

G4: free exchange of ideas, privacy and safety. D4, U5: interception, which does not exist. C1: a user who consents.
PR3: testimony. A flag decides nothing: a person does, and where scrutiny is closer two do.
"""

from collections.abc import Iterator

from policy.book import PolicyBook
from policy.countries import HOME
from policy.findings import Document, Reason
from policy.request import RequestFacts
from policy.topics import NAMES
from policy.vocabulary import Clause, DataClass


def flags(facts: RequestFacts, book: PolicyBook) -> tuple[Reason, ...]:
    """Everything that the reviewer is shown, each with its clause."""
    return (*closer_look(facts, book), *_answered_otherwise(facts))


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
