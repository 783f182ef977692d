"""Signs of an overly broad or vague request (R3): flags for the reviewer, who decides."""

from policy.book import PolicyBook
from policy.findings import Reason
from policy.process import compels, words
from policy.request import RequestFacts
from policy.vocabulary import Clause, DataClass


def breadth_flags(facts: RequestFacts, book: PolicyBook) -> tuple[Reason, ...]:
    """What makes this request look overly broad; each flag says what would cure it."""
    flags: list[str] = []
    dated = set(facts.requested) - {DataClass.BASIC}
    if dated and (facts.since is None or facts.until is None):
        flags.append("names no period with a beginning and an end for records or content")
    if len(facts.identifiers) > book.identifier_limit:
        flags.append(f"names {len(facts.identifiers)} identifiers, more than {book.identifier_limit}")
    beyond = sorted(set(facts.requested) - compels(facts.process, facts.country))
    if facts.process is not None and beyond:
        flags.append(f"asks for {', '.join(beyond)}, which a {words(facts.process)} does not compel")
    return tuple(Reason(clause=Clause.R3, detail=flag) for flag in flags)
